"""A payment page whose places or debt are gone is closed at Stripe; who pays in that second finds her money on finance's desk."""

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock, work
from webapp.core.db import db, transaction
from webapp.payments import corrections, giving_back, reconcile, refund_courier, refunds
from webapp.payments.models import CheckoutPage
from webapp.payments.queries import desk
from webapp.registration import orders, programme, seats
from webapp.registration import registrations as places
from webapp.registration.models import Registration

LATE = "Paid after the order was cancelled."


def page_states(order_id):
    db.session.expire_all()
    return list(db.session.scalars(select(CheckoutPage.state).filter_by(order_id=order_id).order_by(CheckoutPage.id)))


def two_places():
    """A held order of two places at $150.00; its id and those of the places."""
    with transaction():
        event, buyer = events.workshop(), people.person()
        wishes = [registrations.stranger(event, email=f"a{n}@home.example") for n in range(2)]
        order_id = orders.hold(event.id, wishes, registrations.buyer(buyer)).order_id
        orders.place(order_id, "card")
    return order_id, list(db.session.scalars(select(Registration.id).filter_by(order_id=order_id).order_by(Registration.id)))


def cancel(registration_id):
    with transaction():
        done = places.cancel(registration_id, by_id=None, reason="Cannot come", by_organizer=True)
        giving_back.after([done], reason="Cannot come", by_id=None, today=clock.today(tills.ZONE))


def place_of(order_id):
    return db.session.scalars(select(Registration.id).filter_by(order_id=order_id)).one()


def test_a_cancelled_order_closes_its_page(till):
    order_id = till.order()
    url = till.open_page(order_id)
    cancel(place_of(order_id))
    reconcile.settle(clock.now())
    assert (page_states(order_id), till.stripe.pay(url)["state"], tills.state(order_id)) == (["expired"], "closed", "cancelled/cancelled")


def test_a_cancelled_event_closes_every_page(till):
    with transaction():
        event = events.workshop()
    ours = [till.order(event=event) for _ in range(2)]
    urls = [till.open_page(order_id) for order_id in ours]
    with transaction():
        done = programme.cancel_event(event.id, actor_id=None, reason="The speaker is ill")
        giving_back.after(done, reason="The speaker is ill", by_id=None, today=clock.today(tills.ZONE))
    reconcile.settle(clock.now())
    assert [(page_states(one), till.stripe.pay(url)["state"]) for one, url in zip(ours, urls, strict=True)] == [(["expired"], "closed")] * 2


def test_one_of_two_places_given_back_closes_the_page_for_two(till):
    order_id, (first, _) = two_places()
    url = till.open_page(order_id)
    cancel(first)
    reconcile.settle(clock.now())
    assert (page_states(order_id), till.stripe.pay(url)["state"]) == (["expired"], "closed")
    till.pay(order_id)
    assert tills.page(order_id).amount_cents == 15_000


def test_a_correction_downwards_closes_the_page(till):
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
    till.open_page(order_id)
    with transaction():
        corrections.correct(order_id, -5_000, reason="Volunteer", by_id=people.person(roles=["finance"]).id)
    reconcile.settle(clock.now())
    assert page_states(order_id) == ["expired"]


def test_a_page_that_asks_for_what_is_open_stays(till):
    order_id = till.order()
    till.open_page(order_id)
    with transaction():
        instalments = registrations.accepted(events.cohort(tuition=900_000), people.person(), method="invoice").order_id
    till.open_page(instalments)
    reconcile.settle(clock.now())
    assert (page_states(order_id), page_states(instalments)) == (["open"], ["open"])


@pytest.mark.parametrize("told_first", [True, False])
def test_who_pays_in_that_second_finds_her_money_on_the_desk_with_a_way_back(till, told_first):
    order_id = till.order(capacity=1)
    url = till.open_page(order_id)
    cancel(place_of(order_id))
    assert till.stripe.pay(url)["state"] == "paid"
    if told_first:
        till.deliver()
    reconcile.settle(clock.now())
    till.deliver()
    [row] = desk.unmatched()
    assert (row.free_cents, row.payment.note, tills.state(order_id), seats.recount()) == (15_000, LATE, "cancelled/cancelled", [])
    with transaction():
        refunds.request_of_payment(row.payment.id, 15_000, reason="The place was given back", by_id=None)
    refund_courier.send_due(clock.now())
    assert (desk.unmatched(), tills.balance(order_id).paid_cents, page_states(order_id)) == ([], 0, ["complete"])


def test_who_pays_for_two_when_one_is_gone_has_one_place_and_the_rest_on_the_desk(till):
    order_id, (first, second) = two_places()
    url = till.open_page(order_id)
    cancel(first)
    assert till.stripe.pay(url)["state"] == "paid"
    reconcile.settle(clock.now())
    [row] = desk.unmatched()
    assert (row.free_cents, tills.balance(order_id).allocated_cents) == (15_000, 15_000)
    assert db.session.get_one(Registration, second).state == "confirmed"


def test_a_page_that_stripe_will_not_close_does_not_keep_others_open(till):
    ours = [till.order() for _ in range(2)]
    for order_id in ours:
        till.open_page(order_id)
        cancel(place_of(order_id))
    stuck = tills.page(ours[0]).provider_session_id
    till.stripe.control("fault", request=f"POST /v1/checkout/sessions/{stuck}/expire", kind="error", times=9)
    reconcile.settle(clock.now())
    assert [page_states(one) for one in ours] == [["open"], ["expired"]]


@pytest.fixture
def heard():
    """The kinds of work a worker was woken for."""
    told = []
    work.on_commit(told.append)
    yield told
    work._listeners.remove(told.append)


def test_giving_a_place_back_on_its_page_wakes_the_courier(till, heard):
    with transaction():
        order_id = registrations.registered(events.workshop(), people.person()).order_id
    url = till.open_page(order_id)
    heard.clear()
    till.client.post(f"/orders/{tills.ref(order_id)}/cancel/{place_of(order_id)}")
    reconcile.settle(clock.now())
    assert ("money" in heard[0], tills.state(order_id), till.stripe.pay(url)["state"]) == (True, "cancelled/cancelled", "closed")


def test_a_fee_that_stays_open_after_cancelling_is_paid_by_card(till):
    """The place is gone, and its policy keeps something: the page of the order asks for that, and Stripe's page takes it."""
    with transaction():
        place = registrations.registered(events.workshop(non_member=15_000), people.person())
    with transaction():
        done = places.cancel(place.id, by_id=None)
        giving_back.after([done], reason="Cannot come", by_id=None, today=clock.today(tills.ZONE))
    owed = tills.balance(place.order_id).open_cents
    assert owed == 2_000 and "$20.00 are still to be paid" in till.client.get(f"/orders/{tills.ref(place.order_id)}").text
    assert till.stripe.pay(till.open_page(place.order_id))["state"] == "paid"
    till.deliver()
    assert (tills.balance(place.order_id).open_cents, desk.unmatched(), tills.state(place.order_id)) == (0, [], "cancelled/cancelled")
