"""Every movement of the books, for the bookkeeper: charges, payments and refunds in the order they were written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, literal, null, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments.models import Payment, Refund
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
        (_charges(), Charge.created_at), (_payments(), Payment.received_at), (_refunds(), Refund.ended_at))]
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
            Payment.note,
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
        .where(Payment.state == "succeeded")
    )


def _refunds() -> Any:
    return (
        select(
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
            literal("refund"),
            Refund.id,
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(Refund.state == "succeeded")
    )
