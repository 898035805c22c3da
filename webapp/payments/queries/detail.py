"""Everything about the money of one order, for finance and for the payer's order page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.payments import balances, invoices
from webapp.payments.models import Allocation, Payment, Refund
from webapp.payments.rules.standing import Balance
from webapp.registration.models import Charge, Order, Payer, Registration


@dataclass(frozen=True)
class ChargeRow:
    """A line of what is owed: for whom, in which event, how much of it is paid, and whether it was taken back."""

    charge: Charge
    event: str
    person: str
    paid_cents: int
    is_voided: bool


@dataclass(frozen=True)
class OrderMoney:
    """An order with both its lists."""

    order: Order
    payer: Payer
    agency: Agency | None
    balance: Balance
    charges: list[ChargeRow]
    payments: list[Payment]
    refunds: list[Refund]
    bills: list[invoices.Bill]
    others: list[tuple[str, Balance]]  # what was added to it or it was added to: references, and how each stands

    @property
    def debt_cents(self) -> int:
        """What was sent back of payments that turned out to be no money (payments.debts)."""
        none = {one.id for one in self.payments if one.state == "failed"}
        return sum(one.amount_cents for one in self.refunds if one.payment_id in none and one.state == "succeeded" and not one.to_balance)


def of_order(ref: str, today: date) -> OrderMoney:
    """The order by its reference; NotFound when there is none. Eight statements, one more where it has additions."""
    row: Any = db.session.execute(
        select(Order, Payer, Agency)
        .join(Payer, Payer.id == Order.payer_id)
        .outerjoin(Agency, Agency.id == Payer.agency_id)
        .where(Order.ref == ref)
    ).first()
    if row is None:
        raise NotFound
    order: Order = row.Order
    payments = list(db.session.scalars(select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)))
    refunds = (
        list(
            db.session.scalars(
                select(Refund).where(Refund.payment_id.in_([payment.id for payment in payments])).order_by(Refund.id)
            )
        )
        if payments
        else []
    )
    return OrderMoney(
        order,
        row.Payer,
        row.Agency,
        balances.of_order(order.id, today),
        _charges(order.id),
        payments,
        refunds,
        invoices.of_order(order.id),
        _others(order, today),
    )


def history(order_id: int) -> list[tuple[AuditEntry, str]]:
    """What staff changed about the order's money, the newest first, with who did it."""
    return history_of(f"order:{order_id}")


def history_of(subject: str) -> list[tuple[AuditEntry, str]]:
    """What staff changed about anything: the last hundred entries."""
    rows: Any = db.session.execute(
        select(AuditEntry, func.trim(Person.given_name + " " + Person.family_name))
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.subject == subject)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(100)
    )
    return [(row[0], row[1] or "Attune") for row in rows]


def _others(order: Order, today: date) -> list[tuple[str, Balance]]:
    first = order.part_of_id or order.id
    rows = db.session.execute(select(Order.id, Order.ref).where(
        or_(Order.id == first, Order.part_of_id == first), Order.id != order.id, Order.state.in_(balances.COUNTED))
        .order_by(Order.id)).all()
    stands = balances.of_orders([row.id for row in rows], today) if rows else {}
    return [(row.ref, stands[row.id]) for row in rows]


def _charges(order_id: int) -> list[ChargeRow]:
    paid = (
        select(Allocation.charge_id, func.sum(Allocation.amount_cents).label("cents"))
        .group_by(Allocation.charge_id)
        .where(Allocation.charge_id.in_(select(Charge.id).where(Charge.order_id == order_id)))
        .subquery()
    )
    rows: Any = db.session.execute(
        select(Charge, Event.title, func.trim(Person.given_name + " " + Person.family_name), func.coalesce(paid.c.cents, 0))
        .outerjoin(Event, Event.id == Charge.event_id)
        .outerjoin(Registration, Registration.id == Charge.registration_id)
        .outerjoin(Person, Person.id == Registration.person_id)
        .outerjoin(paid, paid.c.charge_id == Charge.id)
        .where(Charge.order_id == order_id)
        .order_by(Charge.id)
    ).all()
    gone = {row.Charge.voids_id for row in rows}
    return [ChargeRow(row[0], row[1] or "", row[2] or "", int(row[3]), row[0].id in gone) for row in rows]
