"""Places added to an order that is placed: an order of their own that is part of it (docs/decisions/additions.md).

The order and its additions are one whole: the group rule counts all on it who have a place with a seat in the event, and when more come,
those who are there already may become cheaper, never dearer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased

from webapp.core.db import db
from webapp.core.errors import Closed
from webapp.registration import ledger, pricing, sale
from webapp.registration.models import Charge, Order, Payer, Registration, RegistrationType
from webapp.registration.orders.locking import locked
from webapp.registration.pricing import Line

REASON = "The group price counts who was added to the order"


@dataclass(frozen=True)
class Cheaper:
    """A place that costs less by the group price: the line in force, if it has one, and the one in its stead."""

    fee: Charge
    old: list[Charge]
    line: Line

    @property
    def cents(self) -> int:
        """How much less, in cents."""
        return sum(one.amount_cents for one in self.old) - self.line.amount_cents


def in_whole(order_id: int) -> ColumnElement[bool]:
    """Beside `Registration` in a query: its place is on this order, on what was added to it, or on what it was added to."""
    return Registration.order_id.in_(select(Order.id).where(_whole_of(order_id)))


def _whole_of(order_id: int) -> ColumnElement[bool]:
    named = aliased(Order)
    whole = select(func.coalesce(named.part_of_id, named.id)).where(named.id == order_id).scalar_subquery()
    return or_(Order.id == whole, Order.part_of_id == whole)


def counted() -> ColumnElement[bool]:
    """Beside `Registration` in a query: the group rule counts its place: one that takes a seat, no exhibitor's table."""
    return Registration.type_id.not_in(select(RegistrationType.id).where(RegistrationType.covers == "none"))


def placed_in(order_id: int, event_id: int) -> int:
    """How many confirmed places with a seat in the event the whole has."""
    return len(_standing(order_id, event_id))


def others_in(order_id: int, event_id: int) -> int:
    """How many of these the whole has on its other orders."""
    return sum(other != order_id for _, other in _standing(order_id, event_id))


def decided_with(order_id: int) -> list[int]:
    """The other placed orders of the whole about whose money the same one decides: who ordered them all; not where an agency was asked and
    pays, unless it pays both."""
    rows = db.session.execute(
        select(Order.id, Order.approvals, Payer.kind, Payer.agency_id, func.lower(Payer.name), func.lower(Payer.email))
        .join(Payer, Payer.id == Order.payer_id).where(_whole_of(order_id), or_(Order.id == order_id, Order.state == "placed"))
        .order_by(Order.id)).all()
    who = {row[0]: tuple(row[2:]) if row.approvals and row.kind == "agency" else None for row in rows}
    return [other for other in who if other != order_id and who[other] == who[order_id]]


def open_whole(order_id: int, event_id: int) -> Order:
    """The placed order that a place in the event may be added to, locked. What was added to an addition is part of the first order.

    Refused when the order is not placed (any more), or nobody on it has a place in the event (any more).
    """
    order = locked(order_id)
    if order.part_of_id is not None:
        order = locked(order.part_of_id)
    if order.state != "placed":
        raise Closed("This order is not in force, so nothing can be added to it.", way_out="Register as for an order of its own.",
                     code="not_placed")
    if not _standing(order.id, event_id, of_any_kind=True):
        raise Closed("Nobody on this order has a place in this event any more.", way_out="Register as for an order of its own.",
                     code="not_placed")
    return order


def refs_of(order: Order) -> set[str]:
    """The references of the whole: who is on one of its orders is not added once more."""
    return set(db.session.scalars(select(Order.ref).where(or_(Order.id == order.id, Order.part_of_id == order.id))))


def foresee(order_id: int) -> list[Cheaper]:
    """Who becomes cheaper once this addition is placed: shown before it is. Reads only."""
    coming = db.session.execute(
        select(Registration.event_id, func.count()).where(
            Registration.order_id == order_id, Registration.state == "held", Registration.inclusion_of_id.is_(None), counted())
        .group_by(Registration.event_id).order_by(Registration.event_id))
    return [one for event_id, count in coming.all() for one in _cheaper(order_id, event_id, count)]


def lower(order_id: int, at: datetime) -> dict[int, int]:
    """After an addition was placed: those who are cheaper now have the group price. Order id -> how much less it owes, in cents.

    The order is locked, and with it the whole. Doing it again changes nothing.
    """
    events = db.session.scalars(select(Registration.event_id).where(
        Registration.order_id == order_id, Registration.state == "confirmed", Registration.inclusion_of_id.is_(None)).distinct())
    less: dict[int, int] = {}
    for event_id in sorted(events):
        found = _cheaper(order_id, event_id, 0)
        ledger.void((line for one in found for line in one.old), reason=REASON, by_id=None, at=at)
        ledger.write([(ledger.Debtor(one.fee.order_id, one.fee.payer_id, event_id, one.fee.registration_id), one.line)
                      for one in found], at)
        for one in found:
            less[one.fee.order_id] = less.get(one.fee.order_id, 0) + one.cents
    return less


def _standing(order_id: int, event_id: int, *, of_any_kind: bool = False) -> list[tuple[int, int]]:
    """The whole's confirmed places with a seat in the event that were asked for, or of any kind: registration and order."""
    rows = db.session.execute(
        select(Registration.id, Registration.order_id).where(
            in_whole(order_id), Registration.event_id == event_id, Registration.state == "confirmed",
            Registration.inclusion_of_id.is_(None), true() if of_any_kind else counted()).order_by(Registration.id))
    return [(row[0], row[1]) for row in rows]


def _cheaper(order_id: int, event_id: int, coming: int) -> list[Cheaper]:
    """Which confirmed places of the whole cost less when so many more come. A price in instalments stays: its group price is inside."""
    steps, standing = sale.group_steps(event_id), _standing(order_id, event_id)
    if not steps:
        return []
    found = []
    for other in sorted({order for _, order in standing}):
        lines = ledger.live(other, [place for place, order in standing if order == other])
        found += _of_order(lines, steps, len(standing) + coming)
    return found


def _of_order(lines: list[Charge], steps: Iterable[tuple[int, int]], together: int) -> list[Cheaper]:
    found = []
    for fee in (one for one in lines if one.kind == "fee"):
        own = [one for one in lines if one.registration_id == fee.registration_id]
        old = [one for one in own if one.kind == "discount" and one.explained.get("rule") == "group"]
        line = pricing.group_line(steps, together, fee.amount_cents, fee.due_on, fee.account_code)
        if line is not None and 0 < Cheaper(fee, old, line).cents <= sum(one.amount_cents for one in own):
            found.append(Cheaper(fee, old, line))
    return found
