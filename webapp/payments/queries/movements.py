"""Every movement of the books, for the bookkeeper: charges, payments and refunds in the order they were written.

A payment or refund that came back is two movements, each at its own moment, so that what was true at any past instant stays so; for
the same reason charges count from when their order was placed. Money kept as a payer's balance leaves its order and stands with
the payer, until it pays the next order: what is received in all is what came in, wherever it stands. A balance that expires is owed
from then on, so it is the association's.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Subquery, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.payments.rules.books import Movement
from webapp.registration.funds.models import Fund
from webapp.registration.models import Charge, Order, Payer

EMPTY = {"event": cast(null(), String), "owed_cents": cast(null(), Integer), "received_cents": cast(null(), Integer)}


def between(start: datetime, end: datetime) -> Iterator[Movement]:
    """Movements from `start` (inclusive) to `end` (exclusive). Payments count when they were received, refunds when they had
    gone back; held and expired orders owe nothing. One statement, read a thousand rows at a time."""
    found = table(end, start)
    yield from read(select(found).order_by(found.c.at, found.c.source, found.c.row_id))


def table(end: datetime, start: datetime | None = None) -> Subquery:
    """Every movement before `end` with the columns of Movement, to select from."""
    parts = [part.where(at < end, at >= start) if start else part.where(at < end) for part, at in (
        (_charges(), _charged_at()), (_payments(), Payment.received_at), (_bounces(), Payment.failed_at),
        (_refunds(), Refund.ended_at), (_unrefunds(), Refund.failed_at), (_balances(), BalanceMovement.created_at))]
    return union_all(*parts).subquery()


def read(statement: Any) -> Iterator[Movement]:
    """The rows of a statement over the columns of Movement, a thousand at a time."""
    for row in db.session.execute(statement.execution_options(yield_per=1000)):
        yield Movement(*(getattr(row, name) for name in Movement.__dataclass_fields__))


def part(**columns: Any) -> Any:
    """A select with the columns of Movement in their order; what is not given is empty."""
    return select(*(columns.get(name, EMPTY.get(name, literal(""))).label(name) for name in Movement.__dataclass_fields__))


def _charged_at() -> Any:
    """A charge written while seats were held is owed from when the order was placed."""
    return case((Order.placed_at > Charge.created_at, Order.placed_at), else_=Charge.created_at)


def _charges() -> Any:
    """Who owes it is the payer of the placed order: an agency that said so when it was placed, though the lines were written for who
    ordered. It changes at that moment only, and from then on the charges count, so no past export names another.

    A fund stands with what its grantor owes, and with what it pays of places (by its name, which is one in the organization)."""
    voided, paying = aliased(Charge), aliased(Fund)
    by = func.coalesce(Charge.explained["by"].as_string(), voided.explained["by"].as_string())
    return (
        part(at=_charged_at(), kind=Charge.kind, order_ref=Order.ref, payer=Payer.name, event=Event.title,
             account_code=Charge.account_code, text=Charge.label, owed_cents=Charge.amount_cents, currency=Charge.currency,
             source=literal("charge"), row_id=Charge.id, fund=func.coalesce(Fund.name, paying.name, ""))
        .join(Order, Order.id == Charge.order_id).join(Payer, Payer.id == Order.payer_id).outerjoin(Event, Event.id == Charge.event_id)
        .outerjoin(Fund, Fund.order_id == Order.id).outerjoin(voided, voided.id == Charge.voids_id)
        .outerjoin(paying, and_(paying.organization_id == Event.organization_id, paying.name == by))
        .where(Order.placed_at.is_not(None))
    )


def _payments() -> Any:
    return _money(
        at=Payment.received_at, kind=literal("payment"), text=case((Payment.failed_at.is_(None), Payment.note), else_=""),
        number=Payment.paper_number, slip=Payment.deposit_slip, received_cents=Payment.amount_cents, source=literal("payment"),
        row_id=Payment.id).where(or_(Payment.state == "succeeded", Payment.failed_at.is_not(None)))


def _bounces() -> Any:
    """Payments that had been received and were none: a check that came back, a balance that went back unused."""
    return _money(
        at=Payment.failed_at, kind=literal("payment taken back"), text=Payment.note, number=Payment.paper_number,
        slip=Payment.deposit_slip, received_cents=-Payment.amount_cents, source=literal("bounce"),
        row_id=Payment.id).where(Payment.failed_at.is_not(None))


def _refunds() -> Any:
    return _money(
        Refund, at=Refund.ended_at, kind=case((Refund.to_balance, "kept as balance"), else_="refund"), text=Refund.reason,
        number=Refund.cheque_number, received_cents=-Refund.amount_cents, source=literal("refund"),
        row_id=Refund.id).where(or_(Refund.state == "succeeded", Refund.failed_at.is_not(None)))


def _unrefunds() -> Any:
    """Refunds that had gone and came back: a card that is closed, a balance that was taken back."""
    return _money(
        Refund, at=Refund.failed_at, kind=case((Refund.to_balance, "no longer kept as balance"), else_="refund taken back"),
        text=Refund.last_error, number=Refund.cheque_number, received_cents=Refund.amount_cents, source=literal("unrefund"),
        row_id=Refund.id).where(Refund.failed_at.is_not(None))


def _balances() -> Any:
    """What stands with a payer and no order. Named by the order the money came from."""
    is_over = BalanceMovement.kind.in_(("expired", "revived"))
    return (
        part(at=BalanceMovement.created_at, kind=literal("balance ").concat(func.replace(BalanceMovement.kind, "_", " ")),
             order_ref=Order.ref, payer=Payer.name, text=BalanceMovement.reason, method=literal("balance"),
             owed_cents=case((is_over, -BalanceMovement.cents)), received_cents=case((is_over, None), else_=BalanceMovement.cents),
             currency=BalanceLot.currency, source=literal("balance"), row_id=BalanceMovement.id)
        .join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id).join(Payer, Payer.id == BalanceLot.payer_id)
        .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
    )


def _money(of: type[Payment] | type[Refund] = Payment, **columns: Any) -> Any:
    """Payments, or refunds of them, with the order they came for; a grant's with its fund."""
    found = part(order_ref=Order.ref, payer=Payer.name, method=Payment.method, currency=Payment.currency,
                 fund=func.coalesce(Fund.name, ""), **columns)
    joined = found.join(Payment, Payment.id == Refund.payment_id) if of is Refund else found
    return (joined.outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
            .outerjoin(Fund, Fund.order_id == Order.id))
