"""What the log says of a request."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(("address", "logged"), [
    ("/orders/SECRETSECRETSECRET", "/orders/<"), ("/feeds/secretsecretsecret.ics", "/feeds/<"),
    ("/events/nowhere.ics", "/events/nowhere.ics")])
def test_a_secret_address_is_logged_by_its_form(
        client: FlaskClient, caplog: pytest.LogCaptureFixture, address: str, logged: str) -> None:
    assert client.get(address).status_code == 404
    assert (logged in caplog.text, "SECRETSECRET" in caplog.text.upper()) == (True, False)
