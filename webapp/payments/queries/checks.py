"""Checks and slips as finance's desk shows them, and what a payer still owes, for spreading a check."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.payments import balances
from webapp.payments.models import BankCheck, DepositSlip, Invoice, Payment
from webapp.payments.rules.spreading import Open
from webapp.registration.models import Charge, Order, Payer

PAGE = 50
SHOWN = {"undeposited": "Not deposited", "all": "All", "bounced": "Came back"}


@dataclass(frozen=True)
class Owing:
    """An order of a payer with something open: its invoices and the oldest day it was due."""

    order_id: int
    ref: str
    payer: str
    invoices: str
    po_number: str
    due_on: date
    open_cents: int

    @property
    def open(self) -> Open:
        """For the rule that suggests."""
        return Open(self.order_id, self.open_cents, self.due_on)


def listing(shown: str, q: str, offset: int = 0) -> list[Any]:
    """Checks a page at a time, the newest first. One statement."""
    statement = _checks()
    if shown == "undeposited":
        statement = statement.where(BankCheck.slip_id.is_(None), BankCheck.state == "received")
    elif shown == "bounced":
        statement = statement.where(BankCheck.state == "bounced")
    if q:
        like = f"%{q.lower().replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(func.lower(BankCheck.number).like(like), func.lower(Payer.name).like(like)))
    return list(db.session.execute(statement.order_by(BankCheck.id.desc()).offset(offset).limit(PAGE)))


def undeposited() -> list[Any]:
    """Every check that lies in the drawer, the oldest first; 200 at most go on one slip."""
    return list(db.session.execute(
        _checks().where(BankCheck.slip_id.is_(None), BankCheck.state == "received").order_by(BankCheck.id).limit(200)))


def one(check_id: int) -> tuple[Any, list[Any]]:
    """A check and its payments, each with its order and payer."""
    row = db.session.execute(_checks().where(BankCheck.id == check_id)).one_or_none()
    if row is None:
        raise NotFound
    parts = db.session.execute(
        select(Payment, Order.ref, Payer.name).outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Payment.check_id == check_id).order_by(Payment.id)).all()
    return row, list(parts)


def slips(offset: int = 0) -> list[Any]:
    """Slips a page at a time, the newest first, with how many checks they hold and their total. One statement."""
    return list(db.session.execute(_slips().order_by(DepositSlip.id.desc()).offset(offset).limit(PAGE)))


def slip(slip_id: int) -> tuple[Any, list[Any]]:
    """One slip and its checks, in the order they were recorded."""
    row = db.session.execute(_slips().where(DepositSlip.id == slip_id)).one_or_none()
    if row is None:
        raise NotFound
    return row, list(db.session.execute(_checks().where(BankCheck.slip_id == slip_id).order_by(BankCheck.id)))


def slip_of(number: str) -> int:
    """The id of the slip with this number."""
    return db.session.execute(select(DepositSlip.id).where(DepositSlip.number == number)).scalar_one()


def owing(payer_ids: Collection[int], today: date) -> list[Owing]:
    """What these payers' orders still ask for, the oldest due first; 100 at most. Three statements."""
    oldest = select(func.min(Charge.due_on)).where(Charge.order_id == Order.id, Charge.amount_cents > 0).scalar_subquery()
    books = balances.books(today, Order.payer_id.in_(payer_ids), Order.state == "placed")
    paid = books.c.received_cents - books.c.refunded_cents
    rows = db.session.execute(
        select(Order.id, Order.ref, Order.po_number, Payer.name, oldest.label("due"), (books.c.owed_cents - paid).label("cents"))
        .join(books, books.c.order_id == Order.id).join(Payer, Payer.id == Order.payer_id)
        .where(books.c.owed_cents > paid).order_by(oldest, Order.id).limit(100)).all()
    numbers = _invoices([row.id for row in rows])
    return [Owing(row.id, row.ref, row.name, ", ".join(numbers.get(row.id, [])), row.po_number, row.due or today, int(row.cents))
            for row in rows]


def payers_like(q: str) -> list[Any]:
    """Payers by name, address, order, purchase order or invoice; one row for each name and address, 20 at most."""
    like = f"%{q.lower().replace('%', '').replace('_', '')}%"
    invoiced = select(Invoice.order_id).where(func.lower(Invoice.number).like(like))
    return list(db.session.execute(
        select(func.max(Payer.id).label("id"), Payer.name, Payer.email, Payer.kind, func.count(Order.id).label("orders"))
        .join(Order, Order.payer_id == Payer.id)
        .where(or_(func.lower(Payer.name).like(like), func.lower(Payer.email).like(like), func.lower(Order.ref).like(like),
                   func.lower(Order.po_number).like(like), Order.id.in_(invoiced)), Order.state.in_(("placed", "cancelled")))
        .group_by(Payer.name, Payer.email, Payer.kind, Payer.agency_id).order_by(Payer.name, func.max(Payer.id)).limit(20)))


def _invoices(order_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for order_id, number in db.session.execute(
            select(Invoice.order_id, Invoice.number).where(Invoice.order_id.in_(order_ids)).order_by(Invoice.id)):
        found.setdefault(order_id, []).append(number)
    return found


def _checks() -> Any:
    return (select(BankCheck, Payer.name.label("payer"), DepositSlip.number.label("slip"))
            .outerjoin(Payer, Payer.id == BankCheck.payer_id).outerjoin(DepositSlip, DepositSlip.id == BankCheck.slip_id))


def _slips() -> Any:
    held = (select(BankCheck.slip_id, func.count().label("checks"), func.sum(BankCheck.amount_cents).label("total"))
            .group_by(BankCheck.slip_id).subquery())
    return (select(DepositSlip, func.coalesce(held.c.checks, 0).label("checks"), func.coalesce(held.c.total, 0).label("total"))
            .outerjoin(held, held.c.slip_id == DepositSlip.id))
