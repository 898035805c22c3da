"""Places on invoice that are due and not paid: whom the door turns away, whose certificate waits, whose place goes."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select

from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.payments import giving_back, settlement
from webapp.payments.models import Allocation, Payment
from webapp.registration import registrations
from webapp.registration.models import Charge, Order, Registration


def open_by_place(registration_ids: Collection[int], today: date) -> dict[int, int]:
    """Cents that are due by this day and not paid, by confirmed place on invoice; places with nothing open are left out.

    Never more than is open on the order, for a correction may lower the whole of it; what another payer carries of the place is
    open with it. A place that came with another is paid with that one. One statement.
    """
    found = _open(today, Registration.id.in_(registration_ids))
    return {row.id: int(row.open) for row in db.session.execute(select(found.c.id, found.c.open).where(found.c.open > 0))}


def to_release(today: date, now: datetime, *which: ColumnElement[bool], limit: int = 200) -> list[int]:
    """Places on invoice whose date is over and that are open, in events that give such places to the next person and have not begun."""
    found = _open(today, Event.unpaid_release.is_(True), Event.starts_at > now, Registration.release_on < today,
                  Registration.inclusion_of_id.is_(None), *which)
    return list(db.session.scalars(select(found.c.id).where(found.c.open > 0).order_by(found.c.release_on, found.c.id).limit(limit)))


def release(registration_id: int, today: date, now: datetime) -> bool:
    """Gives the place back, because its invoice was not paid in time; nothing is owed for it. Attendee and payer are told.

    False, and nothing happens, when it was paid or a bank is confirming the payment.
    """
    order_id = db.session.scalar(select(Registration.order_id).where(Registration.id == registration_id))
    if order_id is None:
        return False
    settlement.lock_with_others(registration_id)
    coming = db.session.scalar(select(Payment.id).where(Payment.order_id == order_id, Payment.state == "processing"))
    if coming is not None or not to_release(today, now, Registration.id == registration_id):
        return False
    until = db.session.scalar(select(Registration.release_on).where(Registration.id == registration_id))
    reason = f"The invoice was not paid by {times.date_words(until)}." if until else "The invoice was not paid in time."
    done = registrations.cancel(registration_id, by_id=None, reason=reason, by_organizer=True)
    giving_back.after([done], reason=reason, by_id=None, today=today)
    return True


def _open(today: date, *which: ColumnElement[bool]) -> Subquery:
    """`id`, `release_on` and what is `open` (cents) of confirmed places on invoice."""
    place, own = func.coalesce(Registration.inclusion_of_id, Registration.id), Charge.order_id == Registration.order_id
    found = (
        select(Registration.id, Registration.release_on, _left(today, own).label("order"),
               _left(today, own, Charge.registration_id == place).label("own"),
               _left(today, ~own, Charge.registration_id == place).label("others"))
        .join(Order, Order.id == Registration.order_id).join(Event, Event.id == Registration.event_id)
        .where(Registration.state == "confirmed", Order.method == "invoice", *which).subquery())
    mine = case((found.c.own < found.c.order, found.c.own), else_=found.c.order)
    still_open = case((mine > 0, mine), else_=0) + case((found.c.others > 0, found.c.others), else_=0)
    return select(found.c.id, found.c.release_on, still_open.label("open")).subquery()


def _left(today: date, *which: ColumnElement[bool]) -> ColumnElement[int]:
    """What these charges ask for by the day, less what has paid them."""
    owed = select(func.sum(Charge.amount_cents)).where(Charge.due_on <= today, *which)
    paid = select(func.sum(Allocation.amount_cents)).join(Charge, Charge.id == Allocation.charge_id).where(*which)
    return _sum(owed) - _sum(paid)


def _sum(statement: Any) -> ColumnElement[int]:
    return func.coalesce(statement.correlate(Registration).scalar_subquery(), 0)
