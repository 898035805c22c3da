"""Finance's list of orders: filtered, a page at a time, with the same statements for one row and for fifty."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.models import Invoice, Payment
from webapp.payments.rules.standing import Balance
from webapp.registration.models import Charge, Order, Payer

PAGE = 50
MONEY = {
    "owed": "Owed",
    "due": "Due now",
    "overdue": "Overdue",
    "paid": "Paid",
    "too_much": "Paid too much",
    "refunding": "Refund on its way",
    "processing": "Bank is confirming",
}


@dataclass(frozen=True)
class Filters:
    """What finance asked for. `money` is a key of MONEY; `due_by`: something open falls due until that day."""

    q: str = ""
    money: str = ""
    event_id: int | None = None
    method: str = ""
    due_by: date | None = None


@dataclass(frozen=True)
class OrderRow:
    """An order in the list."""

    ref: str
    state: str
    method: str | None
    payer: str
    payer_kind: str
    created_at: Any
    balance: Balance
    next_due: date | None
    events: list[str] = field(default_factory=list)


def listing(filters: Filters, today: date, offset: int = 0) -> tuple[list[OrderRow], int]:
    """A page of orders, the newest first, and how many there are. Four statements."""
    books = balances.books(today)
    chosen = _where(select(Order.id), filters, books)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    ids = list(db.session.scalars(chosen.order_by(Order.id.desc()).offset(offset).limit(PAGE)))
    return _rows(ids, today), total


def export_ids(filters: Filters, today: date) -> list[int]:
    """Every order of a filtered list."""
    return list(db.session.scalars(_where(select(Order.id), filters, balances.books(today)).order_by(Order.id)))


def payable_events() -> list[tuple[int, str]]:
    """Events that have charges, for the filter."""
    rows = db.session.execute(
        select(Event.id, Event.title)
        .where(Event.id.in_(select(Charge.event_id)))
        .order_by(Event.starts_at.desc(), Event.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def _rows(ids: list[int], today: date) -> list[OrderRow]:
    found = balances.of_orders(ids, today) if ids else {}
    titles = _titles(ids)
    rows: Any = db.session.execute(
        select(
            Order.id,
            Order.ref,
            Order.state,
            Order.method,
            Payer.name,
            Payer.kind,
            Order.created_at,
            select(func.min(Charge.due_on))
            .where(Charge.order_id == Order.id, Charge.due_on >= today)
            .scalar_subquery()
            .label("due"),
        )
        .join(Payer, Payer.id == Order.payer_id)
        .where(Order.id.in_(ids))
        .order_by(Order.id.desc())
    )
    return [
        OrderRow(
            row.ref,
            row.state,
            row.method,
            row.name,
            row.kind,
            row.created_at,
            found.get(row.id, Balance()),
            row.due,
            titles.get(row.id, []),
        )
        for row in rows
    ]


def _titles(ids: list[int]) -> Mapping[int, list[str]]:
    titles: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Charge.order_id, Event.title)
        .join(Event, Event.id == Charge.event_id)
        .where(Charge.order_id.in_(ids))
        .distinct()
        .order_by(Event.title)
    )
    for order_id, title in rows:
        titles.setdefault(order_id, []).append(title)
    return titles


def _where(statement: Select[Any], filters: Filters, books: Subquery) -> Select[Any]:
    statement = statement.join(books, books.c.order_id == Order.id).join(Payer, Payer.id == Order.payer_id)
    statement = statement.where(or_(Order.state.in_(balances.COUNTED), books.c.received_cents > 0, books.c.processing_cents > 0))
    if filters.money in MONEY:
        statement = statement.where(_money(filters.money, books))
    if filters.event_id is not None:
        statement = statement.where(Order.id.in_(select(Charge.order_id).where(Charge.event_id == filters.event_id)))
    if filters.method:
        statement = statement.where(Order.method == filters.method)
    if filters.due_by is not None:
        statement = statement.where(_due_by(filters.due_by, books))
    return statement.where(_matches(filters.q)) if filters.q else statement


def _money(word: str, books: Subquery) -> ColumnElement[bool]:
    paid = books.c.received_cents - books.c.refunded_cents
    is_open = and_(books.c.owed_cents > paid, books.c.order_state.in_(balances.COUNTED))
    conditions: dict[str, ColumnElement[bool]] = {
        "owed": is_open,
        "due": and_(is_open, books.c.due_cents > paid),
        "overdue": and_(is_open, books.c.overdue_cents > paid),
        "paid": and_(paid > 0, books.c.owed_cents <= paid),
        "too_much": paid - books.c.in_flight_cents - books.c.allocated_cents > 0,
        "refunding": books.c.in_flight_cents > 0,
        "processing": books.c.processing_cents > 0,
    }
    return conditions[word]


def _due_by(day: date, books: Subquery) -> ColumnElement[bool]:
    paid = books.c.received_cents - books.c.refunded_cents
    falls_due = (
        select(func.coalesce(func.sum(case((Charge.due_on <= day, Charge.amount_cents), else_=0)), 0))
        .where(Charge.order_id == books.c.order_id)
        .scalar_subquery()
    )
    return and_(books.c.owed_cents > paid, falls_due > paid, books.c.order_state.in_(balances.COUNTED))


def _matches(q: str) -> ColumnElement[bool]:
    """By order, payer, address, purchase order, invoice or check number."""
    like = f"%{q.lower().replace('%', '').replace('_', '')}%"
    invoices = select(Invoice.order_id).where(func.lower(Invoice.number).like(like))
    cheques = select(Payment.order_id).where(func.lower(Payment.paper_number).like(like))
    return or_(
        func.lower(Order.ref).like(like),
        func.lower(Payer.name).like(like),
        func.lower(Payer.email).like(like),
        func.lower(Order.po_number).like(like),
        Order.id.in_(invoices),
        Order.id.in_(cheques),
    )
