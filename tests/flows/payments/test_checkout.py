"""The page at Stripe: opened once, closed before the places go, found again after a crash."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone
from webapp.payments import checkout, closing, gateway, reconcile
from webapp.payments.models import CheckoutPage
from webapp.registration import orders, seats
from webapp.registration.models import Order


def pages(order_id):
    db.session.expire_all()
    return list(
        db.session.scalars(select(CheckoutPage.state).where(CheckoutPage.order_id == order_id).order_by(CheckoutPage.attempt))
    )


def hold_until(order_id):
    return db.session.scalar(select(Order.hold_until).where(Order.id == order_id))


def test_the_hold_lasts_as_long_as_the_page(till):
    order_id = till.order()
    till.open_page(order_id)
    assert (tills.page(order_id).expires_at, tills.page(order_id).amount_cents) == (hold_until(order_id), 15_000)
    assert hold_until(order_id) >= clock.now() + timedelta(minutes=30)


def test_a_second_attempt_comes_to_the_same_page(till):
    order_id = till.order()
    first, second = till.open_page(order_id), till.open_page(order_id)
    assert (pages(order_id), first == second, till.stripe.pay(second)["state"]) == (["open"], True, "paid")


def test_a_page_with_little_time_left_is_closed_and_another_opened(till, frozen):
    order_id = till.order()
    first = till.open_page(order_id)
    frozen.move_to(tills.page(order_id).expires_at - timedelta(minutes=9))
    till.stripe.control("clock", now=int(clock.now().timestamp()))
    till.open_page(order_id)
    assert (pages(order_id), till.stripe.pay(first)["state"]) == (["expired", "open"], "closed")
    assert hold_until(order_id) == clock.now() + checkout.SHORTEST


def test_a_page_for_another_amount_is_closed_first(till):
    with transaction():
        order_id = registrations.accepted(events.cohort(tuition=900_000), people.person(), method="invoice").order_id
    first = till.open_page(order_id)
    checkout.open_page(order_id, clock.today(tills.ZONE), whole=True)
    assert (pages(order_id), tills.page(order_id).amount_cents, till.stripe.pay(first)["state"]) == (["expired", "open"], 900_000, "closed")


def test_a_page_that_stripe_closed_by_itself_is_followed_by_another(till):
    order_id = till.order()
    till.open_page(order_id)
    gateway.expire_checkout(tills.page(order_id).provider_session_id)
    till.open_page(order_id)
    assert pages(order_id) == ["expired", "open"]


def test_a_second_attempt_finds_that_the_first_was_paid(till):
    order_id = till.order()
    till.pay(order_id)
    with pytest.raises(AlreadyDone) as refused:
        till.open_page(order_id)
    assert (refused.value.code, tills.state(order_id), pages(order_id)) == ("just_paid", "placed/confirmed", ["complete"])


def test_a_paid_order_opens_no_page(till):
    order_id = till.order()
    till.pay(order_id)
    till.deliver()
    with pytest.raises(AlreadyDone):
        till.open_page(order_id)


def test_an_answer_lost_on_the_way_is_found_again_under_the_same_key(till):
    order_id = till.order()
    till.stripe.control("fault", request="POST /v1/checkout/sessions", kind="lose_answer", times=3)
    with pytest.raises(gateway.Unreachable):
        till.open_page(order_id)
    assert (pages(order_id), tills.state(order_id)) == (["opening"], "held/held")
    assert till.stripe.pay(till.open_page(order_id))["state"] == "paid"
    assert (pages(order_id), [session["status"] for session in till.stripe.control("books")["sessions"]]) == (["open"], ["complete"])


def test_stripe_that_cannot_be_reached_is_said_kindly_and_the_place_is_kept(till):
    order_id = till.order()
    till.stripe.control("fault", request="POST /v1/checkout/sessions", kind="error", times=9)
    answer = till.client.post(f"/orders/{tills.ref(order_id)}/card")
    assert (answer.status_code, answer.location, tills.state(order_id)) == (303, f"/orders/{tills.ref(order_id)}", "held/held")
    with till.client.session_transaction() as session:
        [(kind, words)] = session["_flashes"]
    assert (kind, words) == (
        "warning",
        "The card service cannot be reached just now. Your place is kept; please try again in a minute.",
    )


def test_a_hold_that_is_over_closes_its_page_before_the_place_goes(till, frozen):
    order_id = till.order(capacity=1)
    url = till.open_page(order_id)
    frozen.shift(timedelta(hours=1))
    assert closing.release_due(clock.now()) == 1
    assert (tills.state(order_id), pages(order_id), seats.recount()) == ("expired/expired", ["expired"], [])
    assert till.stripe.pay(url)["state"] == "closed"


def test_a_hold_that_is_over_but_paid_is_confirmed(till, frozen):
    order_id = till.order()
    till.pay(order_id)
    frozen.shift(timedelta(hours=1))
    assert closing.release_due(clock.now()) == 0
    assert (tills.state(order_id), pages(order_id)) == ("placed/confirmed", ["complete"])


def test_a_hold_without_a_page_ends_by_itself(till, frozen):
    order_id = till.order()
    frozen.shift(timedelta(hours=1))
    assert (closing.release_due(clock.now()), tills.state(order_id)) == (1, "expired/expired")


def test_a_release_that_was_interrupted_goes_on(till, frozen):
    order_id = till.order()
    till.open_page(order_id)
    frozen.shift(timedelta(hours=1))
    with transaction():
        orders.start_release(order_id)
    assert (reconcile.settle(clock.now()).released, tills.state(order_id), pages(order_id)) == (1, "expired/expired", ["expired"])


def test_a_place_whose_page_cannot_be_closed_is_kept(till, frozen):
    order_id = till.order()
    till.open_page(order_id)
    frozen.shift(timedelta(hours=1))
    till.stripe.control("fault", request="POST /v1/checkout/sessions/cs_", kind="error", times=9)
    assert (closing.release_due(clock.now()), tills.state(order_id)) == (0, "releasing/held")


def test_a_bank_that_is_still_confirming_keeps_the_place(till, frozen):
    order_id = till.order()
    till.pay(order_id, "bank")
    till.deliver()
    frozen.shift(timedelta(days=3))
    assert (closing.release_due(clock.now()), tills.state(order_id)) == (0, "held/held")


def test_instalments_are_paid_one_after_the_other(till):
    with transaction():
        event = events.cohort(tuition=900_000)
        place = registrations.accepted(event, people.person(), method="invoice")
    order_id = place.order_id
    till.pay(order_id)
    till.deliver()
    balance = tills.balance(order_id)
    assert (tills.payments(order_id), balance.open_cents, balance.due_now_cents) == ([("succeeded", 300_000)], 600_000, 0)
    assert till.stripe.pay(checkout.open_page(order_id, clock.today(tills.ZONE), whole=True))["state"] == "paid"
    till.deliver()
    assert (tills.balance(order_id).word[0], tills.balance(order_id).allocated_cents) == ("Paid", 900_000)


def test_the_return_page_waits_when_stripe_is_silent(till):
    order_id = till.order()
    till.pay(order_id)
    session_id = tills.page(order_id).provider_session_id
    till.stripe.control("fault", request=f"GET /v1/checkout/sessions/{session_id}", kind="error", times=9)
    answer = till.client.get(f"/orders/{tills.ref(order_id)}/paid?session={session_id}")
    assert (answer.status_code, answer.headers["Refresh"], tills.state(order_id)) == (200, "5", "held/held")


@pytest.mark.parametrize("session", ["", "cs_test_of_nobody", "\x00", "x" * 3000])
def test_a_return_with_a_strange_session_just_shows_the_order(till, session):
    order_id = till.order()
    answer = till.client.get(f"/orders/{tills.ref(order_id)}/paid", query_string={"session": session})
    assert (answer.status_code, answer.location) == (303, f"/orders/{tills.ref(order_id)}")


def test_a_buyer_who_turned_back_may_choose_again(till):
    order_id = till.order()
    till.open_page(order_id)
    session_id = tills.page(order_id).provider_session_id
    answer = till.client.get(f"/orders/{tills.ref(order_id)}/paid?session={session_id}")
    assert answer.location == f"/orders/{tills.ref(order_id)}/review"


def test_no_call_to_stripe_inside_a_transaction(till):
    with pytest.raises(RuntimeError, match="inside a transaction"), transaction():
        gateway.retrieve_session("cs_test_x")
