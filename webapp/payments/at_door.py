"""Paid at the door: cash, a check or a card on somebody else's terminal, taken by a helper for a place of her event."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.core.errors import NotFound, Unacceptable
from webapp.payments import balances, receipts
from webapp.payments.models import Payment
from webapp.payments.receipts import Received
from webapp.registration.models import Order, Registration

WAYS = ("cash", "cheque", "card_terminal")


@dataclass(frozen=True)
class Owing:
    """A confirmed place of an event, and the order that was placed for it."""

    order_id: int
    name: str


def place(event_id: int, registration_id: int) -> Owing:
    """The place, where it is a confirmed one of this event on a placed order; NotFound otherwise. One statement."""
    row: Any = db.session.execute(
        select(Registration.order_id, Person.given_name, Person.family_name)
        .join(Order, Order.id == Registration.order_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(Registration.id == registration_id, Registration.event_id == event_id, Registration.state == "confirmed",
               Order.state == "placed")).one_or_none()
    if row is None:
        raise NotFound
    return Owing(row.order_id, f"{row.given_name or ''} {row.family_name or ''}".strip() or "Not yet named")


def open_by_place(registration_ids: Collection[int], today: date) -> dict[int, int]:
    """Cents that can be taken at the door, due or not, by confirmed place: what its placed order still has to pay. One statement."""
    books = balances.books(today, Order.id.in_(select(Registration.order_id).where(Registration.id.in_(registration_ids))))
    still_open = books.c.owed_cents - books.c.received_cents + books.c.refunded_cents - books.c.processing_cents
    rows = db.session.execute(
        select(Registration.id, still_open.label("cents")).join(books, books.c.order_id == Registration.order_id)
        .where(Registration.id.in_(registration_ids), Registration.state == "confirmed", books.c.order_state == "placed", still_open > 0))
    return {row.id: int(row.cents) for row in rows}


def take(event_id: int, registration_id: int, received: Received, *, by_id: int) -> Payment:
    """Writes what was taken for a place of this event, with who took it; the payer gets a receipt, finance sees it on the order.

    Refuses a place of another event, another way to pay, and more than is open: two helpers never take it twice. The same form
    sent twice (`submit_key`) is one payment. Locks the order.
    """
    owing = place(event_id, registration_id)
    if received.method not in WAYS:
        raise Unacceptable("At the door it is cash, a check or a card terminal.", field="method")
    taken = replace(received, note="Paid at the door")
    return receipts.record(owing.order_id, taken, by_id=by_id, at_most_open=True)
