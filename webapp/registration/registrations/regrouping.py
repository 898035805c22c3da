"""When fewer are left in an order than its group price asks for: what those who stay cost more, where the event's policy says so.

Who pays sees it in dollars first. What a colleague or the attendee gives back re-prices nobody: a substitution keeps the number, and
an attendee does not decide about others' money. A price in instalments keeps its group price, which is inside its parts. Who was
added to an order later counts too; re-priced are those on the order that the place is taken from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import money
from webapp.core.db import db
from webapp.registration import accepted, ledger, sale
from webapp.registration.models import ACTIVE, Charge, Order, Registration
from webapp.registration.orders import additions
from webapp.registration.pricing import Line, group_share

REASON = "Fewer people than the group price asks for"


@dataclass(frozen=True)
class Lost:
    """A group discount that is lost, or becomes smaller: the line, and the one in its stead (None: none)."""

    line: Charge
    now: Line | None

    @property
    def more_cents(self) -> int:
        """What the place costs more."""
        return (self.now.amount_cents if self.now else 0) - self.line.amount_cents


def foresee_regroup(registration_id: int) -> int:
    """What the places that stay would cost more if this one were given back by who pays; 0 where they keep their price. Reads only."""
    row = db.session.execute(select(Registration.order_id, Registration.event_id).where(Registration.id == registration_id)).one()
    return sum(one.more_cents for one in _lost(row.order_id, row.event_id, [registration_id]))


def reprice(order: Order, event_id: int, *, by_id: int | None, at: datetime) -> int:
    """Takes the group price of those who are left back, as far as it no longer fits; returns what is owed more. The order is locked."""
    lost = _lost(order.id, event_id, [])
    ledger.void([one.line for one in lost], reason=REASON, by_id=by_id, at=at)
    ledger.write([(ledger.Debtor(order.id, order.payer_id, event_id, one.line.registration_id, by_id), one.now)
                  for one in lost if one.now is not None], at)
    return sum(one.more_cents for one in lost)


def _lost(order_id: int, event_id: int, leaving: Sequence[int]) -> list[Lost]:
    rules: Any = db.session.scalars(
        select(CancellationPolicy.rules).select_from(Registration).join(Event, Event.id == Registration.event_id)
        .join(CancellationPolicy, accepted.policy()).where(Registration.order_id == order_id, Registration.event_id == event_id)
        .order_by(Registration.id).limit(1)).one()
    if rules.get("group_below", "keep") != "reprice":
        return []
    stay = list(db.session.scalars(select(Registration.id).where(
        Registration.order_id == order_id, Registration.event_id == event_id, Registration.inclusion_of_id.is_(None),
        Registration.state.in_(ACTIVE), Registration.id.not_in(leaving))))
    lines = ledger.live(order_id, stay)
    fees = {one.registration_id: one.amount_cents for one in lines if one.kind == "fee"}
    together = len(stay) + additions.others_in(order_id, event_id)
    count, share = group_share(sale.group_steps(event_id), together) or (0, 0)
    found = []
    for one in lines:
        if one.kind == "discount" and one.explained.get("rule") == "group" and one.registration_id in fees:
            off = money.percent_of(fees[one.registration_id], share)
            if off < -one.amount_cents:
                found.append(Lost(one, _line(one, count, share, off) if off else None))
    return found


def _line(one: Charge, count: int, share: int, off: int) -> Line:
    kept = Line(one.kind, one.label, one.amount_cents, one.due_on, one.account_code, one.explained)
    return replace(kept, label=f"Group price from {count} people, {share / 100:g} % less", amount_cents=-off)
