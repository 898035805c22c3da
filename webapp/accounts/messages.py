"""What accounts writes to people, as plain values for templates/email/<kind>/. Links are made here, while a mail is rendered."""

from typing import Any

from webapp.accounts import links, people
from webapp.accounts.models import EmailAddress, Person
from webapp.core.db import db
from webapp.notifications.contents import Withdrawn

Context = dict[str, Any]


def verify_address(facts: Context) -> Context | Withdrawn:
    """The link that proves an address."""
    return _with_link(facts, "verify", "/verify-address", "3 days", wants_proved=False)


def reset_password(facts: Context) -> Context | Withdrawn:
    """The link to choose a new password."""
    return _with_link(facts, "reset", "/reset", "2 hours", wants_proved=True)


def magic_link(facts: Context) -> Context | Withdrawn:
    """The link that signs in without a password."""
    return _with_link(facts, "magic", "/magic", "30 minutes", wants_proved=None)


def already_registered(facts: Context) -> Context | Withdrawn:
    """Somebody signed up with an address that has an account."""
    return _named(facts)


def password_changed(facts: Context) -> Context | Withdrawn:
    """The password was set anew."""
    return _named(facts)


def no_account_yet(_facts: Context) -> Context:
    """A link was asked for with an address that several guests gave."""
    return {"name": ""}


def account_deleted(_facts: Context) -> Context:
    """The last mail: the account and the data are gone."""
    return {"name": ""}


def _with_link(facts: Context, purpose: str, path: str, valid_for: str, *, wants_proved: bool | None) -> Context | Withdrawn:
    row = db.session.get(EmailAddress, facts["email_address_id"])
    if row is None:
        return Withdrawn("The address was taken away.")
    if wants_proved is not None and wants_proved != (row.verified_at is not None):
        return Withdrawn("The address was proved in the meantime." if not wants_proved else "The address is not proved any more.")
    secret = links.issue(purpose, row.id, detail={key: value for key, value in facts.items() if key != "email_address_id"})
    return {"name": people.get(people.root_id(row.person_id)).given_name, "link": f"{path}/{secret}", "valid_for": valid_for}


def _named(facts: Context) -> Context | Withdrawn:
    person = db.session.get(Person, facts["person_id"])
    if person is None or person.erased_at is not None:
        return Withdrawn("The account was deleted.")
    return {"name": person.given_name}
