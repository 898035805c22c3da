"""Every movement of the books, for the bookkeeper: charges, payments and refunds in the order they were written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal, null, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments.models import Payment, Refund
from webapp.registration.models import Charge, Order, Payer


@dataclass(frozen=True)
class Movement:
    """One line. What is owed and what is received are two columns that are never mixed; cents, signed."""

    at: datetime
    kind: str
    order_ref: str
    payer: str
    event: str
    account_code: str
    text: str
    method: str
    number: str
    owed_cents: int | None
    received_cents: int | None
    currency: str


def between(start: datetime, end: datetime) -> Iterator[Movement]:
    """Movements from `start` (inclusive) to `end` (exclusive). Payments count when they were received, refunds when they had
    gone back; held and expired orders owe nothing. One statement, read a thousand rows at a time."""
    found = union_all(_charges(start, end), _payments(start, end), _refunds(start, end)).subquery()
    statement = select(found).order_by(found.c.at, found.c.rank, found.c.id).execution_options(yield_per=1000)
    for row in db.session.execute(statement):
        yield Movement(*(getattr(row, name) for name in Movement.__dataclass_fields__))


def _charges(start: datetime, end: datetime) -> Any:
    return (
        select(
            Charge.id,
            literal(1).label("rank"),
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
        )
        .join(Order, Order.id == Charge.order_id)
        .join(Payer, Payer.id == Charge.payer_id)
        .outerjoin(Event, Event.id == Charge.event_id)
        .where(Charge.created_at >= start, Charge.created_at < end, Order.placed_at.is_not(None))
    )


def _payments(start: datetime, end: datetime) -> Any:
    return (
        select(
            Payment.id,
            literal(2),
            Payment.received_at,
            literal("payment"),
            Order.ref,
            Payer.name,
            null(),
            literal(""),
            Payment.note,
            Payment.method,
            Payment.cheque_number,
            null(),
            Payment.amount_cents,
            Payment.currency,
        )
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Payment.received_at >= start, Payment.received_at < end, Payment.state == "succeeded")
    )


def _refunds(start: datetime, end: datetime) -> Any:
    return (
        select(
            Refund.id,
            literal(3),
            Refund.ended_at,
            literal("refund"),
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
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Refund.ended_at >= start, Refund.ended_at < end, Refund.state == "succeeded")
    )
