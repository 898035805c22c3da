"""A check bounces after what it left over was spent, sent back or expired: all that came of it is undone, and no cent is lost."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.machines.kept import books, money
from tests.machines.seen import Reader
from tests.support import till as tills
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal, Stale, Unacceptable
from webapp.notifications.models import Message
from webapp.payments import balance, chains, checks, debts, giving_back, receipts, refunds, undoing
from webapp.payments.checks import messages
from webapp.payments.models import BalanceLot, BalanceMovement, BankCheck, Payment, Refund
from webapp.payments.queries import desk, lots, movements, statements
from webapp.registration import orders
from webapp.registration import registrations as places
from webapp.registration.models import Order, Registration

TODAY, UNTIL = date(2026, 7, 15), date(2027, 7, 15)


def check(finance, ours, rest):
    """A check that pays the first order and leaves so many cents as the payer's balance."""
    with transaction():
        paper = checks.Paper("2041", 15_000 + rest, TODAY, tills.ZONE, keep_until=UNTIL)
        return checks.record(paper, {ours[0]: 15_000}, by_id=finance).id


def use(order_id, finance, cents=None):
    with transaction():
        balance.use(order_id, cents, today=TODAY, by_id=finance)


def payer(order_id):
    return db.session.get_one(Order, order_id).payer_id


def send_back(ours, finance, cents, *, sent=True):
    with transaction():
        [refund_id] = balance.give_back(payer(ours[0]), cents, today=TODAY, reason="Moved away", by_id=finance)
    if sent:
        with transaction():
            refunds.note_returned(refund_id, cheque_number="901", on=TODAY, by_id=finance)
    return refund_id


def bounce(check_id, finance, **more):
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance, **more)


def standing(order_ids):
    """Paid and open of each order."""
    return [(one.paid_cents, one.open_cents) for one in map(tills.balance, order_ids)]


def received():
    """What all movements so far come to: received, and owed for balances that expired."""
    found = movements.table(clock.now() + timedelta(days=900))
    return db.session.execute(select(func.sum(found.c.received_cents), func.sum(found.c.owed_cents))).one()


def kept_well():
    """The rules of money, as the machines ask them."""
    db.session.expire_all()
    seen, _ = Reader().look()
    money.every_cent_has_its_place(seen)
    money.owed_is_the_sum_of_charges(seen, clock.today(tills.ZONE))
    books.balances_never_fall_below_nothing(seen)
    books.checks_are_the_sum_of_their_payments(seen)
    found = statements.of([one.id for one in seen.payers], clock.now() - timedelta(days=900), clock.now() + timedelta(days=900), TODAY)
    assert found.closing_cents == (received()[1] or 0) - (received()[0] or 0)


def test_what_is_left_of_a_balance_ends(ours, finance):
    check_id = check(finance, ours, 10_000)
    bounce(check_id, finance)
    assert (standing(ours), lots.in_all(), received()[0]) == ([(0, 15_000)] * 3, 0, 0)
    kept_well()


def test_orders_the_balance_paid_owe_again_and_their_payers_are_told(ours, finance):
    check_id = check(finance, ours, 20_000)
    use(ours[1], finance)
    use(ours[2], finance)
    assert standing(ours) == [(15_000, 0), (15_000, 0), (5_000, 10_000)]
    bounce(check_id, finance)
    assert (standing(ours), lots.in_all(), received()[0]) == ([(0, 15_000)] * 3, 0, 0)
    facts = db.session.scalars(select(Message.facts).where(Message.kind == "check_bounced")).one()
    assert [one["open_cents"] for one in messages.build(facts)["orders"]] == [15_000] * 3
    kept_well()


def test_what_was_sent_back_is_a_debt_of_its_payer_until_money_comes(ours, finance):
    check_id = check(finance, ours, 25_000)
    send_back(ours, finance, 10_000)
    bounce(check_id, finance)
    assert (standing(ours[:1]), debts.of_order(ours[0]), lots.in_all(), received()[0]) == ([(-10_000, 25_000)], 10_000, 0, -10_000)
    kept_well()
    for cents, left in ((6_000, 19_000), (11_000, 8_000), (8_000, 0)):
        with transaction():
            receipts.record(ours[0], receipts.Received("cash", cents, TODAY, tills.ZONE), by_id=finance)
        kept_well()
        assert tills.balance(ours[0]).open_cents == left
    assert (debts.of_order(ours[0]), desk.unmatched(), received()[0], tills.balance(ours[0]).paid_cents) == (0, [], 15_000, 15_000)


def test_what_was_not_sent_yet_is_not_sent(ours, finance):
    check_id = check(finance, ours, 10_000)
    refund_id = send_back(ours, finance, 4_000, sent=False)
    bounce(check_id, finance)
    assert (db.session.get_one(Refund, refund_id).state, desk.refunds(), debts.of_order(ours[0])) == ("failed", [], 0)
    assert (standing(ours), received()[0]) == ([(0, 15_000)] * 3, 0)
    kept_well()


def test_what_expired_is_no_income_any_more(ours, finance, frozen):
    check_id = check(finance, ours, 10_000)
    use(ours[1], finance, 3_000)
    owed = received()[1]
    frozen.shift(timedelta(days=400))
    with transaction():
        assert balance.expire_due(clock.today(tills.ZONE)) == 1
    assert (received()[1] - owed, len(lots.listing("expired"))) == (7_000, 1)
    bounce(check_id, finance)
    assert (received()[0], received()[1] - owed, lots.in_all(), lots.listing("expired")) == (0, 0, 0, [])
    assert db.session.scalars(select(BalanceMovement.kind).order_by(BalanceMovement.id)).all() == [
        "kept", "used", "expired", "returned", "revived", "taken_back"]
    kept_well()


def test_a_chain_is_followed_level_by_level(ours, finance):
    """The balance paid an order whose cancellation kept it again; that paid a third order, and the rest was sent back."""
    check_id = check(finance, ours, 15_000)
    use(ours[1], finance)
    place = db.session.scalars(select(Registration.id).where(Registration.order_id == ours[1])).one()
    with transaction():
        done = places.cancel(place, by_id=None, reason="Ill", by_organizer=True)
        giving_back.after([done], reason="Ill", by_id=None, today=TODAY)
    use(ours[2], finance, 9_000)
    send_back(ours, finance, 6_000)
    fates = [(one.what, one.cents, one.order_id) for one in chains.fates(checks.foresee(check_id))]
    assert fates == [("open", 15_000, ours[0]), ("left", 9_000, ours[2]), ("sent", 6_000, ours[0])]
    bounce(check_id, finance)
    assert (standing(ours), lots.in_all(), received()[0]) == ([(-6_000, 21_000), (0, 0), (0, 15_000)], 0, -6_000)
    kept_well()


def test_a_refund_that_was_sent_of_its_order_is_owed_there(ours, finance):
    with transaction():
        check_id = checks.record(checks.Paper("77", 15_000, TODAY, tills.ZONE), {ours[0]: 15_000}, by_id=finance).id
    with transaction():
        [refund_id] = refunds.request_by_staff(ours[0], 5_000, reason="Half", lowers=True, by_id=finance)
    with transaction():
        refunds.note_returned(refund_id, cheque_number="9", on=TODAY, by_id=finance)
    bounce(check_id, finance)
    assert (standing(ours[:1]), debts.of_order(ours[0])) == ([(-5_000, 15_000)], 5_000)
    kept_well()


def test_a_debt_that_nobody_is_known_for_needs_an_order(ours, finance):
    with transaction():
        paper = receipts.Received("cheque", 15_000, TODAY, tills.ZONE, number="5")
        payment = receipts.record(None, paper, by_id=finance)
        check_id, payment_id = payment.check_id, payment.id
    with transaction():
        refund_id = refunds.request_of_payment(payment_id, 15_000, reason="Not ours", by_id=finance)
    with transaction():
        refunds.note_returned(refund_id, cheque_number="", on=TODAY, by_id=finance)
    with pytest.raises(Unacceptable) as refused:
        bounce(check_id, finance)
    assert (refused.value.code, db.session.get_one(Payment, payment_id).state) == ("unowned", "succeeded")
    bounce(check_id, finance, owes_ref=tills.ref(ours[2]))
    assert standing(ours) == [(0, 15_000), (0, 15_000), (-15_000, 30_000)]
    kept_well()


def test_what_grew_meanwhile_is_looked_at_again(ours, finance):
    check_id = check(finance, ours, 10_000)
    ids = db.session.scalars(select(Payment.id).where(Payment.check_id == check_id)).all()
    before = chains.of(ids)
    use(ours[1], finance)
    with pytest.raises(Stale), transaction():
        undoing.stand_still(before, list(ids))


class Walk:
    """Any order of what checks, balances and refunds by hand can do, on orders of one payer."""

    def __init__(self, seed, finance, frozen):
        self.chance, self.finance, self.clock, self.number = random.Random(seed), finance, frozen, 0
        self.tried, self.done = Counter(), Counter()
        with transaction():
            self.event, self.office = events.workshop(starts=events.at(900), capacity=None).id, people.person()

    def step(self):
        """One act; what is impossible is refused and changes nothing."""
        name = self.chance.choice([one for one in ACTS if self.tried[one] <= min(self.tried[other] for other in ACTS) + 2])
        self.tried[name] += 1
        try:
            with transaction():
                getattr(self, name)()
            self.done[name] += 1
        except (Refusal, IndexError):
            pass
        self.clock.shift(timedelta(hours=self.chance.choice((1, 30, 200))))

    def order(self):
        wish = registrations.attendee(db.session.get_one(Event, self.event), people.person())
        made = orders.hold(self.event, [wish], registrations.buyer(self.office))
        orders.place(made.order_id, "invoice")
        return made.order_id

    def check(self):
        self.number += 1
        parts = {self.order(): self.chance.choice((15_000, 9_000)) for _ in range(self.chance.choice((1, 1, 2)))}
        today, cents = clock.today(tills.ZONE), sum(parts.values()) + self.chance.choice((5_000, 20_000))
        until = today + timedelta(days=self.chance.choice((20, 60)))
        paper = checks.Paper(str(self.number), cents, today, tills.ZONE, keep_until=until)
        checks.record(paper, parts, by_id=self.finance)

    def use(self):
        balance.use(self.order(), self.chance.choice((None, 2_000)), today=clock.today(tills.ZONE), by_id=self.finance)

    def cancel(self):
        place = self.chance.choice(db.session.scalars(select(Registration.id).filter_by(state="confirmed")).all())
        done = places.cancel(place, by_id=None, reason="Ill", by_organizer=True)
        giving_back.after([done], reason="Ill", by_id=None, today=clock.today(tills.ZONE))

    def back(self):
        owner = self.chance.choice(db.session.scalars(select(BalanceLot.payer_id).where(BalanceLot.left_cents > 0)).all())
        balance.give_back(owner, self.chance.choice((1_000, 4_000)), today=clock.today(tills.ZONE), reason="Moved", by_id=self.finance)

    def sent(self):
        waits = self.chance.choice(db.session.scalars(select(Refund.id).filter_by(state="requested")).all())
        refunds.note_returned(waits, cheque_number="1", on=clock.today(tills.ZONE), by_id=self.finance)

    def expire(self):
        balance.expire_due(clock.today(tills.ZONE))

    def cash(self):
        order_id = self.chance.choice(db.session.scalars(select(Order.id).where(Order.state.in_(("placed", "cancelled")))).all())
        received = receipts.Received("cash", self.chance.choice((3_000, 15_000)), clock.today(tills.ZONE), tills.ZONE)
        receipts.record(order_id, received, by_id=self.finance)

    def bounce(self):
        check_id = self.chance.choice(db.session.scalars(select(BankCheck.id).filter_by(state="received")).all())
        worth = sum(one.cents for one in chains.fates(checks.foresee(check_id)))
        assert worth == db.session.get_one(BankCheck, check_id).amount_cents
        checks.bounce(check_id, reason="No funds", by_id=self.finance)


ACTS = ("check", "use", "cancel", "back", "sent", "expire", "cash", "bounce")


@pytest.mark.parametrize("seed", range(2))
def test_in_any_order_of_acts_every_cent_has_its_place(seed, finance, frozen):
    walk = Walk(seed, finance, frozen)
    for _ in range(40):
        walk.step()
        kept_well()
    assert {name for name in ACTS if not walk.done[name]} == set()
