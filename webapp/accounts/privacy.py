"""A person's own data in accounts: everything as plain values, and erasing her from all that must not stay."""

from typing import Any

from sqlalchemy import delete, select, update

from webapp.accounts import addresses, looks, names, people
from webapp.accounts.models import (
    AccessToken,
    Account,
    Agency,
    AgencyMember,
    CategoryHolding,
    Consent,
    ConsentLook,
    EmailAddress,
    Membership,
    Person,
    RoleGrant,
)
from webapp.core import audit, clock, records
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import AlreadyDone
from webapp.core.records import Records
from webapp.notifications import outbox

_SHOWN: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "person": (Person, ("given_name", "family_name", "profession", "employer", "county", "zone", "created_at")),
    "email_addresses": (EmailAddress, ("address", "is_primary", "gets_mail", "verified_at", "created_at")),
    "account": (Account, ("created_at", "last_sign_in_at", "disabled_at")),
    "roles": (RoleGrant, ("role", "event_id", "granted_at", "ended_at")),
    "consents": (Consent, ("agency_id", "scope", "given_at", "until_on", "withdrawn_at")),
    "memberships": (Membership, ("number", "from_on", "until_on", "source")),
    "endorsements_held": (CategoryHolding, ("category", "association", "status", "from_on", "until_on")),
}


def personal_data(person_ids: frozenset[int]) -> Records:
    """Everything accounts keeps about these persons (a family of `people.family_ids`), as values that JSON can hold."""
    found = {title: records.of(select(*(getattr(model, name) for name in columns)).where(
        (model.id if model is Person else model.person_id).in_(person_ids)).order_by(model.id))
        for title, (model, columns) in _SHOWN.items()}
    found["agencies"] = records.of(select(Agency.name.label("agency"), AgencyMember.from_on, AgencyMember.until_on)
                                   .join(Agency, Agency.id == AgencyMember.agency_id)
                                   .where(AgencyMember.person_id.in_(person_ids)).order_by(AgencyMember.id))
    found["looks"] = records.of(
        select(Person.given_name, Person.family_name, Agency.name.label("agency"), ConsentLook.scope, ConsentLook.looked_at)
        .join(Person, Person.id == ConsentLook.viewer_id).join(Agency, Agency.id == ConsentLook.agency_id)
        .where(ConsentLook.person_id.in_(person_ids)).order_by(ConsentLook.id))
    found["history"] = records.of(
        select(AuditEntry.at, AuditEntry.action, AuditEntry.reason, AuditEntry.before, AuditEntry.after)
        .where(AuditEntry.subject.in_([f"person:{one}" for one in sorted(person_ids)])).order_by(AuditEntry.id))
    return found


def erase(person_id: int, *, actor_id: int) -> None:
    """Deletes the account, addresses, profile, consents and roles; the name becomes `Former attendee` wherever her places,
    hours and money must stay. The last mail goes to the address she had. Upcoming places are the caller's to refuse."""
    person = people.get(people.root_id(person_id))
    if person.erased_at is not None:
        raise AlreadyDone("This was deleted already.")
    family = people.family_ids(person.id)
    for address in addresses.for_mail(person.id)[:1]:
        outbox.write(fact=f"account_deleted:{person.id}", kind="account_deleted", to_address=address)
    _delete_access(family)
    _end_ties(family)
    db.session.execute(update(Person).where(Person.id.in_(family)).values(
        given_name=names.FORMER[0], family_name=names.FORMER[1], profession="", employer="", county="", erased_at=clock.now()))
    db.session.expire_all()
    audit.record("person.erased", f"person:{person.id}", actor_id=actor_id)


def _delete_access(family: frozenset[int]) -> None:
    own = select(EmailAddress.id).where(EmailAddress.person_id.in_(family))
    db.session.execute(delete(AccessToken).where(AccessToken.email_address_id.in_(own)))
    db.session.execute(delete(EmailAddress).where(EmailAddress.person_id.in_(family)))
    db.session.execute(delete(Account).where(Account.person_id.in_(family)))


def _end_ties(family: frozenset[int]) -> None:
    now = clock.now()
    db.session.execute(update(RoleGrant).where(RoleGrant.person_id.in_(family), RoleGrant.ended_at.is_(None)).values(ended_at=now))
    db.session.execute(update(Consent).where(Consent.person_id.in_(family), Consent.withdrawn_at.is_(None)).values(withdrawn_at=now))
    looks.erase(family)
    db.session.execute(delete(AgencyMember).where(AgencyMember.person_id.in_(family)))
    db.session.execute(update(Membership).where(Membership.person_id.in_(family)).values(name="", email=""))

