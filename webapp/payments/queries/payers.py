"""What each payer owes over all orders, for finance's list."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, or_, select

from webapp.core.db import db
from webapp.payments import balances
from webapp.registration.models import Order, Payer

PAGE = 50


def listing(q: str, today: date, offset: int = 0) -> list[Any]:
    """A page of payers, the most open first: by name, address, kind and agency one row each. One statement."""
    books = balances.books(today)
    counted = books.c.order_state.in_(balances.COUNTED)
    paid = books.c.received_cents - books.c.refunded_cents
    owed = _sum(case((counted, books.c.owed_cents), else_=0))
    still_open = _sum(case((counted & (books.c.owed_cents > paid), books.c.owed_cents - paid), else_=0))
    late = case((books.c.overdue_cents < books.c.owed_cents, books.c.overdue_cents), else_=books.c.owed_cents) - paid
    overdue = _sum(case((counted & (late > 0), late), else_=0))
    statement = (
        select(func.max(Payer.id).label("id"), Payer.name, Payer.email, Payer.kind, func.count(Order.id).label("orders"),
               owed.label("owed"), _sum(paid).label("paid"), still_open.label("open"), overdue.label("overdue"))
        .join(Order, Order.payer_id == Payer.id).join(books, books.c.order_id == Order.id)
        .where(or_(counted, books.c.received_cents > 0)).group_by(Payer.name, Payer.email, Payer.kind, Payer.agency_id))
    if q:
        like = f"%{q.lower().replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(func.lower(Payer.name).like(like), func.lower(Payer.email).like(like)))
    return list(db.session.execute(statement.order_by(still_open.desc(), func.max(Payer.id)).offset(offset).limit(PAGE)))


def _sum(cents: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL adds sums up to a decimal; cents are whole."""
    return cast(func.coalesce(func.sum(cents), 0), BigInteger)
