"""What accounts writes to people, as plain values for templates/email/<kind>/. Links are made here, while a mail is rendered."""

from typing import Any

from webapp.accounts import agencies, consents, links, people
from webapp.accounts.models import EmailAddress, Person
from webapp.core import clock
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


def consent_asked(facts: Context) -> Context | Withdrawn:
    """Her supervisor asks whether she shares her attendance and hours; withdrawn when she left, or shares both by now."""
    person_id, agency_id = facts["person_id"], facts["agency_id"]
    works = any(row.AgencyMember.agency_id == agency_id and row.AgencyMember.until_on is None for row in agencies.of_person(person_id))
    given = consents.until(agency_id, clock.today(people.get(person_id).zone))
    if not works or all(any((one, scope) in given for one in people.family_ids(person_id)) for scope in ("attendance", "hours")):
        return Withdrawn("She left the agency, or shares both by now.")
    return {"name": people.get(person_id).given_name, "agency": agencies.get(agency_id).name,
            "asked_by": people.get(facts["asked_by_id"]).name, "path": "/me/sharing"}


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
