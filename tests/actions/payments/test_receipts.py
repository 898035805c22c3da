"""Cheques, transfers and cash: part of it, too much, twice, and given back by the bank."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Unacceptable
from webapp.payments import receipts, refunds, unmatched
from webapp.payments.models import Payment, Refund
from webapp.payments.queries import desk

TODAY = "America/Chicago"


@pytest.fixture
def order_id():
    """A place on invoice for $150.00."""
    with transaction():
        return registrations.registered(events.workshop(), people.person()).order_id


def cheque(cents, **more):
    return receipts.Received("cheque", cents, clock.today(TODAY), TODAY, number="20418", **more)


def record(order_id, received, by_id):
    with transaction():
        return receipts.record(order_id, received, by_id=by_id).id


def test_a_part_payment_leaves_the_rest_open(order_id, finance):
    record(order_id, cheque(10_000), finance)
    assert (tills.balance(order_id).word[0], tills.balance(order_id).open_cents, tills.messages("receipt")) == (
        "Part paid",
        5_000,
        1,
    )


def test_too_much_stands_on_finances_list(order_id, finance):
    record(order_id, cheque(20_000), finance)
    [row] = desk.unmatched()
    assert (tills.balance(order_id).word[0], row.free_cents) == ("Paid too much", 5_000)
    tills.check_books()


def test_the_same_form_twice_is_one_payment(order_id, finance):
    first, second = (record(order_id, cheque(15_000, submit_key="k"), finance) for _ in range(2))
    assert (first == second, tills.payments(order_id)) == (True, [("succeeded", 15_000)])


def test_a_cheque_that_bounces_opens_the_order_again(order_id, finance):
    payment_id = record(order_id, cheque(15_000), finance)
    with transaction():
        receipts.bounce(payment_id, reason="Account closed", by_id=finance)
    assert (tills.balance(order_id).open_cents, tills.balance(order_id).allocated_cents, tills.messages("check_bounced")) == (
        15_000,
        0,
        1,
    )
    with pytest.raises(AlreadyDone), transaction():
        receipts.bounce(payment_id, reason="Again", by_id=finance)
    tills.check_books()


def test_a_cheque_goes_back_by_a_recorded_cheque(order_id, finance):
    record(order_id, cheque(15_000), finance)
    with transaction():
        [refund_id] = refunds.request_by_staff(order_id, 4_000, reason="Came for half", lowers=True, by_id=finance)
    assert (tills.balance(order_id).in_flight_cents, tills.messages("refund")) == (4_000, 0)
    with transaction():
        refunds.note_returned(refund_id, cheque_number="77", on=clock.today(TODAY), by_id=finance)
    balance = tills.balance(order_id)
    assert (balance.owed_cents, balance.paid_cents, balance.unplaced_cents, tills.messages("refund")) == (11_000, 11_000, 0, 1)
    tills.check_books()


@pytest.mark.parametrize(
    ("received", "field"),
    [
        (receipts.Received("cheque", 100, clock.today(TODAY), TODAY), "number"),
        (receipts.Received("barter", 100, clock.today(TODAY), TODAY), "method"),
        (receipts.Received("cash", 0, clock.today(TODAY), TODAY), "amount"),
        (receipts.Received("cash", -5, clock.today(TODAY), TODAY), "amount"),
        (receipts.Received("cash", 100_000_001, clock.today(TODAY), TODAY), "amount"),
        (receipts.Received("cash", 100, clock.today(TODAY) + timedelta(days=4000), TODAY), "received_on"),
    ],
)
def test_what_cannot_be_is_refused(order_id, finance, received, field):
    with pytest.raises(Unacceptable) as refused, transaction():
        receipts.record(order_id, received, by_id=finance)
    assert (refused.value.field, tills.payments(order_id)) == (field, [])


def test_unmatched_money_is_given_to_its_order(order_id, finance):
    payment_id = record(None, cheque(15_000), finance)
    with transaction():
        unmatched.attach(payment_id, tills.ref(order_id).lower(), reason="Name on the envelope", by_id=finance)
    assert (tills.balance(order_id).word[0], desk.unmatched()) == ("Paid", [])
    with pytest.raises(AlreadyDone), transaction():
        unmatched.attach(payment_id, tills.ref(order_id), reason="Again", by_id=finance)


def test_unmatched_money_of_no_order_is_refused_kindly(order_id, finance):
    payment_id = record(None, cheque(15_000), finance)
    with pytest.raises(Unacceptable) as refused, transaction():
        unmatched.attach(payment_id, "NOBODY", reason="Guess", by_id=finance)
    assert refused.value.field == "order_ref"


def test_two_refunds_never_give_back_more_than_was_paid(order_id, finance):
    record(order_id, cheque(15_000), finance)
    with transaction():
        refunds.request(order_id, 10_000, reason="First", by_id=finance)
    with pytest.raises(Unacceptable) as refused, transaction():
        refunds.request(order_id, 10_000, reason="Second", by_id=finance)
    assert (refused.value.sentence, db.session.query(Refund).count()) == ("At most $50.00 can still be refunded.", 1)


def test_refunds_take_the_newest_payment_first(order_id, finance):
    first, second = record(order_id, cheque(10_000), finance), record(order_id, cheque(5_000), finance)
    with transaction():
        refunds.request(order_id, 7_000, reason="Both", by_id=finance)
    found = db.session.execute(select(Refund.payment_id, Refund.amount_cents).order_by(Refund.id)).all()
    assert found == [(second, 5_000), (first, 2_000)]
    assert db.session.get_one(Payment, first).state == "succeeded"
