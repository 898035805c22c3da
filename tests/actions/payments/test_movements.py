"""The list of movements is the ledger at every past instant: walks at random through all kinds of money, each seed a walk of its own.

Money that is matched to an order later stands with it from when it came, so no walk matches any; what came before today is of its day.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events, funds, people
from tests.factories import registrations as places
from tests.support import till as tills
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.payments import (
    balance,
    balances,
    checks,
    corrections,
    giving_back,
    months,
    receipts,
    refunds,
    returned,
    settlement,
    sharing,
)
from webapp.payments.models import BalanceLot, BalanceMovement, BankCheck, Payment, Refund
from webapp.payments.queries import months as month_queries
from webapp.payments.queries import movements
from webapp.registration import orders, registrations
from webapp.registration.funds import giving
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Order, Registration

ZONE, STEPS = tills.ZONE, 90
WHY = "As it happens"


class Walk:
    """What people do with money, one act at a time; what is refused just now changes nothing."""

    def __init__(self, seed, frozen):
        self.chance, self.clock, self.number = random.Random(seed), frozen, 0
        with transaction():
            self.events = [events.workshop(f"Workshop {n}", capacity=None, starts=datetime(2028, 5, 4, 9)).id for n in range(2)]
            self.staff = people.person(roles=["finance"]).id
            self.grant = funds.fund(db.session.get(Event, self.events[0]), grantor=funds.GRANTOR, amount_cents=4_000)
        self.tried, self.done = Counter(), Counter()
        self.acts = [name for name in vars(Walk) if not name.startswith("_") and name != "step"]

    def step(self):
        """One act, and some time."""
        fewest = min(self.tried[one] for one in self.acts)
        name = self.chance.choice([one for one in self.acts if self.tried[one] <= fewest + 1])
        self.tried[name] += 1
        try:
            with transaction():
                acted = getattr(self, name)()
        except Refusal:
            acted = False
        self.done[name] += acted is not False
        self.clock.shift(timedelta(seconds=self.chance.choice((1, 600, 40_000, 300_000))))

    def order(self):
        event = db.session.get(Event, self.chance.choice(self.events))
        return places.registered(event, people.person(), method=self.chance.choice(("invoice", "card"))).order_id

    def hold(self):
        return places.held(db.session.get(Event, self.events[0]), people.person()).order_id

    def place_later(self):
        order_id = self.hold()
        self.clock.shift(600)
        return orders.place(order_id, "invoice", bill_to=places.BILL_TO)

    def cash(self):
        return receipts.record(self._order(), self._received("cash"), by_id=self.staff)

    def terminal(self):
        return receipts.record(self._order(), self._received("card_terminal", number="A-1"), by_id=self.staff)

    def check(self):
        self.number += 1
        wanted = {self.order(): 3_000 for _ in range(self.chance.randint(1, 3))}
        paper = checks.Paper(str(self.number), 3_000 * len(wanted) + self.chance.choice((0, 2_000)), clock.today(ZONE), ZONE,
                             keep_until=self.chance.choice((None, clock.today(ZONE) + timedelta(days=20))))
        return checks.record(paper, wanted, by_id=self.staff)

    def bounce(self):
        return checks.bounce(self._one(BankCheck, BankCheck.state == "received").id, reason=WHY, by_id=self.staff, fee_cents=500)

    def keep(self):
        return balance.keep(self._paid(), 1_500, expires_on=clock.today(ZONE) + timedelta(days=10), reason=WHY, by_id=self.staff)

    def use(self):
        lot = self._one(BalanceLot, BalanceLot.left_cents > 0)
        return balance.use(self.order(), today=clock.today(ZONE), by_id=self.staff, payer_id=lot.payer_id)

    def take_balance_back(self):
        return balance.take_back(self._one(BalanceLot, BalanceLot.left_cents > 0).id, reason=WHY, by_id=self.staff)

    def expire(self):
        self.clock.shift(timedelta(days=11))
        return balance.expire_due(clock.today(ZONE)) > 0

    def refund(self):
        return refunds.request_by_staff(self._paid(), 1_000, reason=WHY, lowers=self.chance.random() < 0.5, by_id=self.staff)

    def send_refund(self):
        refunds.note_returned(self._one(Refund, Refund.state == "requested").id, cheque_number="", on=clock.today(ZONE), by_id=self.staff)

    def refund_comes_back(self):
        refund = self._one(Refund, Refund.state == "succeeded", Refund.to_balance.is_(False))
        order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == refund.payment_id))
        returned.move(refund, "failed", "expired_or_canceled_card")
        if order_id is not None:
            settlement.bring_in_line(settlement.lock(order_id).id)

    def refund_again(self):
        refund = self._one(Refund, Refund.state == "failed", Refund.to_balance.is_(False), Refund.again_id.is_(None))
        refunds.try_again(refund.id, by_id=self.staff)

    def correct(self):
        return corrections.correct(self._order(), self.chance.choice((-1_000, 700)), reason=WHY, by_id=self.staff)

    def cancel(self):
        done = registrations.cancel(self._one(Registration, Registration.state == "confirmed").id, by_id=self.staff, reason=WHY)
        giving_back.after([done], reason=WHY, by_id=self.staff, today=clock.today(ZONE))

    def give(self):
        self._share(giving.give(self._one(Registration, Registration.state == "confirmed").id, self.grant, by_id=self.staff, reason=WHY))

    def split(self):
        payer = giving.OtherPayer("person", f"Aunt {self.chance.random()}", "aunt@home.example")
        self._share(giving.split(self._one(Registration, Registration.state == "confirmed").id, 2_000, payer, by_id=self.staff, reason=WHY))

    def take_share_back(self):
        self._share(giving.take_back(self._one(PlaceShare, PlaceShare.ended_at.is_(None)).id, by_id=self.staff, reason=WHY))

    def close_month(self):
        return months.close(month_queries.oldest_open(ZONE, clock.today(ZONE)), zone=ZONE, by_id=self.staff)

    def _share(self, given):
        sharing.after(given, reason=WHY, by_id=self.staff, today=clock.today(ZONE))

    def _received(self, method, **more):
        return receipts.Received(method, self.chance.choice((2_500, 15_000)), clock.today(ZONE), ZONE, **more)

    def _order(self):
        return self._one(Order, Order.state == "placed").id

    def _paid(self):
        return self._one(Payment, Payment.state == "succeeded", Payment.method != "balance", Payment.order_id.is_not(None)).order_id

    def _one(self, model, *which):
        found = db.session.scalars(select(model).where(*which).order_by(model.id)).all()
        if not found:
            raise Refusal("There is none.")
        return self.chance.choice(found)


def ledger():
    """What the two lists say now: (owed, received) by order, of money that has none, and of what stands with payers."""
    rows = db.session.execute(select(Order.id, Order.ref, Order.state)).all()
    standing = balances.of_orders([row.id for row in rows], clock.today(ZONE))
    found = {row.ref: (standing[row.id].owed_cents if row.state in balances.COUNTED else 0, standing[row.id].paid_cents) for row in rows}
    homeless = Payment.order_id.is_(None)
    came = summed(Payment.amount_cents, homeless, Payment.state == "succeeded")
    went = summed(Refund.amount_cents, Refund.state == "succeeded", Refund.payment_id.in_(select(Payment.id).where(homeless)))
    expired = -summed(BalanceMovement.cents, BalanceMovement.kind.in_(("expired", "revived")))
    return found | {None: (0, came - went), "with payers": (expired, expired + summed(BalanceLot.left_cents))}


def summed(column, *which):
    return int(db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*which)))


def told(end):
    """The same by the list of movements before an instant."""
    found = {}
    for one in movements.read(select(movements.table(end))):
        key = "with payers" if one.source == "balance" else one.order_ref
        owed, received = found.get(key, (0, 0))
        found[key] = (owed + (one.owed_cents or 0), received + (one.received_cents or 0))
    return found


def without_nothing(sums):
    return {key: pair for key, pair in sums.items() if pair != (0, 0)}


@pytest.mark.parametrize("seed", range(2))
def test_at_every_past_instant_the_movements_are_what_the_ledger_was(seed, frozen):
    walk, known = Walk(seed, frozen), []
    for _ in range(STEPS):
        walk.step()
        known.append((clock.now(), without_nothing(ledger())))
    assert {name for name in walk.acts if not walk.done[name]} == set()
    for at, was in walk.chance.sample(known, 12):
        assert without_nothing(told(at)) == was, at
