"""Whether a membership that was bought stands on the member list: exactly while its line is in force and paid.

So one on invoice begins to stand when the invoice is paid, a check that bounces takes it back, and paid again it stands again. Its
days run from when it was ordered, not from when the money came (docs/decisions/membership-years.md).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.accounts import memberships, people
from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.db import db
from webapp.registration import ledger
from webapp.registration.models import Order, Registration
from webapp.registration.years import messages, rules
from webapp.registration.years.models import MembershipYear

NEVER_PAID = "Everything was given back before the membership was paid"
NOT_PAID = "It is not paid"


def settle(order_id: int, unpaid: Mapping[int, int]) -> bool:
    """Brings the member list in line with the money of this order, which is locked. `unpaid`: what each line in force still asks for,
    in cents. True when a line was taken back: of an order that is over and never paid it. Safe to repeat.
    """
    taken_back, now = False, clock.now()
    for row in _years(order_id):
        year, cents = row.MembershipYear, unpaid.get(row.MembershipYear.charge_id)
        if cents == 0:
            _stand(row)
        else:
            _fall(year)
            if cents is None and row.placed_at is not None:
                year.ended_at = now
            elif cents and row.state == "cancelled":
                taken_back = True
                ledger.void([one for one in ledger.live(order_id) if one.id == year.charge_id], reason=NEVER_PAID, by_id=None, at=now)
                year.ended_at = now
    db.session.flush()
    return taken_back


def _years(order_id: int) -> list[Any]:
    return list(db.session.execute(
        select(MembershipYear, Order.state, Order.placed_at, Event.zone, Registration.email)
        .join(Order, Order.id == MembershipYear.order_id).join(Registration, Registration.id == MembershipYear.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(MembershipYear.order_id == order_id, MembershipYear.ended_at.is_(None)).order_by(MembershipYear.id)).all())


def _stand(row: Any) -> None:
    year = row.MembershipYear
    if year.membership_id is not None:
        memberships.reinstate(year.membership_id)
        return
    person = db.session.get_one(Person, people.root_id(year.person_id))
    before = memberships.latest(person.id)
    first, last = rules.days(times.local(row.placed_at, row.zone).date(), year.months, before.until_on if before else None)
    number = memberships.free_number(before.number, first) if before else memberships.free_number(f"M-{year.id:05d}")
    year.membership_id = memberships.add(person.id, number, from_on=first, until_on=last, actor_id=None, name=person.name,
                                         email=row.email, source="order").id
    messages.begun(year.id, row.email, person)


def _fall(year: MembershipYear) -> None:
    if year.membership_id is not None:
        memberships.withdraw(year.membership_id, reason=NOT_PAID)
