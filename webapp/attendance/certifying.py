"""Certificates for attendance: what somebody attended of an event, asked of the event's rule, then issued by hours."""

from typing import Any

from sqlalchemy import func, select

from webapp.accounts import addresses, people
from webapp.accounts.models import Person
from webapp.attendance.models import HeldCertificate
from webapp.attendance.queries import own
from webapp.core import clock
from webapp.core.db import db, insert_new
from webapp.hours import certificates
from webapp.hours.models import Certificate
from webapp.hours.rules import Held, Verdict
from webapp.notifications import outbox
from webapp.registration.models import Registration


def verdict(event_id: int, person_id: int) -> Verdict:
    """Whether the person may have the event's certificate, and why."""
    return certificates.verdict(event_id, people.family_ids(person_id), held(event_id, person_id))


def issue(event_id: int, person_id: int, *, by_id: int | None) -> Certificate:
    """Issues the certificate and tells her, or returns the current one when it says the same. Refused with the rule when it is
    not met."""
    row = certificates.issue(event_id, person_id, held(event_id, person_id), by_id=by_id)
    address = next(iter(addresses.for_mail(person_id)), "")
    if address:
        outbox.write(fact=f"certificate:{row.id}", kind="certificate", to_address=address, to_name=people.get(person_id).name,
                     person_id=person_id, subject_of=f"event:{event_id}", facts={"certificate_id": row.id})
    return row


def hold_back(registration_id: int, *, by_id: int | None) -> bool:
    """The certificate of this place waits for its money; she is told. False when it waits already."""
    made = insert_new(HeldCertificate, on=("registration_id",), values={
        "registration_id": registration_id, "held_by_id": by_id, "held_at": clock.now()})
    if made is None:
        return False
    row = _place(registration_id)
    if row.email:
        outbox.write(fact=f"certificate_held:{registration_id}", kind="certificate_held", to_address=row.email, to_name=row.name,
                     person_id=row.person_id, subject_of=f"registration:{registration_id}", facts={"registration_id": registration_id})
    return True


def held_back(limit: int = 500) -> list[int]:
    """Places whose certificate waits, the longest waiting first."""
    return list(db.session.scalars(
        select(HeldCertificate.registration_id).where(HeldCertificate.ended_at.is_(None))
        .order_by(HeldCertificate.held_at, HeldCertificate.registration_id).limit(limit)))


def let_go(registration_id: int) -> Certificate | None:
    """The money came: the certificate is issued as it was to be, or None where the rule is no longer met or the place is gone."""
    held_row = db.session.get(HeldCertificate, registration_id, with_for_update=True, populate_existing=True)
    if held_row is None or held_row.ended_at is not None:
        return None
    held_row.ended_at = clock.now()
    row = _place(registration_id)
    if row.state != "confirmed" or row.person_id is None or not verdict(row.event_id, row.person_id).is_met:
        return None
    return issue(row.event_id, row.person_id, by_id=held_row.held_by_id)


def _place(registration_id: int) -> Any:
    return db.session.execute(
        select(Registration.event_id, Registration.state, Registration.person_id, Registration.email,
               func.trim(Person.given_name + " " + Person.family_name).label("name"))
        .outerjoin(Person, Person.id == Registration.person_id).where(Registration.id == registration_id)).one()


def refresh(event_id: int, person_id: int, *, by_id: int | None) -> Certificate | None:
    """After awards changed: a new version of the certificate when there is one, or none when the rule is no longer met."""
    family = people.family_ids(person_id)
    if certificates.current(event_id, family) is None:
        return None
    says = certificates.verdict(event_id, family, held(event_id, person_id))
    if says.is_met:
        return issue(event_id, person_id, by_id=by_id)
    return certificates.withdraw_for(event_id, family, by_id=by_id, reason=f"Hours were corrected. {says.sentence}")


def held(event_id: int, person_id: int) -> list[Held]:
    """The sessions with credit she is booked in, with how long she was there."""
    return own.held(own.entries(event_id, person_id), clock.now())
