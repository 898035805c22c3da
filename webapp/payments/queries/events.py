"""What events are owed and have been paid: the charges of each event, and the money that pays them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.payments.balances import COUNTED
from webapp.payments.models import Allocation
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
