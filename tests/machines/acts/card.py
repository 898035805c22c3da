"""Payment by card: pages, Stripe's webhooks in any order, doubled, late, withheld or forged, and banks that take their time."""

import json
import random
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from tests.machines.acting import act, pick
from tests.machines.playing import NUMBER, Playing
from tests.support.till import SECRET
from webapp.core.db import db
from webapp.payments import checkout, gateway, inbox
from webapp.payments.models import CheckoutPage
from webapp.registration.models import Order

PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded", "payment_intent.succeeded", "charge.succeeded")
CARDS = ("success", "success", "declined", "refund_fails", "refund_pending", "bank", "bank")
PAYING = ("hold", {"kind": 0, "word": "", "fresh": True}), ("hold_other", {"kind": 0})  # places that cost something
STRANGE = ("unknown order", "no order", "another amount", "another account", "real money")
_PAGES = (select(Order.ref, CheckoutPage.idempotency_key.label("key"), CheckoutPage.amount_cents)
          .join(Order, Order.id == CheckoutPage.order_id).order_by(CheckoutPage.id))


class Card(Playing):
    """Who pays by card, and what Stripe says of it."""

    @act(when=lambda self: self.now.orders_in("held", "placed"), after=("hold", "hold_other"), weight=4, which=NUMBER,
         whole_=(False, False, True))
    def open_page(self, which: int, whole_: bool = False) -> None:
        """Somebody goes to pay by card."""
        order = pick(self.owing() or self.now.orders_in("held", "placed"), which)
        address = self.run("open page", lambda: checkout.open_page(order.id, self.today, whole=whole_))
        if address:
            self.pages.append(address)

    @act(when=lambda self: self.pages, after=lambda self: ("open_page",) if self.owing() else PAYING, weight=20, which=NUMBER, card=CARDS)
    def pay(self, which: int, card: str) -> None:
        """A payment page is paid, or the card declined; nobody here knows yet."""
        page = pick(self.pages, which)
        state = self.stripe.order("pay", session=page, card=card)["state"]
        if state != "declined":
            self.pages.remove(page)
        self.at_banks += state == "processing"
        self.tally.tried["pay"] += 1
        self.tally.done["pay"] += state in ("paid", "processing")

    @act(when=lambda self: self.unsaid, turns=3, after=("pay",), weight=10, says=("webhook", "webhook twice"), seed=NUMBER,
         many=range(1, 5),
         twice=(False, True))
    def webhooks(self, seed: int, many: int, twice: bool) -> None:
        """Some of what Stripe has to tell arrives, in any order; the rest later or never."""
        random.Random(seed).shuffle(self.unsaid)
        told, self.unsaid = self.unsaid[:many], self.unsaid[many:]
        self.said += told
        for event in told * (2 if twice else 1):
            self._deliver("webhook twice" if twice else "webhook", event)

    @act(when=lambda self: self.said, after=("webhooks",), says=("webhook twice",), which=NUMBER)
    def webhook_again(self, which: int) -> None:
        """Stripe tells again what it told before."""
        self._deliver("webhook twice", pick(self.said, which))

    @act(turns=1.5, which=NUMBER, how=STRANGE)
    def webhook_of_others(self, which: int, how: str) -> None:
        """Money that is not asked for, named wrongly, of another amount, another account, or of the other mode."""
        pages = db.session.execute(_PAGES).all()
        page = pick(pages, which) if pages else None
        about = {"attune_order": page.ref, "attune_page": page.key} if page else {"attune_order": "ABCDEFGH"}
        about = {"unknown order": {"attune_order": "ABCDEFGHJKMN"}, "no order": {}}.get(how, about)
        cents = (page.amount_cents if page else 700) + (1 if how == "another amount" else 0)
        if how == "another amount" and page is None:
            return
        body = {"id": f"pi_foreign_{self.next()}", "object": "payment_intent", "amount": cents, "amount_received": cents,
                "currency": "usd", "metadata": about, "latest_charge": None}
        event = {"id": f"evt_foreign_{self.next()}", "type": "payment_intent.succeeded", "livemode": how == "real money",
                 "data": {"object": body}} | ({"account": "acct_other"} if how == "another account" else {})
        self._deliver("webhook of others", event)

    @act(turns=2.5, which=NUMBER)
    def webhook_forged(self, which: int) -> None:
        """Unsigned, or signed by somebody else: nothing is even stored."""
        event = pick([*self.unsaid, *self.said, {"id": "evt_nobodys"}], which)
        self.tally.tried["webhook forged"] += 1
        with pytest.raises(gateway.BadSignature):
            inbox.receive(json.dumps(event).encode(), stripe.WebhookSignature.generate_signature_header(json.dumps(event), "whsec_other"))
        self.tally.done["webhook forged"] += 1

    @act(when=lambda self: self.at_banks or self.refunds("pending"), turns=16, after=(("pay", {"card": "bank"}), "worker"),
         outcome=("succeeded", "succeeded", "failed"))
    def settle(self, outcome: str) -> None:
        """Banks give their word on debits and refunds that were on their way."""
        self.at_banks = 0
        self.tally.tried["settle"] += 1
        self.tally.done["settle"] += bool(self.stripe.order("settle", outcome=outcome).get("settled"))

    def note_arrivals(self, events: list[dict[str, Any]]) -> None:
        """From these events on we know that the money is there."""
        self.delivered |= {intent for event in events if (intent := _paid_intent(event))}

    def _deliver(self, name: str, event: dict[str, Any]) -> None:
        payload = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(payload, SECRET)
        event_id = self.do(name, lambda: inbox.receive(payload.encode(), header))
        if event_id is not None:
            assert inbox.work(event_id) != "failed", event
        db.session.rollback()
        self.note_arrivals([event])


def _paid_intent(event: dict[str, Any]) -> str | None:
    """The intent whose money an event of Stripe's says has arrived."""
    body = event["data"]["object"]
    if event["type"] not in PAID or event["id"].startswith("evt_foreign") or body.get("payment_status", "paid") != "paid":
        return None
    if body["object"] == "charge" and body["status"] != "succeeded":
        return None
    intent = body["id"] if body["object"] == "payment_intent" else body["payment_intent"]
    return intent["id"] if isinstance(intent, dict) else intent
