"""Finance's figures on one page: each opens into the list it sums."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.models import Dispute, Payment, ProviderEvent, Refund
from webapp.payments.queries.bank import OPEN
from webapp.payments.queries.desk import unplaced, waits


@dataclass(frozen=True)
class Figure:
    """A sum in cents and how many things it is the sum of."""

    cents: int
    count: int


@dataclass(frozen=True)
class Overview:
    """The state of the books on a day."""

    owed: Figure
    overdue: Figure
    received: Figure
    processing: Figure
    unmatched: Figure
    refunds: Figure
    failed_refunds: int
    inbox: int
    disputes: Figure  # that wait for our answer at Stripe
    answer_by: datetime | None  # the nearest of their deadlines


def figures(today: date, month_start: datetime) -> Overview:
    """Six statements, however many orders there are. `month_start`: from when money is of this month."""
    owed, overdue = _orders(today)
    received, processing = _payments(month_start)
    free = unplaced()
    row: Any = db.session.execute(select(func.coalesce(func.sum(free.c.free_cents), 0), func.count(free.c.payment_id))).one()
    refunds: Any = db.session.execute(
        select(
            func.coalesce(func.sum(case((Refund.state != "failed", Refund.amount_cents))), 0),
            func.count(case((Refund.state != "failed", 1))),
            func.count(case((Refund.state == "failed", 1))),
        ).where(Refund.state.in_(("requested", "pending", "failed")), waits())
    ).one()
    inbox = db.session.scalar(
        select(func.count(ProviderEvent.id)).where(ProviderEvent.outcome.in_(("failed", "for_finance", "waiting")))
    )
    disputes: Any = db.session.execute(select(func.coalesce(func.sum(Dispute.amount_cents), 0), func.count(Dispute.id),
                                              func.min(Dispute.due_by)).where(Dispute.state.in_(OPEN))).one()
    return Overview(
        owed=owed,
        overdue=overdue,
        received=received,
        processing=processing,
        unmatched=Figure(int(row[0]), row[1]),
        refunds=Figure(int(refunds[0]), refunds[1]),
        failed_refunds=refunds[2],
        inbox=inbox or 0,
        disputes=Figure(int(disputes[0]), disputes[1]),
        answer_by=disputes[2],
    )


def _orders(today: date) -> tuple[Figure, Figure]:
    books = balances.books(today)
    paid = books.c.received_cents - books.c.refunded_cents
    is_open = and_(books.c.owed_cents > paid, books.c.order_state.in_(balances.COUNTED))
    capped = case((books.c.overdue_cents < books.c.owed_cents, books.c.overdue_cents), else_=books.c.owed_cents)
    is_late = and_(is_open, capped > paid)
    row: Any = db.session.execute(
        select(
            func.coalesce(func.sum(case((is_open, books.c.owed_cents - paid))), 0),
            func.count(case((is_open, 1))),
            func.coalesce(func.sum(case((is_late, capped - paid))), 0),
            func.count(case((is_late, 1))),
        )
    ).one()
    return Figure(int(row[0]), row[1]), Figure(int(row[2]), row[3])


def _payments(month_start: datetime) -> tuple[Figure, Figure]:
    this_month = and_(Payment.state == "succeeded", Payment.received_at >= month_start, Payment.method != "balance")
    waits = Payment.state == "processing"
    row: Any = db.session.execute(
        select(
            func.coalesce(func.sum(case((this_month, Payment.amount_cents))), 0),
            func.count(case((this_month, 1))),
            func.coalesce(func.sum(case((waits, Payment.amount_cents))), 0),
            func.count(case((waits, 1))),
        )
    ).one()
    return Figure(int(row[0]), row[1]), Figure(int(row[2]), row[3])
