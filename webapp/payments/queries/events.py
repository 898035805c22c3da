"""What events are owed and have been paid: the charges of each event, and the money that pays them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.balances import COUNTED
from webapp.payments.models import Allocation
from webapp.payments.rules.standing import Balance, together
from webapp.registration.models import Charge, Order


@dataclass(frozen=True)
class EventMoney:
    """Cents of one event over all its orders."""

    owed_cents: int = 0
    paid_cents: int = 0

    @property
    def open_cents(self) -> int:
        """Still to be paid, now or later."""
        return max(self.owed_cents - self.paid_cents, 0)


def of_events(event_ids: Collection[int]) -> dict[int, EventMoney]:
    """The money of each event; held and expired orders owe nothing. One that has no charges is left out. Two statements."""
    owed = {charged: int(cents) for charged, cents in db.session.execute(
        select(Charge.event_id, func.sum(Charge.amount_cents)).join(Order, Order.id == Charge.order_id)
        .where(Charge.event_id.in_(event_ids), Order.state.in_(COUNTED)).group_by(Charge.event_id))}
    paid = {charged: int(cents) for charged, cents in db.session.execute(
        select(Charge.event_id, func.sum(Allocation.amount_cents)).join(Allocation, Allocation.charge_id == Charge.id)
        .where(Charge.event_id.in_(event_ids)).group_by(Charge.event_id))}
    return {event_id: EventMoney(owed[event_id], paid.get(event_id, 0)) for event_id in event_ids if event_id in owed}


def of_places(event_id: int, order_ids: Collection[int], today: date) -> dict[int, Balance]:
    """How each place of the event stands by its own lines and the money that pays them, whatever else its order holds, by registration.

    What a bank is confirming, and what is on its way back, is known of the order only. One without lines is left out. Three statements.
    """
    return _by_lines(Charge.event_id == event_id, order_ids, today)


def of_places_on(order_ids: Collection[int], today: date) -> dict[int, Balance]:
    """The same of the places on these orders, of whatever event: what each of them costs who pays the order."""
    return _by_lines(Charge.order_id.in_(order_ids), order_ids, today)


def _by_lines(which: ColumnElement[bool], order_ids: Collection[int], today: date) -> dict[int, Balance]:
    whole = balances.of_orders(order_ids, today)
    paid = {row.id: row for row in db.session.execute(
        select(Charge.registration_id.label("id"),
               func.sum(Allocation.amount_cents).label("there"),
               func.sum(case((Allocation.amount_cents < 0, -Allocation.amount_cents), else_=0)).label("gone"))
        .join(Allocation, Allocation.charge_id == Charge.id)
        .where(which, Charge.registration_id.is_not(None)).group_by(Charge.registration_id))}
    rows = db.session.execute(
        select(Charge.registration_id.label("id"), Charge.order_id, func.sum(Charge.amount_cents).label("owed"),
               func.sum(case((Charge.due_on <= today, Charge.amount_cents), else_=0)).label("due"),
               func.sum(case((Charge.due_on < today, Charge.amount_cents), else_=0)).label("overdue"))
        .join(Order, Order.id == Charge.order_id)
        .where(which, Charge.registration_id.is_not(None), Order.state.in_(COUNTED))
        .group_by(Charge.registration_id, Charge.order_id))
    found: dict[int, Balance] = {}
    for row in rows:
        one = _place(row, paid.get(row.id) if row.id not in found else None, whole.get(row.order_id, Balance()))
        found[row.id] = together([found[row.id], one]) if row.id in found else one
    return found


def _place(row: Any, money: Any, order: Balance) -> Balance:
    """A place's share of an order. What the order gave back, or is giving, is the place's as far as money left the place."""
    there, gone = (int(money.there), int(money.gone)) if money else (0, 0)
    refunded = min(order.refunded_cents, gone)
    return Balance(owed_cents=int(row.owed), due_cents=int(row.due), overdue_cents=int(row.overdue), received_cents=there + refunded,
                   refunded_cents=refunded, allocated_cents=there, processing_cents=order.processing_cents,
                   in_flight_cents=min(order.in_flight_cents, gone - refunded + max(there - int(row.owed), 0)))


@dataclass(frozen=True)
class Income:
    """An event's money beside the day it begins."""

    on: date
    title: str
    slug: str
    money: EventMoney


def income(start: datetime, end: datetime, zone: str) -> list[Income]:
    """The events that begin from `start` until `end` and have charges, in their order. Three statements."""
    rows = db.session.execute(
        select(Event.id, Event.starts_at, Event.title, Event.slug).where(Event.starts_at >= start, Event.starts_at < end)
        .order_by(Event.starts_at, Event.id)).all()
    found = of_events([row.id for row in rows])
    return [Income(times.local(row.starts_at, zone).date(), row.title, row.slug, found[row.id]) for row in rows if row.id in found]
