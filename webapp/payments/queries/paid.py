"""What a receipt says: of a whole order, and of one person's place in it, which names nobody else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.payments import balances
from webapp.payments.models import Allocation, Payment, Refund
from webapp.payments.rules import methods
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Charge, Order, Payer, Registration, RegistrationType


@dataclass(frozen=True)
class Part:
    """Money that came, or went back (negative cents): when, and how in words."""

    at: datetime
    how: str
    cents: int


@dataclass(frozen=True)
class PlaceReceipt:
    """One person's place: who, in what, and what was paid for it, after what went back."""

    name: str
    event: str
    type: str
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    parts: tuple[Part, ...]

    @property
    def cents(self) -> int:
        """Paid in all."""
        return sum(part.cents for part in self.parts)


def of_order(order_id: int) -> list[Part]:
    """What came in for the order and what went back of it, in order of time. Two statements."""
    came: Any = db.session.execute(select(Payment.received_at, Payment.method, Payment.paper_number, Payment.amount_cents)
                              .where(Payment.order_id == order_id, Payment.state == "succeeded").order_by(Payment.id)).all()
    back: Any = db.session.execute(
        select(Refund.ended_at, Payment.method, Refund.cheque_number, Refund.amount_cents).join(Payment, Payment.id == Refund.payment_id)
        .where(Payment.order_id == order_id, Refund.state == "succeeded").order_by(Refund.id)).all()
    parts = [Part(at, _how(method, number), cents) for at, method, number, cents in came]
    parts += [Part(at, f"given back, {_how(method, number)}", -cents) for at, method, number, cents in back]
    return sorted(parts, key=lambda part: part.at)


def of_place(registration_id: int) -> PlaceReceipt:
    """What was paid for one place on the order that holds it: no other person's name, no order, no payer. Two statements."""
    row: Any = db.session.execute(
        select(Person.given_name, Person.family_name, Event.title, Event.starts_at, Event.ends_at, Event.zone,
               RegistrationType.name.label("type"))
        .select_from(Registration).join(Event, Event.id == Registration.event_id)
        .join(RegistrationType, RegistrationType.id == Registration.type_id)
        .outerjoin(Person, Person.id == Registration.person_id).where(Registration.id == registration_id)).one()
    shares: Any = db.session.execute(
        select(Payment.received_at, Payment.method, Payment.paper_number, func.sum(Allocation.amount_cents))
        .select_from(Registration).join(Charge, (Charge.registration_id == Registration.id) & (Charge.order_id == Registration.order_id))
        .join(Allocation, Allocation.charge_id == Charge.id).join(Payment, Payment.id == Allocation.payment_id)
        .where(Registration.id == registration_id, Payment.state == "succeeded")
        .group_by(Payment.id, Payment.received_at, Payment.method, Payment.paper_number)
        .having(func.sum(Allocation.amount_cents) > 0).order_by(Payment.id)).all()
    return PlaceReceipt(f"{row.given_name or ''} {row.family_name or ''}".strip() or "Not yet named", row.title, row.type, row.starts_at,
                        row.ends_at, row.zone, tuple(Part(at, _how(method, number), int(cents)) for at, method, number, cents in shares))


def by_whom(registration_id: int, today: date) -> tuple[str, str]:
    """Who pays for a place, in words without an amount: ("Paid by", name), ("Billed to", name), or that nothing was charged.

    Who carries a part of it stands there too; nobody else of the order does. Three statements.
    """
    order_id, payer = db.session.execute(
        select(Order.id, Payer.name).join(Registration, Registration.order_id == Order.id).join(Payer, Payer.id == Order.payer_id)
        .where(Registration.id == registration_id)).one()
    others = db.session.scalars(
        select(PlaceShare.name).where(PlaceShare.registration_id == registration_id, PlaceShare.ended_at.is_(None)).order_by(PlaceShare.id))
    standing = balances.of_order(order_id, today)
    payers = [*([payer] if standing.owed_cents else []), *others]
    if not payers:
        return "Fee", "Nothing was charged"
    return "Billed to" if standing.open_cents else "Paid by", ", ".join(payers)


def _how(method: str, number: str) -> str:
    return f"{methods.WORDS[method]} {number}".strip()
