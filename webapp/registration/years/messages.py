"""What is told about memberships: once, when one that was bought begins to stand; and what became of a claim."""

from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Membership, Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.registration import own_page
from webapp.registration.models import Registration
from webapp.registration.years.models import MemberClaim, MembershipYear


def begun(year_id: int, address: str, person: Person) -> None:
    """Her number and days are laid in, in the transaction of the money."""
    if address:
        outbox.write(fact=f"membership:year:{year_id}", kind="membership_begun", to_address=address, to_name=person.name,
                     person_id=person.id, subject_of=f"person:{person.id}", facts={"year_id": year_id})


def member_claim_decided(facts: dict[str, Any]) -> dict[str, Any]:
    """To who said that she is a member: that it was confirmed, with her number and what her place costs less, or why not."""
    row = db.session.execute(
        select(MemberClaim.state, MemberClaim.answer, MemberClaim.off_cents, MemberClaim.registration_id, Membership.number,
               Membership.until_on, Event.title, Person.given_name)
        .join(Registration, Registration.id == MemberClaim.registration_id).join(Event, Event.id == Registration.event_id)
        .outerjoin(Person, Person.id == Registration.person_id).outerjoin(Membership, Membership.id == MemberClaim.membership_id)
        .where(MemberClaim.id == facts["claim_id"])).one()
    return {"name": row.given_name or "", "title": row.title, "confirmed": row.state == "confirmed", "answer": row.answer,
            "off_cents": row.off_cents, "number": row.number or "", "last": row.until_on,
            "place_path": own_page.of(row.registration_id).path}


def membership_begun(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """To the new member: number, first and last day, the page of the place it was bought with. Nothing when it was withdrawn meanwhile."""
    row = db.session.execute(
        select(Membership.number, Membership.from_on, Membership.until_on, Membership.withdrawn_at, Person.given_name,
               MembershipYear.registration_id)
        .join(MembershipYear, MembershipYear.membership_id == Membership.id)
        .join(Person, Person.id == Membership.person_id).where(MembershipYear.id == facts["year_id"])).one()
    if row.withdrawn_at is not None:
        return Withdrawn("The membership is not paid any more.")
    return {"name": row.given_name, "number": row.number, "first": row.from_on, "last": row.until_on,
            "place_path": own_page.of(row.registration_id).path}
