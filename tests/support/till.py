"""Orders and money for tests: Stripe's stand-in as a real process, its webhooks brought by hand, signed as Stripe signs."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import stripe
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.devtools.stripe_standin.process import StandIn
from webapp.notifications.models import Message
from webapp.payments import balances, checkout, gateway
from webapp.payments.models import Allocation, CheckoutPage, Payment
from webapp.payments.rules.standing import Balance
from webapp.registration import orders
from webapp.registration.models import Charge, Order, Registration

SECRET = "whsec_test_attune"
ZONE = "America/Chicago"


@contextmanager
def at_stripe(app: Flask, standin: StandIn) -> Iterator[None]:
    """The application speaks to this stand-in, which is empty and whose clock is ours."""
    settings = app.config["SETTINGS"]
    standin.control("reset")
    standin.control("clock", now=int(clock.now().timestamp()))
    app.config["SETTINGS"] = settings.model_copy(update={"stripe_api_base": standin.api_base})
    try:
        yield
    finally:
        app.config["SETTINGS"] = settings


@dataclass
class Till:
    """What a test does with money: hold and place an order, pay it at Stripe, bring Stripe's webhooks."""

    client: FlaskClient
    stripe: StandIn
    seen: set[str] = field(default_factory=set)

    def order(self, *, capacity: int = 20, price: int = 15_000, event: Event | None = None) -> int:
        """A held order for one place, to be paid by card."""
        with transaction():
            event = event or events.workshop(capacity=capacity, non_member=price)
            place = registrations.held(event, people.person())
            orders.place(place.order_id, "card")
            return place.order_id

    def open_page(self, order_id: int) -> str:
        """The address of the payment page."""
        return checkout.open_page(order_id, clock.today(ZONE))

    def pay(self, order_id: int, card: str = "success") -> str:
        """Opens the page and pays it; answers Stripe's word. No webhook has come yet."""
        return str(self.stripe.pay(self.open_page(order_id), card)["state"])

    def new_events(self) -> list[dict[str, Any]]:
        """What Stripe has to tell and was not asked for before, the oldest first."""
        found, _ = gateway.list_events(clock.now() - timedelta(days=1))
        fresh = [event for event in reversed(found) if event["id"] not in self.seen]
        self.seen |= {event["id"] for event in fresh}
        return fresh

    def deliver(self, *told: dict[str, Any]) -> list[int]:
        """Brings these webhooks, or all new ones, in this order; answers the statuses."""
        return [self.post(event) for event in (told or self.new_events())]

    def shuffled(self, seed: int) -> None:
        """Brings all new webhooks twice and in disorder."""
        told = self.new_events() * 2
        random.Random(seed).shuffle(told)
        self.deliver(*told)

    def post(self, event: dict[str, Any], *, secret: str = SECRET, at: int | None = None, signature: str | None = None) -> int:
        """Posts one webhook, signed by the library unless a signature is given; answers the status."""
        payload = json.dumps(event)
        header = signature if signature is not None else stripe.WebhookSignature.generate_signature_header(payload, secret, at)
        return self.client.post(
            "/webhooks/stripe", data=payload, content_type="application/json", headers={"Stripe-Signature": header}
        ).status_code


def state(order_id: int) -> str:
    """The order's state, and that of its only place after a slash."""
    db.session.expire_all()
    order = db.session.get_one(Order, order_id)
    place = db.session.scalars(select(Registration.state).where(Registration.order_id == order_id)).one()
    return f"{order.state}/{place}"


def ref(order_id: int) -> str:
    """The order's reference."""
    return db.session.get_one(Order, order_id).ref


def balance(order_id: int) -> Balance:
    """How the order stands today."""
    return balances.of_order(order_id, clock.today(ZONE))


def payments(order_id: int | None = None) -> list[tuple[str, int]]:
    """State and cents of the order's payments; of unmatched ones without an order."""
    db.session.expire_all()
    return [
        (row.state, row.amount_cents)
        for row in db.session.scalars(select(Payment).filter_by(order_id=order_id).order_by(Payment.id))
    ]


def messages(kind: str) -> int:
    """How many messages of a kind were written."""
    return db.session.scalar(select(func.count(Message.id)).where(Message.kind == kind)) or 0


def page(order_id: int) -> CheckoutPage:
    """The newest payment page of the order."""
    db.session.expire_all()
    return db.session.scalars(select(CheckoutPage).filter_by(order_id=order_id).order_by(CheckoutPage.id.desc())).first()  # type: ignore[return-value]


def check_books() -> None:
    """The rule of money: no allocation beyond its payment or its charge, no refund beyond its payment."""
    db.session.expire_all()
    for payment_id, used in db.session.execute(
        select(Allocation.payment_id, func.sum(Allocation.amount_cents)).group_by(Allocation.payment_id)
    ):
        payment = db.session.get_one(Payment, payment_id)
        assert 0 <= used <= (payment.amount_cents if payment.state == "succeeded" else 0)
    for charge_id, used in db.session.execute(
        select(Allocation.charge_id, func.sum(Allocation.amount_cents)).group_by(Allocation.charge_id)
    ):
        assert 0 <= used <= max(db.session.get_one(Charge, charge_id).amount_cents, 0)
