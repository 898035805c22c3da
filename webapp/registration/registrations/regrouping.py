"""When fewer are left in an order than its group price asks for: what those who stay cost more, where the event's policy says so.

Who pays sees it in dollars first. What a colleague or the attendee gives back re-prices nobody: a substitution keeps the number, and
an attendee does not decide about others' money. A price in instalments keeps its group price, which is inside its parts. An order and
what was added to it are one whole: all are counted, and all are re-priced that are decided about by who pays (`additions.decided_with`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Regrouped:
    """What those who stay cost more: on the order the place is taken from, and on others of its whole, by order."""

    own_cents: int = 0
    others: tuple[tuple[int, int], ...] = ()

    @property
    def cents(self) -> int:
        """All of it: what the page shows."""
        return self.own_cents + sum(cents for _, cents in self.others)


NOTHING = Regrouped()


@dataclass(frozen=True)
class Grouped:
    """What the group price of an event is made of in a whole: the live lines of its places by order (those of orders that reprice), the
    event's rules, the places counted on the order that somebody leaves (`here`), and how many are counted on the others."""

    lines: Mapping[int, Sequence[Charge]] = field(default_factory=dict)
    steps: Sequence[tuple[int, int]] = ()
    here: Sequence[int] = ()
    elsewhere: int = 0

    def lost(self, leaving: int | None = None) -> dict[int, list[Lost]]:
        """Order id -> what is lost on it when this place leaves (None: it left already); those that lose nothing are out."""
        staying = sum(one != leaving for one in self.here) + self.elsewhere
        share = group_share(self.steps, staying) or (0, 0)
        found = {order: _lost_of([one for one in lines if one.registration_id != leaving], share) for order, lines in self.lines.items()}
        return {order: lost for order, lost in found.items() if lost}


def foresee_regroup(registration_id: int) -> Regrouped:
    """What the places that stay would cost more if this one were given back by who pays; nothing where they keep theirs. Reads only."""
    row = db.session.execute(select(Registration.order_id, Registration.event_id).where(Registration.id == registration_id)).one()
    return foresee_each(row.order_id, row.event_id, [registration_id])[registration_id]


def foresee_each(order_id: int, event_id: int, registration_ids: Collection[int]) -> dict[int, Regrouped]:
    """The same of each of these places of the order in the event, were it alone given back: in as many statements as of one."""
    grouped = _grouped(order_id, event_id)
    return {one: _summed(order_id, grouped.lost(one)) for one in registration_ids}


def others_of(registration_id: int) -> list[int]:
    """The other orders that may come to cost more when this place is given back by who pays: to be locked with its own."""
    return additions.decided_with(db.session.scalars(select(Registration.order_id).where(Registration.id == registration_id)).one())


def reprice(order: Order, event_id: int, *, by_id: int | None, at: datetime) -> Regrouped:
    """Takes the group price of those who are left in the whole back, as far as it no longer fits; returns what is owed more.

    The order is locked, and with it those of the whole that may lose it (`others_of`).
    """
    lost = _grouped(order.id, event_id).lost()
    for order_id in sorted(lost):
        payer_id = db.session.get_one(Order, order_id).payer_id
        ledger.void([one.line for one in lost[order_id]], reason=REASON, by_id=by_id, at=at)
        ledger.write([(ledger.Debtor(order_id, payer_id, event_id, one.line.registration_id, by_id), one.now)
                      for one in lost[order_id] if one.now is not None], at)
    return _summed(order.id, lost)


def _summed(order_id: int, lost: dict[int, list[Lost]]) -> Regrouped:
    cents = {other: sum(one.more_cents for one in found) for other, found in lost.items()}
    return Regrouped(cents.pop(order_id, 0), tuple(sorted(cents.items())))


def _grouped(order_id: int, event_id: int) -> Grouped:
    repricing = [one for one in (order_id, *additions.decided_with(order_id)) if _reprices(one, event_id)]
    if not repricing:
        return Grouped()
    here = _staying(order_id, event_id)
    lines = {one: ledger.live(one, here if one == order_id else _staying(one, event_id)) for one in repricing}
    return Grouped(lines, sale.group_steps(event_id), here, additions.others_in(order_id, event_id))


def _reprices(order_id: int, event_id: int) -> bool:
    """Whether the policy the places of the event on this order were sold under says so."""
    rules: Any = db.session.scalars(
        select(CancellationPolicy.rules).select_from(Registration).join(Event, Event.id == Registration.event_id)
        .join(CancellationPolicy, accepted.policy()).where(Registration.order_id == order_id, Registration.event_id == event_id)
        .order_by(Registration.id).limit(1)).one_or_none()
    return rules is not None and rules.get("group_below", "keep") == "reprice"


def _staying(order_id: int, event_id: int) -> list[int]:
    return list(db.session.scalars(select(Registration.id).where(
        Registration.order_id == order_id, Registration.event_id == event_id, Registration.inclusion_of_id.is_(None),
        Registration.state.in_(ACTIVE), additions.counted())))


def _lost_of(lines: Sequence[Charge], group: tuple[int, int]) -> list[Lost]:
    count, share = group
    fees = {one.registration_id: one.amount_cents for one in lines if one.kind == "fee"}
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
