"""What waits for a person: money without a place in the books, refunds under way or failed, events nobody could apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import aliased

from webapp.core.db import db
from webapp.payments.models import Allocation, Payment, ProviderEvent, Refund
from webapp.registration.models import Order, Payer

PAGE = 50


@dataclass(frozen=True)
class Unplaced:
    """A payment of which some cents pay nothing."""

    payment: Payment
    order_ref: str | None
    order_state: str | None
    payer: str | None
    free_cents: int


@dataclass(frozen=True)
class RefundRow:
    """A refund with the payment and the order it belongs to."""

    refund: Refund
    payment: Payment
    order_ref: str | None
    payer: str | None


def unplaced() -> Subquery:
    """Payments with money that pays nothing and is not going back: `payment_id`, `free_cents`.

    A balance that has paid a part of a held order waits for the rest, not for a person.
    """
    used = (
        select(Allocation.payment_id, func.sum(Allocation.amount_cents).label("cents")).group_by(Allocation.payment_id).subquery()
    )
    back = (
        select(Refund.payment_id, func.sum(Refund.amount_cents).label("cents"))
        .where(Refund.state != "failed")
        .group_by(Refund.payment_id)
        .subquery()
    )
    free = Payment.amount_cents - func.coalesce(used.c.cents, 0) - func.coalesce(back.c.cents, 0)
    return (
        select(Payment.id.label("payment_id"), free.label("free_cents"))
        .outerjoin(used, used.c.payment_id == Payment.id)
        .outerjoin(back, back.c.payment_id == Payment.id)
        .where(Payment.state == "succeeded", free > 0, Payment.method.not_in(("balance",)) | Payment.order_id.not_in(_unplaced_orders()))
        .subquery()
    )


def _unplaced_orders() -> Any:
    return select(Order.id).where(Order.state.in_(("held", "releasing", "expired")))


def unmatched(offset: int = 0) -> list[Unplaced]:
    """Money on finance's list, the oldest first."""
    found = unplaced()
    rows: Any = db.session.execute(
        select(Payment, Order.ref, Order.state, Payer.name, found.c.free_cents)
        .join(found, found.c.payment_id == Payment.id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Order.payer_id)
        .order_by(Payment.id)
        .offset(offset)
        .limit(PAGE)
    )
    return [Unplaced(*row) for row in rows]


def unmatched_one(payment_id: int) -> Unplaced | None:
    """One payment of that list; None when it stands there no more."""
    found = unplaced()
    row: Any = db.session.execute(
        select(Payment, Order.ref, Order.state, Payer.name, found.c.free_cents)
        .join(found, found.c.payment_id == Payment.id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Order.payer_id)
        .where(Payment.id == payment_id)
    ).first()
    return Unplaced(*row) if row else None


def waits() -> ColumnElement[bool]:
    """Which refunds a person may have to look after: not a balance that was taken back, nor one that another one goes for, nor one of
    money that was none."""
    none = aliased(Payment)
    was_none = Refund.payment_id.in_(select(none.id).where(none.state == "failed"))
    return (Refund.state != "failed") | (Refund.to_balance.is_(False) & Refund.again_id.is_(None) & ~was_none)


def refunds(states: Sequence[str] = ("requested", "pending", "failed"), offset: int = 0) -> list[RefundRow]:
    """Refunds in these states, the oldest first, where they wait for somebody."""
    rows: Any = db.session.execute(
        select(Refund, Payment, Order.ref, Payer.name)
        .join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(Payer, Payer.id == Order.payer_id)
        .where(Refund.state.in_(states), waits())
        .order_by(Refund.id)
        .offset(offset)
        .limit(PAGE)
    )
    return [RefundRow(*row) for row in rows]


@dataclass(frozen=True)
class EventRow:
    """An event of the inbox without its payload."""

    id: int
    provider_id: str
    type: str
    source: str
    outcome: str
    note: str
    attempts: int
    received_at: datetime


def events(outcome: str = "", offset: int = 0) -> list[EventRow]:
    """Stored events of one outcome (all when empty; `open`: what a person may want to see), the newest first."""
    statement = select(*(getattr(ProviderEvent, name) for name in EventRow.__dataclass_fields__)).order_by(
        ProviderEvent.id.desc()
    )
    if outcome == "open":
        statement = statement.where(ProviderEvent.outcome.in_(("failed", "for_finance", "waiting")))
    elif outcome:
        statement = statement.where(ProviderEvent.outcome == outcome)
    return [EventRow(*row) for row in db.session.execute(statement.offset(offset).limit(PAGE))]
