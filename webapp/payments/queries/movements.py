"""Every movement of the books, for the bookkeeper: charges, payments and refunds in the order they were written.

A payment that came back is two movements, each at its own moment, so that what was true at any past instant stays so. Money kept as
a payer's balance leaves its order and stands with the payer, until it pays the next order: what is received in all is what came
in, wherever it stands. A balance that expires is owed from then on, so it is the association's.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, case, literal, null, or_, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.payments.rules.books import Movement
from webapp.registration.models import Charge, Order, Payer


def between(start: datetime, end: datetime) -> Iterator[Movement]:
    """Movements from `start` (inclusive) to `end` (exclusive). Payments count when they were received, refunds when they had
    gone back; held and expired orders owe nothing. One statement, read a thousand rows at a time."""
    found = table(end, start)
    yield from read(select(found).order_by(found.c.at, found.c.source, found.c.row_id))


def table(end: datetime, start: datetime | None = None) -> Subquery:
    """Every movement before `end` with the columns of Movement, to select from."""
    parts = [part.where(at < end, at >= start) if start else part.where(at < end) for part, at in (
        (_charges(), Charge.created_at), (_payments(), Payment.received_at), (_bounces(), Payment.failed_at),
        (_refunds(), Refund.ended_at), (_balances(), BalanceMovement.created_at))]
    return union_all(*parts).subquery()


def read(statement: Any) -> Iterator[Movement]:
    """The rows of a statement over the columns of Movement, a thousand at a time."""
    for row in db.session.execute(statement.execution_options(yield_per=1000)):
        yield Movement(*(getattr(row, name) for name in Movement.__dataclass_fields__))


def _charges() -> Any:
    return (
        select(
            Charge.created_at.label("at"),
            Charge.kind.label("kind"),
            Order.ref.label("order_ref"),
            Payer.name.label("payer"),
            Event.title.label("event"),
            Charge.account_code.label("account_code"),
            Charge.label.label("text"),
            literal("").label("method"),
            literal("").label("number"),
            Charge.amount_cents.label("owed_cents"),
            null().label("received_cents"),
            Charge.currency.label("currency"),
            literal("charge").label("source"),
            Charge.id.label("row_id"),
        )
        .join(Order, Order.id == Charge.order_id)
        .join(Payer, Payer.id == Charge.payer_id)
        .outerjoin(Event, Event.id == Charge.event_id)
        .where(Order.placed_at.is_not(None))
    )


def _payments() -> Any:
    return (
        select(
            Payment.received_at,
            literal("payment"),
            Order.ref,
            Payer.name,
            null(),
            literal(""),
            case((Payment.failed_at.is_(None), Payment.note), else_=""),
            Payment.method,
            Payment.cheque_number,
            null(),
            Payment.amount_cents,
            Payment.currency,
            literal("payment"),
            Payment.id,
        )
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(or_(Payment.state == "succeeded", Payment.failed_at.is_not(None)))
    )


def _bounces() -> Any:
    """Payments that had been received and were none: a check that came back, a balance that went back unused."""
    return (
        select(Payment.failed_at, literal("payment taken back"), Order.ref, Payer.name, null(), literal(""), Payment.note, Payment.method,
               Payment.cheque_number, null(), -Payment.amount_cents, Payment.currency, literal("bounce"), Payment.id)
        .outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Payment.failed_at.is_not(None))
    )


def _balances() -> Any:
    """What stands with a payer and no order. Named by the order the money came from."""
    is_over = BalanceMovement.kind == "expired"
    return (
        select(BalanceMovement.created_at, literal("balance ").concat(BalanceMovement.kind), Order.ref, Payer.name, null(), literal(""),
               BalanceMovement.reason, literal("balance"), literal(""), case((is_over, -BalanceMovement.cents)),
               case((is_over, None), else_=BalanceMovement.cents), BalanceLot.currency, literal("balance"), BalanceMovement.id)
        .join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id).join(Payer, Payer.id == BalanceLot.payer_id)
        .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
    )


def _refunds() -> Any:
    return (
        select(
            Refund.ended_at,
            case((Refund.to_balance, "kept as balance"), else_="refund"),
            Order.ref,
            Payer.name,
            null(),
            literal(""),
            Refund.reason,
            Payment.method,
            Refund.cheque_number,
            null(),
            -Refund.amount_cents,
            Payment.currency,
            literal("refund"),
            Refund.id,
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Refund.state == "succeeded")
    )
