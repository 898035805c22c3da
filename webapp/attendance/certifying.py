"""Certificates for attendance: what somebody attended of an event, asked of the event's rule, then issued by hours."""

from webapp.accounts import addresses, people
from webapp.attendance.queries import own
from webapp.core import clock
from webapp.hours import certificates
from webapp.hours.models import Certificate
from webapp.hours.rules import Held, Verdict
from webapp.notifications import outbox


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
