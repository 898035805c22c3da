"""What is told about a membership that was bought: once, when it begins to stand."""

from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Membership, Person
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.registration import own_page
from webapp.registration.years.models import MembershipYear


def begun(year_id: int, address: str, person: Person) -> None:
    """Her number and days are laid in, in the transaction of the money."""
    if address:
        outbox.write(fact=f"membership:year:{year_id}", kind="membership_begun", to_address=address, to_name=person.name,
                     person_id=person.id, subject_of=f"person:{person.id}", facts={"year_id": year_id})


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
