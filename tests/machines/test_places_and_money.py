"""Places, money, calendars and messages of one event, by any order of acts, times and webhooks."""

import json
import random
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import stripe
import time_machine
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.conftest import NOW
from tests.machines import kept, seen, world
from tests.machines.acting import Acting, act, perform, pick
from tests.machines.rewinding import Rewinding
from tests.machines.stripe_at_hand import StripeAtHand
from tests.machines.tally import Tally, settings
from tests.support.till import SECRET
from webapp.catalog import events
from webapp.core import clock
from webapp.core.db import db
from webapp.jobs import rendering
from webapp.notifications import leases
from webapp.payments import checkout, corrections, gateway, giving_back, inbox, invoices, receipts, reconcile, refunds, unmatched
from webapp.payments.models import CheckoutPage
from webapp.payments.queries import desk
from webapp.registration import offers, orders, programme, registrations
from webapp.registration.models import Order
from webapp.registration.orders import Attendee, BillTo, Buyer
from webapp.registration.substitution import Colleague

pytestmark = [pytest.mark.machine, pytest.mark.concurrency, pytest.mark.slow]
ZONE = "America/Chicago"
MODES = ("in_person", "online")
CHEQUES = (500, 2_550, 10_000, 12_550, 25_000)
REFUNDS = (1, 2_000, 5_000, 10_000, 99_999)
NUMBER = range(10_000)
PAID = ("checkout.session.completed", "checkout.session.async_payment_succeeded", "payment_intent.succeeded", "charge.succeeded")
CARDS = ("success", "success", "declined", "refund_fails", "refund_pending", "bank", "bank")
LATE = 35  # turns, before the event may be cancelled: afterwards little can happen
STEPS = ("hold", "place", "open page", "pay", "webhook", "webhook twice", "webhook of others", "webhook forged", "time", "worker",
         "sweep", "more time", "let go", "cancel", "cancel by staff", "substitute", "refund", "refund unmatched", "refund again",
         "refund by hand", "settle", "cheque", "bounce", "attach", "correct", "capacity", "session limit", "move", "rename",
         "cancel session", "restore session", "breakouts", "cancel event", "mail")


class PlacesAndMoney(Acting, RuleBasedStateMachine):
    """Each rule is one act of somebody; what is impossible just now must be refused and change nothing."""

    app: Flask
    rewinding: Rewinding
    stripe: StripeAtHand
    w: world.World

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = self.travel.start()
        self.unsaid: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.pages: list[str] = []
        self.delivered: set[str] = set()
        self.attached: set[int] = set()
        self.calendars, self.number = kept.Calendars(), 0

    @initialize()
    def begin(self) -> None:
        """Everything as it was when the world was made."""
        self.rewinding.back()
        self.stripe.forget()
        self._look()
        for turn in range(2):
            self.hold(turn, 1, turn, "online" if turn else "in_person", turn, 0)
        self._look()

    def teardown(self) -> None:
        """The clock runs again."""
        db.session.remove()
        self.travel.stop()

    @rule(chance=st.randoms(use_true_random=True))
    def somebody(self, chance: random.Random) -> None:
        """One act of people, Stripe, finance, organizers, the worker or the clock."""
        perform(self, chance)

    # --- places

    @act(weight=8, first=NUMBER, many=(1, 1, 1, 2, 3), kind=(0, 1), mode=MODES,
         breakout=(None, 0, 1, "none"), dinner=(0, 0, 1, 2))
    def hold(self, first: int, many: int, kind: int, mode: str, breakout: Any, dinner: int) -> None:
        """One to three people ask for places in one order."""
        who = [pick(self.w.people, first + step) for step in range(many)]
        chosen = {} if breakout is None else {self.w.block: None if breakout == "none" else self.w.breakouts[breakout]}
        wishes = [Attendee(self.w.types[kind], name.split()[0], name.split(" ", 1)[1], address, person, mode, breakouts=chosen,
                           add_ons={self.w.dinner: dinner} if dinner else {}) for person, name, address in who]
        buyer = Buyer(who[0][1], who[0][2], who[0][0])
        self.do("hold", lambda: orders.hold(self.w.event_id, wishes, buyer, submit_key=f"form:{self._next()}"))

    @act(when=lambda self: self.now.orders_in("held"), turns=2, weight=5, which=NUMBER, method=("card", "invoice"))
    def place(self, which: int, method: str) -> None:
        """The buyer says how it is paid; an invoice is issued."""
        order = pick(self.now.orders_in("held"), which)

        def whole() -> str:
            state = orders.place(order.id, method, bill_to=BillTo("Lakeshore Home Visiting"))
            if state == "placed" and method == "invoice":
                invoices.issue(order.id)
            return state

        self.do("place", whole)

    @act(when=lambda self: self.now.orders_in("held"), turns=2, weight=3, which=NUMBER)
    def more_time(self, which: int) -> None:
        """Ten minutes more."""
        self.do("more time", lambda: orders.give_more_time(pick(self.now.orders_in("held"), which).id))

    @act(when=lambda self: self.now.orders_in("held"), turns=2, weight=3, which=NUMBER)
    def let_go(self, which: int) -> None:
        """The buyer gives the seat back."""
        self.do("let go", lambda: orders.let_go(pick(self.now.orders_in("held"), which).id))

    @act(when=lambda self: self.now.active, turns=3, weight=4, which=NUMBER, by_staff=(False, True))
    def cancel(self, which: int, by_staff: bool) -> None:
        """A place is given back, by whoever has it or by staff; money follows."""
        place = pick(self.now.active, which)

        def whole() -> None:
            by_id = self.w.finance if by_staff else place.person_id
            done = registrations.cancel(place.id, by_id=by_id, reason="Ill", by_organizer=by_staff)
            giving_back.after([done], reason="Ill", by_id=by_id, today=self.today)

        self.do("cancel by staff" if by_staff else "cancel", whole)

    @act(when=lambda self: self.now.active, turns=2, weight=3, which=NUMBER, who=NUMBER, by_staff=(False, True))
    def substitute(self, which: int, who: int, by_staff: bool) -> None:
        """A colleague takes a place: named by who pays, a person made for her; named by staff, who she is known as."""
        place, (_, name, address) = pick(self.now.active, which), pick(self.w.people, who)
        colleague, by_id = Colleague(*name.split(" ", 1), address), self.w.finance if by_staff else None

        def whole() -> None:
            done = registrations.substitute(place.id, colleague, by_id=by_id, by_staff=by_staff, reason="Ill")
            giving_back.settle_change(done.order_id, done.change_cents, reason="Ill", by_id=by_id, today=self.today)

        self.do("substitute", whole)

    @act(when=lambda self: self.now.active, turns=2, weight=2, which=NUMBER, choice=(0, 1, None))
    def breakouts(self, which: int, choice: int | None) -> None:
        """Another breakout, or none."""
        place = pick(self.now.active, which)
        picked = {self.w.block: None if choice is None else self.w.breakouts[choice]}
        self.do("breakouts", lambda: registrations.choose_breakouts(place.id, picked))

    # --- money

    @act(when=lambda self: self.now.orders_in("held", "placed"), weight=4, which=NUMBER)
    def open_page(self, which: int) -> None:
        """Somebody goes to pay by card."""
        order = pick(self.owing() or self.now.orders_in("held", "placed"), which)
        address = self.run("open page", lambda: checkout.open_page(order.id, self.today))
        if address:
            self.pages.append(address)

    @act(when=lambda self: self.pages, turns=3, weight=20, which=NUMBER, card=CARDS)
    def pay(self, which: int, card: str) -> None:
        """A payment page is paid, or the card declined; nobody here knows yet."""
        page = pick(self.pages, which)
        state = self.stripe.order("pay", session=page, card=card)["state"]
        if state != "declined":
            self.pages.remove(page)
        self.tally.tried["pay"] += 1
        self.tally.done["pay"] += state in ("paid", "processing")

    @act(when=lambda self: self.unsaid, turns=2, weight=10, seed=NUMBER, many=range(1, 5), twice=(False, True))
    def webhooks(self, seed: int, many: int, twice: bool) -> None:
        """Some of what Stripe has to tell arrives, in any order; the rest later or never."""
        random.Random(seed).shuffle(self.unsaid)
        told, self.unsaid = self.unsaid[:many], self.unsaid[many:]
        self.said += told
        for event in told * (2 if twice else 1):
            self._deliver("webhook twice" if twice else "webhook", event)

    @act(when=lambda self: self.said, which=NUMBER)
    def webhook_again(self, which: int) -> None:
        """Stripe tells again what it told before."""
        self._deliver("webhook twice", pick(self.said, which))

    @act(which=NUMBER, how=("unknown order", "no order", "another amount", "another account", "real money"))
    def webhook_of_others(self, which: int, how: str) -> None:
        """Money that is not asked for, named wrongly, of another amount, another account, or of the other mode."""
        pages = db.session.execute(_PAGES).all()
        page = pick(pages, which) if pages else None
        about = {"attune_order": page.ref, "attune_page": page.key} if page else {"attune_order": "ABCDEFGH"}
        about = {"unknown order": {"attune_order": "ABCDEFGHJKMN"}, "no order": {}}.get(how, about)
        cents = (page.amount_cents if page else 700) + (1 if how == "another amount" else 0)
        if how == "another amount" and page is None:
            return
        body = {"id": f"pi_foreign_{self._next()}", "object": "payment_intent", "amount": cents, "amount_received": cents,
                "currency": "usd", "metadata": about, "latest_charge": None}
        event = {"id": f"evt_foreign_{self._next()}", "type": "payment_intent.succeeded", "livemode": how == "real money",
                 "data": {"object": body}} | ({"account": "acct_other"} if how == "another account" else {})
        self._deliver("webhook of others", event)

    @act(which=NUMBER)
    def webhook_forged(self, which: int) -> None:
        """Unsigned, or signed by somebody else: nothing is even stored."""
        event = pick([*self.unsaid, *self.said, {"id": "evt_nobodys"}], which)
        self.tally.tried["webhook forged"] += 1
        with pytest.raises(gateway.BadSignature):
            inbox.receive(json.dumps(event).encode(), stripe.WebhookSignature.generate_signature_header(json.dumps(event), "whsec_other"))
        self.tally.done["webhook forged"] += 1

    @act(outcome=("succeeded", "succeeded", "failed"))
    def settle(self, outcome: str) -> None:
        """Banks give their word on debits and refunds that were on their way."""
        self.tally.tried["settle"] += 1
        self.tally.done["settle"] += bool(self.stripe.order("settle", outcome=outcome).get("settled"))

    @act(when=lambda self: self.now.orders, which=NUMBER, cents=CHEQUES,
         alone=(False, False, True))
    def cheque(self, which: int, cents: int, alone: bool) -> None:
        """Finance records a cheque, for an order or nobody knows for which."""
        order_id = None if alone else pick(self.now.orders, which).id
        received = receipts.Received("cheque", cents, self.today, ZONE, number=f"{self._next()}")
        self.do("cheque", lambda: receipts.record(order_id, received, by_id=self.w.finance))

    @act(when=lambda self: self.by_cheque("succeeded"), which=NUMBER)
    def bounce(self, which: int) -> None:
        """The bank gives a cheque back."""
        payment = pick(self.by_cheque("succeeded"), which)
        self.do("bounce", lambda: receipts.bounce(payment.id, reason="No funds", by_id=self.w.finance))

    @act(when=lambda self: self.now.orders and self.now.payments, which=NUMBER, order=NUMBER)
    def attach(self, which: int, order: int) -> None:
        """Finance gives unmatched money to an order."""
        payment, ref = pick(self._free() or self.now.payments, which), pick(self.now.orders, order).ref
        if self.do("attach", lambda: unmatched.attach(payment.id, ref, reason="By name", by_id=self.w.finance).id):
            self.attached.add(payment.id)

    @act(when=lambda self: self.now.payments, which=NUMBER, cents=REFUNDS, lowers=(False, True))
    def refund(self, which: int, cents: int, lowers: bool) -> None:
        """Finance gives money back."""
        orders_ = [one for one in self.now.payments if one.order_id is not None]
        if orders_:
            order_id = pick(orders_, which).order_id
            self.do("refund", lambda: refunds.request_by_staff(order_id, cents, reason="Goodwill", lowers=lowers, by_id=self.w.finance))

    @act(when=lambda self: self.now.payments, which=NUMBER)
    def refund_unmatched(self, which: int) -> None:
        """Finance gives back what pays nothing."""
        payment = pick(self._free() or self.now.payments, which)
        row = desk.unmatched_one(payment.id)
        cents = row.free_cents if row else 100
        self.do("refund unmatched", lambda: refunds.request_of_payment(payment.id, cents, reason="Not ours", by_id=self.w.finance))

    @act(when=lambda self: self.now.refunds, which=NUMBER)
    def refund_again(self, which: int) -> None:
        """A refund that failed is sent once more."""
        refund = pick([one for one in self.now.refunds if one.state == "failed"] or self.now.refunds, which)
        self.do("refund again", lambda: refunds.try_again(refund.id, by_id=self.w.finance))

    @act(when=lambda self: self.now.refunds, which=NUMBER)
    def refund_by_hand(self, which: int) -> None:
        """Finance notes a refund by cheque."""
        hands = {one.id for one in self.by_cheque("succeeded")}
        refund = pick([one for one in self.now.refunds if one.payment_id in hands and one.state == "requested"] or self.now.refunds, which)
        self.do("refund by hand", lambda: refunds.note_returned(refund.id, cheque_number="77", on=self.today, by_id=self.w.finance))

    @act(when=lambda self: self.now.orders, which=NUMBER, cents=(-12_550, -2_000, 1_500), void=(False, True))
    def correct(self, which: int, cents: int, void: bool) -> None:
        """Finance takes a line back, or adds one."""
        order = pick(self.now.orders, which)
        lines = [one for one in self.now.charges if one.order_id == order.id]
        if void and lines:
            self.do("correct", lambda: corrections.void(pick(lines, cents).id, reason="A mistake", by_id=self.w.finance))
        else:
            self.do("correct", lambda: corrections.correct(order.id, cents, reason="Agreed", by_id=self.w.finance))

    # --- time

    @act(minutes=(2, 2, 5, 5, 5, 12, 12, 21, 36, 130, 24 * 60 + 1, 9 * 24 * 60))
    def time_passes(self, minutes: int) -> None:
        """The clock goes on; nothing else happens by itself."""
        self.tally.tried["time"] += 1
        self.clock.shift(timedelta(minutes=minutes))
        self.tally.done["time"] += 1

    @act()
    def worker(self) -> None:
        """What is done every minute: holds end, refunds are sent."""
        self.run("worker", lambda: reconcile.settle(clock.now()))

    @act()
    def sweep(self) -> None:
        """The whole sweep: Stripe's list is read, so that nothing withheld is lost."""
        self.run("sweep", lambda: reconcile.sweep(clock.now()))
        self.delivered |= {intent for event in [*self.said, *self.unsaid, *self._news()] if (intent := _paid_intent(event))}

    @act()
    def mail(self) -> None:
        """Everything that is due is written as it would be sent; a reminder states the true time of a true place."""
        for message_id, _ in leases.due(clock.now(), 50):
            claim = leases.claim(message_id, clock.now())
            assert claim is not None
            self._read(claim, self.run("mail", lambda claim=claim: rendering.render(claim)))
            leases.settle_sent(claim, clock.now(), "")

    # --- the programme

    @act(which=("capacity", "room_capacity", "online_capacity"), size=(0, 1, 2, 3, 5, None))
    def capacity(self, which: str, size: int | None) -> None:
        """A limit is raised, lowered or lifted."""
        self.do("capacity", lambda: events.update(self.w.event_id, version=events.get(self.w.event_id).version, actor_id=None,
                                                  **{which: size}))

    @act(which=NUMBER, size=(0, 1, 2, 4, None))
    def session_limit(self, which: int, size: int | None) -> None:
        """A session gets a limit, another one, or none."""
        self.do("session limit", lambda: offers.limits.limit_session(pick(self.w.sessions, which), size, actor_id=None))

    @act(which=NUMBER, hours=(-30, -2, 3, 240))
    def move(self, which: int, hours: int) -> None:
        """A session moves."""
        one = next(row for row in self.now.sessions if row.id == pick(self.w.sessions, which))
        start, end = (_wall(moment) + timedelta(hours=hours) for moment in (one.starts_at, one.ends_at))
        self.do("move", lambda: programme.move_session(one.id, start, end, actor_id=self.w.finance, reason="The speaker asked"))

    @act(which=NUMBER, title=("Opening", "A new name", "Care; and, rhythm"))
    def rename(self, which: int, title: str) -> None:
        """A session has another title."""
        self.do("rename", lambda: programme.update_session(pick(self.w.sessions, which), actor_id=None, title=title))

    @act(which=NUMBER)
    def cancel_session(self, which: int) -> None:
        """A session is off."""
        self.do("cancel session", lambda: programme.cancel_session(pick(self.w.sessions, which), actor_id=None, reason="Ill"))

    @act(weight=3, which=NUMBER)
    def restore_session(self, which: int) -> None:
        """A session is on again."""
        off = [one.id for one in self.now.sessions if one.status == "cancelled"] or self.w.sessions
        self.do("restore session", lambda: programme.restore_session(pick(off, which), actor_id=None, reason="Well again"))

    @act(when=lambda self: self.turns.total() > LATE)
    def cancel_event(self) -> None:
        """The whole event is off; all money goes back."""
        def whole() -> None:
            done = programme.cancel_event(self.w.event_id, actor_id=self.w.finance, reason="A flood")
            giving_back.after(done, reason="A flood", by_id=self.w.finance, today=self.today)

        self.do("cancel event", whole)

    # --- what holds

    @invariant()
    def rules_of_the_product(self) -> None:
        """Seats, money, calendars, messages."""
        before = self.now, self.books, self.delivered.copy(), clock.now()
        self._look()
        if before == (self.now, self.books, self.delivered, clock.now()):
            return  # a refusal that changed nothing has broken nothing
        kept.seats_are_never_sold_twice(self.now)
        kept.one_place_per_person_and_event(self.now)
        kept.seats_follow_their_registration(self.now)
        kept.orders_and_places_agree(self.now)
        kept.every_cent_has_its_place(self.now)
        kept.owed_is_the_sum_of_charges(self.now, self.today)
        kept.events_apply_once(self.now)
        kept.stripe_and_we_agree(self.now, self.books, self.delivered, self.attached)
        kept.one_message_for_one_fact(self.now)
        kept.reminders_wait_for_the_true_day(self.now, clock.now())
        self.calendars.look(self.now)

    # --- helpers

    @property
    def today(self) -> Any:
        """The association's day."""
        return clock.today(ZONE)

    def by_cheque(self, state: str) -> list[Any]:
        """Payments by cheque in a state."""
        return [one for one in self.now.payments if one.method == "cheque" and one.state == state]

    def owing(self) -> list[Any]:
        """Orders that stand and cost more than was paid."""
        owed = Counter[int]()
        for line in self.now.charges:
            owed[line.order_id] += line.amount_cents
        for one in self.now.payments:
            owed[one.order_id] -= one.amount_cents if one.state == "succeeded" else 0
        return [one for one in self.now.orders_in("held", "placed") if owed[one.id] > 0]

    def _free(self) -> list[Any]:
        free = {row.payment.id for row in desk.unmatched()}
        db.session.rollback()
        return [one for one in self.now.payments if one.id in free]

    def _look(self) -> None:
        self.now, self.books = seen.read(), self.stripe.books()
        self.unsaid += self._news()

    def _news(self) -> list[dict[str, Any]]:
        return self.stripe.news()

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _deliver(self, name: str, event: dict[str, Any]) -> None:
        payload = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(payload, SECRET)
        event_id = self.do(name, lambda: inbox.receive(payload.encode(), header))
        if event_id is not None:
            assert inbox.work(event_id) != "failed", event
        db.session.rollback()
        if intent := _paid_intent(event):
            self.delivered.add(intent)

    def _read(self, claim: Any, mail: Any) -> None:
        if claim.kind != "reminder" or not hasattr(mail, "text"):
            return
        place = next(one for one in self.now.registrations if one.id == claim.facts["registration_id"])
        mine = {one.session_id for one in self.now.seats if one.registration_id == place.id and one.state != "released"}
        ahead = [one for one in self.now.sessions if one.id in mine and one.status == "scheduled" and one.ends_at >= clock.now()]
        first = min(ahead, key=lambda one: (one.starts_at, one.id))
        assert place.state == "confirmed"
        assert f"{_wall(first.starts_at):%-d %b %Y, %-I:%M}" in mail.text, (first, mail.text)


_PAGES = (select(Order.ref, CheckoutPage.idempotency_key.label("key"), CheckoutPage.amount_cents)
          .join(Order, Order.id == CheckoutPage.order_id).order_by(CheckoutPage.id))


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def _paid_intent(event: dict[str, Any]) -> str | None:
    """The intent whose money an event of Stripe's says has arrived."""
    body = event["data"]["object"]
    if event["type"] not in PAID or event["id"].startswith("evt_foreign") or body.get("payment_status", "paid") != "paid":
        return None
    if body["object"] == "charge" and body["status"] != "succeeded":
        return None
    intent = body["id"] if body["object"] == "payment_intent" else body["payment_intent"]
    return intent["id"] if isinstance(intent, dict) else intent


@pytest.fixture
def machine(app: Flask, rewinding: Rewinding, stripe_at_hand: StripeAtHand) -> type[PlacesAndMoney]:
    """The machine in a world of its own."""
    with time_machine.travel(NOW, tick=False):
        w = world.make()
    rewinding.mark()
    here = {"app": app, "rewinding": rewinding, "stripe": stripe_at_hand, "w": w, "tally": Tally()}
    return type("Found", (PlacesAndMoney,), here)


def test_every_act_once(machine: type[PlacesAndMoney]) -> None:
    """One order of acts in which the product does each of them: none is a dead letter, on both databases."""
    one = machine()
    try:
        one.begin()
        for name, values in WALK:
            getattr(one, name)(**values)
            one.rules_of_the_product()
    finally:
        one.teardown()
    machine.tally.check_done(set(STEPS))


def test_the_rules_hold_whatever_happens(machine: type[PlacesAndMoney]) -> None:
    run_state_machine_as_test(machine, settings=settings())
    sys.stdout.write(f"{machine.tally}\n")
    machine.tally.check_tried(set(STEPS))


WALK: list[tuple[str, dict[str, Any]]] = [
    ("more_time", {"which": 0}), ("breakouts", {"which": 0, "choice": 1}), ("open_page", {"which": 0}),
    ("pay", {"which": 0, "card": "refund_fails"}), ("webhook_forged", {"which": 0}),
    ("webhooks", {"seed": 1, "many": 2, "twice": True}), ("webhooks", {"seed": 2, "many": 4, "twice": False}),
    ("webhook_of_others", {"which": 0, "how": "another amount"}), ("webhook_of_others", {"which": 0, "how": "no order"}),
    ("refund", {"which": 0, "cents": 2_000, "lowers": True}), ("worker", {}), ("settle", {"outcome": "failed"}),
    ("webhooks", {"seed": 3, "many": 9, "twice": False}), ("refund_again", {"which": 0}), ("refund_unmatched", {"which": 1}),
    ("let_go", {"which": 0}), ("hold", {"first": 4, "many": 1, "kind": 0, "mode": "in_person", "breakout": None, "dinner": 1}),
    ("place", {"which": 0, "method": "invoice"}), ("cheque", {"which": 2, "cents": 12_550, "alone": False}),
    ("bounce", {"which": 0}), ("cheque", {"which": 2, "cents": 25_000, "alone": False}),
    ("refund", {"which": 2, "cents": 2_000, "lowers": False}), ("refund_by_hand", {"which": 0}),
    ("cheque", {"which": 0, "cents": 500, "alone": True}), ("attach", {"which": -1, "order": 2}),
    ("correct", {"which": 2, "cents": 1_500, "void": False}), ("mail", {}), ("move", {"which": 0, "hours": 240}),
    ("rename", {"which": 3, "title": "A new name"}), ("cancel_session", {"which": 0}),
    ("hold", {"first": 5, "many": 1, "kind": 1, "mode": "online", "breakout": "none", "dinner": 0}),
    ("restore_session", {"which": 0}), ("capacity", {"which": "capacity", "size": 5}),
    ("session_limit", {"which": 3, "size": 4}), ("webhook_again", {"which": 0}), ("sweep", {}), ("time_passes", {"minutes": 36}),
    ("worker", {}), ("cancel", {"which": 1, "by_staff": True}), ("cancel", {"which": 0, "by_staff": False}),
    ("hold", {"first": 6, "many": 2, "kind": 0, "mode": "online", "breakout": None, "dinner": 0}),
    ("place", {"which": 0, "method": "invoice"}), ("substitute", {"which": -1, "who": 3, "by_staff": True}), ("mail", {}),
    ("cancel_event", {}), ("mail", {}),
]
