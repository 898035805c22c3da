"""What monitors read."""

import pytest

from tests.conftest import NOW
from webapp.core.db import db, transaction
from webapp.notifications.models import Message


@pytest.fixture
def waiting_mail(db_session):
    """A message that has been due for a minute."""
    from datetime import timedelta

    with transaction():
        db.session.add(Message(fact="f", kind="k", to_address="a@home.example", not_before=NOW - timedelta(seconds=60),
                               message_id="m@attune.test", created_at=NOW))


def _value(text, name):
    return next(line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(name))


def test_healthz_asks_nothing_of_the_database(client, query_count):
    with query_count() as seen:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, len(seen)) == (200, "up\n", 0)


def test_readyz_with_the_schema_of_this_code(client):
    assert client.get("/readyz").status_code == 200


def stands_at(connection, revision):
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")
    connection.exec_driver_sql("DELETE FROM alembic_version")
    if revision:
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{revision}')")


@pytest.mark.parametrize("revision", ["", "0001"])
def test_readyz_refuses_a_database_that_lacks_migrations(client, db_connection, revision):
    stands_at(db_connection, revision)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "migration" in answer.text


def test_readyz_while_a_newer_release_is_being_brought_in(client, db_connection):
    stands_at(db_connection, "9999")
    assert client.get("/readyz").status_code == 200


def test_metrics_show_waiting_mail_and_its_lag(client, waiting_mail):
    text = client.get("/metrics").text
    assert _value(text, 'attune_waiting{queue="outbox"}') == "1.0"
    assert _value(text, 'attune_lag_seconds{queue="outbox"}') == "60.0"


def test_metrics_count_requests_by_endpoint(client):
    name = 'attune_request_seconds_count{endpoint="health.healthz",method="GET",status="2xx"}'
    client.get("/healthz")
    before = float(_value(client.get("/metrics").text, name))
    client.get("/healthz")
    assert float(_value(client.get("/metrics").text, name)) == before + 1


def test_an_unknown_address_makes_no_new_label(client):
    client.get("/no/such/page")
    assert 'endpoint="none",method="any",status="4xx"' in client.get("/metrics").text


@pytest.mark.parametrize("sent", [
    {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    {"headers": {"Forwarded": "for=127.0.0.1"}},
    {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}}])
def test_metrics_do_not_exist_for_others(client, sent):
    assert client.get("/metrics", **sent).status_code == 404
