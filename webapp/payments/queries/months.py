"""The months of the books: those that are closed, and what is of the open one.

A closed month holds the movements it was closed with. Whatever is true and booked in none of them is of the open month: what came
late, and what a closed month held and is true no more (a check that bounced), taken back. So the months always add up to the books.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, literal, or_, select

from webapp.accounts.models import Person
from webapp.core import times
from webapp.core.db import UTCDateTime, db
from webapp.payments.models import BookedMovement, ClosedMonth, Payment, Refund
from webapp.payments.queries import movements
from webapp.payments.rules import books
from webapp.payments.rules.books import Movement
from webapp.registration.models import Order, Payer


@dataclass(frozen=True)
class Sums:
    """How many movements a month has and what they come to."""

    movements: int
    owed_cents: int
    received_cents: int


def closed() -> list[Any]:
    """The closed months, the newest first, without their contents. One statement."""
    by = func.trim(Person.given_name + " " + Person.family_name).label("by")
    statement = select(ClosedMonth.first_on, ClosedMonth.closed_at, ClosedMonth.movements, ClosedMonth.owed_cents,
                       ClosedMonth.received_cents, ClosedMonth.digest, by).join(Person, Person.id == ClosedMonth.closed_by_id)
    return list(db.session.execute(statement.order_by(ClosedMonth.first_on.desc())))


def content(month: date) -> str | None:
    """The file of a closed month as it was; None when it is not closed."""
    return db.session.scalar(select(ClosedMonth.content).where(ClosedMonth.first_on == month))


def oldest_open(zone: str, today: date) -> date:
    """The first day of the oldest month that is not closed: the one after the last closed, or that of the first movement."""
    last = db.session.scalar(select(func.max(ClosedMonth.first_on)))
    if last is not None:
        return books.after(last)
    found = movements.table(books.midnight(books.after(today), zone))
    first = db.session.scalar(select(func.min(found.c.at)))
    return books.month_of(times.local(first, zone).date() if first else today)


def open_movements(end: datetime) -> Iterator[Movement]:
    """What the month that ends then would be closed with: not booked yet, then taken back. Three statements."""
    for statement in _open(end):
        yield from movements.read(statement)


def open_sums(end: datetime) -> Sums:
    """The same, only counted and added up by the database."""
    parts = []
    for statement in _open(end):
        found = statement.order_by(None).subquery()
        parts.append(db.session.execute(select(func.count(), func.sum(found.c.owed_cents), func.sum(found.c.received_cents))
                                        .select_from(found)).one())
    return Sums(*(sum(int(part[at] or 0) for part in parts) for at in range(3)))


def sums(found: Iterable[Movement]) -> Sums:
    """Counts and adds up."""
    listed = list(found)
    return Sums(len(listed), sum(one.owed_cents or 0 for one in listed), sum(one.received_cents or 0 for one in listed))


def _open(end: datetime) -> list[Any]:
    found, booked = movements.table(end), _booked()
    same = and_(booked.c.source == found.c.source, booked.c.row_id == found.c.row_id)
    amount = func.coalesce(found.c.owed_cents, found.c.received_cents)
    fresh = select(found).outerjoin(booked, same).where(or_(booked.c.cents.is_(None), and_(booked.c.cents == 0, amount != 0)))
    return [fresh.order_by(found.c.at, found.c.source, found.c.row_id),
            _taken_back("payment", and_(Payment.state != "succeeded", Payment.failed_at.is_(None)), booked, end),
            _taken_back("refund", and_(Refund.state != "succeeded", Refund.failed_at.is_(None)), booked, end)]


def _booked() -> Subquery:
    return (select(BookedMovement.source, BookedMovement.row_id, func.sum(BookedMovement.amount_cents).label("cents"))
            .group_by(BookedMovement.source, BookedMovement.row_id).subquery())


def _taken_back(source: str, gone: ColumnElement[bool], booked: Subquery, end: datetime) -> Any:
    """Rows a closed month holds that are no money any more: the opposite amount, at the last second of the month."""
    number, row = (Payment.paper_number, Payment) if source == "payment" else (Refund.cheque_number, Refund)
    statement = movements.part(
        at=literal(end - timedelta(seconds=1), UTCDateTime()), kind=literal(f"{source} taken back"), order_ref=Order.ref, payer=Payer.name,
        text=literal("It was in a closed month and did not stand."), method=Payment.method, number=number,
        received_cents=-booked.c.cents, currency=Payment.currency, source=literal(source), row_id=row.id).select_from(row)
    if source == "refund":
        statement = statement.join(Payment, Payment.id == Refund.payment_id)
    return (statement.join(booked, and_(booked.c.source == source, booked.c.row_id == row.id))
            .outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
            .where(gone, booked.c.cents != 0).order_by(row.id))
