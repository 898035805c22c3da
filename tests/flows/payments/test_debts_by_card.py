"""Money that was sent back and never came is paid by card: the books and Stripe agree, also when Stripe gives the card money back later."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.machines.kept import money
from tests.machines.seen import Reader
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, checkout, checks, debts, gateway, invoices, reconcile, refunds
from webapp.payments.models import Payment, ProviderEvent, Refund
from webapp.payments.queries import desk
from webapp.registration.models import Order

UNTIL = date(2027, 7, 15)


@pytest.fixture
def finance():
    """Somebody of finance."""
    with transaction():
        return people.person(roles=["finance"]).id


@pytest.fixture
def owing(till, finance):
    """An order at $150.00 that owes $100.00 beside: its check of $250.00 bounced when $100.00 of it had been sent back."""
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
        invoices.issue(order_id)
    with transaction():
        paper = checks.Paper("2041", 25_000, clock.today(tills.ZONE), tills.ZONE, keep_until=UNTIL)
        check_id = checks.record(paper, {order_id: 15_000}, by_id=finance).id
    with transaction():
        payer_id = db.session.get_one(Order, order_id).payer_id
        [refund_id] = balance.give_back(payer_id, 10_000, today=clock.today(tills.ZONE), reason="Moved away", by_id=finance)
    with transaction():
        refunds.note_returned(refund_id, cheque_number="901", on=clock.today(tills.ZONE), by_id=finance)
    with transaction():
        checks.bounce(check_id, reason="No funds", by_id=finance)
    return order_id


def pays(till, order_id, card="success"):
    """Everything that is open, by card; the payment at Stripe."""
    till.stripe.pay(checkout.open_page(order_id, clock.today(tills.ZONE), whole=True), card)
    till.deliver()
    return db.session.scalars(select(Payment.provider_intent_id).where(Payment.method == "card", Payment.state == "succeeded")).one()


def at_stripe(till, intent_id, cents):
    """Somebody gives it back on Stripe's own pages."""
    gateway.refund(intent_id=intent_id, amount_cents=cents, key=f"by-hand-{cents}")
    till.deliver()


def stands(order_id):
    """What is a debt, what is open, and what all its payments kept."""
    db.session.expire_all()
    found = tills.balance(order_id)
    return debts.of_order(order_id), found.open_cents, found.paid_cents


def agree(till):
    """What Stripe gave back of a charge is what we say it did, and no cent is in two places."""
    db.session.expire_all()
    ours = dict(db.session.execute(
        select(Payment.provider_intent_id, func.sum(Refund.amount_cents)).join(Refund, Refund.payment_id == Payment.id)
        .where(Refund.provider_refund_id.is_not(None), Refund.state == "succeeded").group_by(Payment.provider_intent_id)).all())
    books = till.stripe.control("books")
    theirs = {one["payment_intent"]: one["amount_refunded"] for one in books["charges"] if one["amount_refunded"]}
    assert ours == theirs
    seen, _ = Reader().look()
    money.every_cent_has_its_place(seen)
    money.owed_is_the_sum_of_charges(seen, clock.today(tills.ZONE))


def test_a_card_covers_it(till, owing):
    assert stands(owing) == (10_000, 25_000, -10_000)
    pays(till, owing)
    assert (stands(owing), desk.unmatched()) == ((0, 0, 15_000), [])
    agree(till)


def test_of_that_card_the_rest_can_be_refunded_by_us_and_no_more(till, owing, finance):
    pays(till, owing)
    with transaction():
        refunds.request_by_staff(owing, 15_000, reason="Ill", lowers=True, by_id=finance)
    reconcile.sweep(clock.now())
    till.deliver()
    assert stands(owing) == (0, 0, 0)
    agree(till)


def test_all_of_it_given_back_at_stripe_is_a_debt_again(till, owing):
    at_stripe(till, pays(till, owing), 25_000)
    assert stands(owing) == (10_000, 25_000, -10_000)
    agree(till)


def test_a_part_given_back_at_stripe_comes_of_what_paid_the_order_first(till, owing):
    intent_id = pays(till, owing)
    at_stripe(till, intent_id, 15_000)
    assert stands(owing) == (0, 15_000, 0)
    at_stripe(till, intent_id, 4_000)
    assert stands(owing) == (4_000, 19_000, -4_000)
    at_stripe(till, intent_id, 6_000)
    assert stands(owing) == (10_000, 25_000, -10_000)
    agree(till)


def test_a_refund_at_stripe_that_fails_covers_it_again(till, owing):
    at_stripe(till, pays(till, owing, "refund_fails"), 25_000)
    till.stripe.control("settle")
    till.deliver()
    assert stands(owing) == (0, 0, 15_000)
    agree(till)


def test_more_than_was_left_beside_a_balance_waits_for_finance(till, finance):
    order_id = till.order()
    till.pay(order_id)
    till.deliver()
    with transaction():
        payment = db.session.scalars(select(Payment).filter_by(order_id=order_id)).one()
        balance.keep(order_id, 5_000, expires_on=UNTIL, reason="Half a day fell out", by_id=finance)
    at_stripe(till, payment.provider_intent_id, 15_000)
    notes = db.session.scalars(select(ProviderEvent.note).where(ProviderEvent.outcome == "for_finance")).all()
    assert notes == ["Stripe gave $50.00 more back than was left: so much of it is its payer's balance. Take that back."]
