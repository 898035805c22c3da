"""The test client: each request has a context and a session of its own, as it has in production."""

from typing import Any

from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import select

from webapp.accounts.models import Account, Person
from webapp.core.db import db
from webapp.web import access


class Client(FlaskClient):
    """Ends the test's own transaction before each request, then answers the request apart from the test's context.

    Without this a request would share the test's session and its `g`: it would find rows that the view forgot to load, and the
    person who signed in one request before.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Sends one request."""
        if not self.application.config["TESTING"]:
            raise RuntimeError("the test client needs the test application")
        db.session.commit()
        with self.application.app_context():
            return super().open(*args, **kwargs)


def sign_in(client: FlaskClient, person: Person | int) -> None:
    """Signs the person (a row or an id) in on this client, by the product's own session."""
    app: Flask = client.application
    person_id = person if isinstance(person, int) else person.id
    db.session.commit()
    with app.app_context(), app.test_request_context(environ_base=client.environ_base):
        account = db.session.scalar(select(Account).where(Account.person_id == person_id))
        if account is None:
            raise LookupError(f"person {person_id} has no account to sign in with")
        access.sign_in(account)
        values = dict(session)
    with client.session_transaction() as kept:
        kept.clear()
        kept.update(values)
