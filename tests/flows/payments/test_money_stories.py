"""Ten money stories that went wrong elsewhere, told by other event systems: each is a test here."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Closed
from webapp.payments import gateway, giving_back, inbox, reconcile, refund_courier, refunds
from webapp.payments.models import ProviderEvent
from webapp.payments.queries import desk
from webapp.registration import orders, programme, seats
from webapp.registration.models import Charge, Price, Registration


def test_1_payment_order_place_and_messages_commit_together(till, monkeypatch):
    order_id = till.order()
    till.pay(order_id)
    told = next(event for event in till.new_events() if event["type"] == "payment_intent.succeeded")
    with transaction():
        event_id = inbox.keep(told, "webhook")
    with pytest.raises(ZeroDivisionError), transaction():
        inbox.apply(event_id)
        raise ZeroDivisionError  # the process dies before the commit
    assert (tills.state(order_id), tills.payments(order_id), tills.messages("receipt")) == ("held/held", [], 0)
    inbox.work(event_id)
    assert (tills.state(order_id), tills.payments(order_id)) == ("placed/confirmed", [("succeeded", 15_000)])
    assert (tills.messages("receipt"), tills.messages("registration_confirmed"), tills.balance(order_id).word[0]) == (
        1,
        1,
        "Paid",
    )


def test_2_paid_too_late_is_seated_while_a_place_is_free(till, frozen):
    order_id = till.order(capacity=1)
    till.pay(order_id)
    with transaction():
        orders.start_release(order_id)
        orders.finish_release(order_id)
    assert tills.state(order_id) == "expired/expired"
    till.deliver()
    assert (tills.state(order_id), tills.balance(order_id).unplaced_cents, seats.recount()) == ("placed/confirmed", 0, [])


def test_2_paid_too_late_without_a_place_waits_on_finances_desk(till, frozen):
    with transaction():
        event = events.workshop(capacity=1)
    order_id = till.order(event=event)
    till.pay(order_id)
    with transaction():
        orders.start_release(order_id)
        orders.finish_release(order_id)
        registrations.registered(event, people.person())
    till.deliver()
    assert (tills.state(order_id), seats.recount(), tills.messages("late_payment")) == ("expired/expired", [], 1)
    [row] = desk.unmatched()
    assert (row.free_cents, row.payment.note) == (15_000, "Paid after the hold had ended, and not every place was free any more.")
    with transaction():
        refunds.request_of_payment(row.payment.id, 15_000, reason="No place left", by_id=None)
    refund_courier.send_due(clock.now())
    assert (desk.unmatched(), tills.balance(order_id).paid_cents, tills.messages("refund")) == ([], 0, 1)


def test_the_page_of_an_order_says_what_was_paid_and_what_went_back(till):
    order_id = till.order()
    till.pay(order_id)
    till.deliver()
    with transaction():
        refunds.request(order_id, 5_000, reason="A mistake", by_id=None)
    refund_courier.send_due(clock.now())
    page = till.client.get(f"/orders/{tills.ref(order_id)}").text
    assert "<dt>Paid</dt><dd>$150.00</dd></div><div><dt>Given back to you</dt><dd>$50.00</dd></div>" in page


def test_the_page_of_an_order_that_owes_nothing_any_more_says_what_went_back(till):
    order_id = till.order()
    till.pay(order_id)
    till.deliver()
    event_id = db.session.scalars(select(Registration.event_id).filter_by(order_id=order_id)).one()
    with transaction():
        done = programme.cancel_event(event_id, actor_id=None, reason="Flood")
        giving_back.after(done, reason="Flood", by_id=None, today=clock.today("America/Chicago"))
    refund_courier.send_due(clock.now())
    page = till.client.get(f"/orders/{tills.ref(order_id)}").text
    assert "<dt>Paid</dt><dd>$150.00</dd></div><div><dt>Given back to you</dt><dd>$150.00</dd></div>" in page


def test_3_a_confirmed_place_always_has_its_mail(till):
    order_id = till.order()
    till.pay(order_id)
    till.deliver()
    assert (tills.state(order_id), tills.messages("registration_confirmed"), tills.messages("receipt")) == (
        "placed/confirmed",
        1,
        1,
    )


def test_4_a_refund_is_asked_for_at_stripe_and_applied_on_its_word(till):
    order_id = till.order()
    till.pay(order_id, "refund_pending")
    till.deliver()
    with transaction():
        refunds.request(order_id, 5_000, reason="Half a day fell out", by_id=None)
    assert (tills.balance(order_id).refunded_cents, tills.balance(order_id).in_flight_cents) == (0, 5_000)
    assert refund_courier.send_due(clock.now()) == 1
    assert (tills.balance(order_id).refunded_cents, tills.messages("refund")) == (0, 0)
    till.stripe.control("settle")
    till.deliver()
    till.deliver(*till.new_events())
    assert (tills.balance(order_id).refunded_cents, tills.balance(order_id).in_flight_cents, tills.messages("refund")) == (
        5_000,
        0,
        1,
    )
    assert [one["amount"] for one in till.stripe.control("books")["refunds"]] == [5_000]


def test_5_an_unknown_event_type_is_stored_and_answered_with_success(till):
    event = {"id": "evt_new", "type": "customer.moved_to_mars", "livemode": False, "data": {"object": {"id": "x"}}}
    assert till.post(event) == 200
    stored = db.session.scalars(select(ProviderEvent)).one()
    assert (stored.outcome, stored.provider_id) == ("ignored", "evt_new")


def test_6_an_old_receipt_does_not_follow_a_new_price(till):
    order_id = till.order()
    with transaction():
        db.session.execute(update(Price).values(amount_cents=99_900))
    till.pay(order_id)
    till.deliver()
    assert (tills.balance(order_id).owed_cents, tills.payments(order_id)) == (15_000, [("succeeded", 15_000)])


def test_7_a_large_total_fits_its_columns(till):
    order_id = till.order(price=99_999_999)
    with transaction():
        db.session.execute(select(Charge))
        charge = db.session.scalars(select(Charge).filter_by(order_id=order_id)).one()
        db.session.add_all(
            Charge(
                order_id=order_id,
                payer_id=charge.payer_id,
                kind="correction",
                label="More",
                amount_cents=99_999_999,
                due_on=charge.due_on,
                created_at=clock.now(),
            )
            for _ in range(40)
        )
    assert tills.balance(order_id).owed_cents == 41 * 99_999_999


def test_8_the_end_of_a_hold_is_checked_in_the_action(till, frozen):
    order_id = till.order()
    frozen.shift(timedelta(hours=2))
    with pytest.raises(Closed):
        till.open_page(order_id)


def test_9_the_same_event_twice_has_one_effect(till):
    order_id = till.order()
    till.pay(order_id)
    told = till.new_events()
    till.deliver(*told, *told, *reversed(told))
    assert (tills.payments(order_id), tills.messages("receipt"), db.session.query(ProviderEvent).count()) == (
        [("succeeded", 15_000)],
        1,
        len(told),
    )
    tills.check_books()


@pytest.mark.parametrize("seed", range(8))
def test_9_any_order_of_arrival_has_the_same_effect(till, seed):
    order_id = till.order()
    till.pay(order_id)
    till.shuffled(seed)
    assert (tills.state(order_id), tills.payments(order_id), tills.page(order_id).state) == (
        "placed/confirmed",
        [("succeeded", 15_000)],
        "complete",
    )
    assert (tills.balance(order_id).allocated_cents, tills.messages("receipt")) == (15_000, 1)


def test_10_the_sweep_finds_a_payment_whose_webhook_was_lost(till):
    order_id = till.order()
    till.pay(order_id)
    report = reconcile.sweep(clock.now())
    assert (tills.state(order_id), report.troubles, report.applied) == ("placed/confirmed", [], 1)
    assert reconcile.sweep(clock.now()).found == 0


def test_10_the_buyers_return_page_asks_stripe_too(till):
    order_id = till.order()
    till.pay(order_id)
    session_id = tills.page(order_id).provider_session_id
    answer = till.client.get(f"/orders/{tills.ref(order_id)}/paid?session={session_id}")
    assert (answer.status_code, answer.location, tills.state(order_id)) == (
        303,
        f"/orders/{tills.ref(order_id)}",
        "placed/confirmed",
    )
    till.deliver()
    assert (tills.payments(order_id), tills.messages("receipt")) == ([("succeeded", 15_000)], 1)


def test_10_the_return_page_applies_what_a_crash_left_stored(till):
    order_id = till.order()
    till.pay(order_id)
    told = gateway.retrieve_session(tills.page(order_id).provider_session_id)
    with transaction():
        inbox.keep_session(told, "return")  # and the process died before it was applied
    answer = till.client.get(f"/orders/{tills.ref(order_id)}/paid?session={told.id}")
    assert (answer.location, tills.state(order_id)) == (f"/orders/{tills.ref(order_id)}", "placed/confirmed")
