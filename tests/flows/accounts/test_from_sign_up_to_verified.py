"""From the sign-up to a confirmed address, a forgotten password and a link: by the pages alone."""

from flask.testing import FlaskClient

from tests.factories.people import PASSWORD, guest, person
from tests.support import mail
from webapp.accounts import merges, people

ANA = {"given_name": "Ana", "family_name": "Ruiz", "email": "ana@home.example", "password": "four slow quiet herons"}


def _signed_in(client: FlaskClient) -> bool:
    return bool(client.get("/me/account").status_code == 200)


def _sign_up(client: FlaskClient, **others: str) -> None:
    assert client.post("/signup", data=ANA | others).location == "/login/sent"


def test_sign_up_proves_the_address_and_signs_in(client: FlaskClient) -> None:
    _sign_up(client, next="/me/account")
    assert not _signed_in(client)
    link = mail.link("ana@home.example")
    assert people.find_verified("ana@home.example") is None
    assert "Yes, this is my address" in client.get(link).text
    assert people.find_verified("ana@home.example") is None  # opening a link acts on nothing
    assert client.post(link).location == "/me/account"
    assert people.find_verified("ana@home.example") is not None
    assert _signed_in(client)
    client.post("/logout")
    assert not _signed_in(client)
    assert client.post("/login", data=ANA).location == "/me"
    assert _signed_in(client)


def test_a_link_of_the_mail_works_once(client: FlaskClient) -> None:
    _sign_up(client)
    link = mail.link("ana@home.example")
    client.post(link)
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410


def test_in_another_browser_the_password_of_the_sign_up_is_asked(client: FlaskClient) -> None:
    _sign_up(client)
    link, other = mail.link("ana@home.example"), client.application.test_client()
    assert other.post(link).status_code == 422
    assert other.post(link, data={"password": "a guess of somebody"}).status_code == 422
    assert people.find_verified("ana@home.example") is None
    assert other.post(link, data={"password": ANA["password"]}).status_code == 303
    assert _signed_in(other)


def test_a_password_somebody_else_chose_can_be_dropped_with_the_mail(client: FlaskClient) -> None:
    _sign_up(client)
    owner = client.application.test_client()
    assert owner.post(mail.link("ana@home.example"), data={"anew": "1"}).location == "/me/account/password"
    assert client.post("/login", data=ANA).status_code == 422
    assert owner.post("/me/account/password", data={"password": "my own quiet herons"}).status_code == 303
    assert client.post("/login", data=ANA | {"password": "my own quiet herons"}).status_code == 303


def test_forgotten_password_is_set_anew_and_signs_out_elsewhere(client: FlaskClient) -> None:
    person(email="ana@home.example")
    elsewhere = client.application.test_client()
    elsewhere.post("/login", data={"email": "ana@home.example", "password": PASSWORD})
    assert _signed_in(elsewhere)
    client.post("/reset", data={"email": "Ana@home.example"})
    link = mail.link("ana@home.example")
    assert "Choose a new password" in client.get(link).text
    assert client.post(link, data={"password": "short"}).status_code == 422
    assert client.post(link, data={"password": "nine loud grey geese"}).location == "/me"
    assert _signed_in(client)
    assert not _signed_in(elsewhere)
    assert mail.kinds("ana@home.example")[-1] == "password_changed"
    assert client.post(link, data={"password": "nine loud grey geese"}).status_code == 410


def test_a_magic_link_signs_in_and_goes_on(client: FlaskClient) -> None:
    person(email="ana@home.example")
    client.post("/login/link", data={"email": "ana@home.example", "next": "/me/privacy"})
    link = mail.link("ana@home.example")
    assert "Sign in" in client.get(link).text
    assert not _signed_in(client)
    assert client.post(link).location == "/me/privacy"
    assert _signed_in(client)


def test_a_guest_comes_in_by_a_link_and_has_an_account(client: FlaskClient) -> None:
    made = guest("Ana", "Ruiz", email="ana@home.example")
    assert "Find my places" in client.get("/find").text
    client.post("/login/link", data={"email": "ana@home.example"})
    link = mail.link("ana@home.example")
    assert "You registered as" in client.get(link).text
    client.post(link)
    assert people.find_verified("ana@home.example") == made.id
    assert _signed_in(client)


def test_one_guest_of_the_same_name_is_joined_at_once(client: FlaskClient) -> None:
    earlier = guest("ANA", "Ruiz", email="ana@home.example")
    _sign_up(client)
    client.post(mail.link("ana@home.example"))
    assert people.root_id(earlier.id) == people.find_verified("ana@home.example")
    assert "We found what you booked as a guest with ana@home.example" in client.get("/me/account").text


def test_other_guests_are_offered_claimed_and_taken_back(client: FlaskClient) -> None:
    alike, stranger = guest("Anita", "Ruiz", email="ana@home.example"), guest("Bo", "Chen", email="ana@home.example")
    _sign_up(client, next="/me/privacy")
    assert client.post(mail.link("ana@home.example")).location == "/me/found"
    page = client.get("/me/found").text
    assert ("Anita Ruiz" in page, "Bo Chen" in page) == (True, False)
    assert client.post("/me/found", data={"guest": str(stranger.id)}).status_code == 404
    client.post("/me/found", data={"guest": str(alike.id)})
    assert people.root_id(alike.id) == people.find_verified("ana@home.example")
    client.post(f"/me/found/{merges.standing(alike.id)[0].PersonMerge.id}/undo")
    assert people.root_id(alike.id) == alike.id
    assert "Anita Ruiz" not in client.get("/me/found").text  # she said no: it is not asked again
