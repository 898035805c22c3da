"""All rows that the rules speak of, read once after a step, as plain columns."""

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, select

from webapp.catalog.models import Event, Pool, Session
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.payments.models import Allocation, Payment, ProviderEvent, Refund
from webapp.registration.models import (
    AddOn,
    Charge,
    Order,
    PoolUse,
    Registration,
    RegistrationAddOn,
    RegistrationType,
    Seat,
)

ACTIVE = ("held", "confirmed")


def _columns(model: Any, names: str) -> Any:
    return select(*(getattr(model, name) for name in names.split())).order_by(*model.__table__.primary_key)


STATEMENTS = {
    "events": _columns(Event, "id status pool_id room_pool_id online_pool_id title"),
    "pools": _columns(Pool, "id capacity taken"),
    "types": _columns(RegistrationType, "id pool_id"),
    "add_ons": _columns(AddOn, "id pool_id"),
    "sessions": _columns(Session, "id event_id pool_id block_id status starts_at ends_at zone title ical_uid sequence changed_at"),
    "uses": _columns(PoolUse, "id registration_id pool_id count"),
    "orders": _columns(Order, "id ref state method hold_until"),
    "registrations": _columns(
        Registration, "id event_id person_id order_id type_id mode state confirmed_at ended_at email calendar_stamp"),
    "bought": _columns(RegistrationAddOn, "registration_id add_on_id count"),
    "seats": _columns(Seat, "id registration_id session_id state how ical_uid sequence changed_at"),
    "charges": _columns(Charge, "id order_id payer_id registration_id kind amount_cents due_on voids_id"),
    "payments": _columns(Payment, "id order_id state method amount_cents provider_intent_id note"),
    "refunds": _columns(Refund, "id payment_id state amount_cents provider_refund_id"),
    "allocations": _columns(Allocation, "id payment_id charge_id refund_id amount_cents"),
    "told": _columns(ProviderEvent, "id provider_id type outcome attempts applied_at"),
    "messages": _columns(Message, "id fact kind state subject_of facts not_before message_id sent_at"),
}


@dataclass(frozen=True)
class Seen:
    """The rows, by the names of STATEMENTS."""

    events: list[Row[Any]]
    pools: list[Row[Any]]
    types: list[Row[Any]]
    add_ons: list[Row[Any]]
    sessions: list[Row[Any]]
    uses: list[Row[Any]]
    orders: list[Row[Any]]
    registrations: list[Row[Any]]
    bought: list[Row[Any]]
    seats: list[Row[Any]]
    charges: list[Row[Any]]
    payments: list[Row[Any]]
    refunds: list[Row[Any]]
    allocations: list[Row[Any]]
    told: list[Row[Any]]
    messages: list[Row[Any]]

    @property
    def active(self) -> list[Row[Any]]:
        """Registrations that hold places."""
        return [row for row in self.registrations if row.state in ACTIVE]

    def orders_in(self, *states: str) -> list[Row[Any]]:
        """Orders in these states."""
        return [row for row in self.orders if row.state in states]


def read() -> Seen:
    """Everything, as committed at this moment."""
    db.session.rollback()
    found = Seen(**{one.name: list(db.session.execute(STATEMENTS[one.name]).all()) for one in fields(Seen)})
    db.session.rollback()
    return found


def by(rows: list[Row[Any]], column: str) -> dict[Any, list[Row[Any]]]:
    """The rows, grouped by a column."""
    grouped: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return grouped
