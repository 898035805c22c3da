"""What goes back after a cancellation: what the policy says, no cent more, however many places the order has."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import corrections, giving_back, invoices, messages, receipts
from webapp.payments.models import CreditNote
from webapp.payments.receipts import Received
from webapp.registration import orders
from webapp.registration import registrations as places
from webapp.registration.models import Registration

TODAY = date(2026, 7, 15)


@pytest.fixture
def finance():
    """Somebody of finance."""
    with transaction():
        return people.person(roles=["finance"]).id


def two_paid_places(finance, policy):
    """An order of two places at $150.00, paid by one cheque; the ids of the order and of the places."""
    with transaction():
        event, buyer = events.workshop(policy=policy), people.person()
        made = orders.hold(event.id, [registrations.stranger(event, email=f"a{n}@home.example") for n in range(2)],
                           registrations.buyer(buyer))
        registrations.place(made.order_id)
        receipts.record(made.order_id, Received("cheque", 30_000, TODAY, tills.ZONE, "1"), by_id=finance)
    return made.order_id, list(db.session.scalars(select(Registration.id).filter_by(order_id=made.order_id).order_by(Registration.id)))


def cancel(registration_id):
    with transaction():
        return giving_back.after([places.cancel(registration_id, by_id=None)], reason="Ill", by_id=None, today=clock.today(tills.ZONE))


def test_a_balance_kept_from_one_place_does_not_go_back_with_the_next(finance):
    order_id, (first, second) = two_paid_places(finance, "balance-for-a-year")
    assert [cancel(first), cancel(second)] == [0, 0]
    assert tills.balance(order_id).unplaced_cents == 30_000


def test_who_paid_is_told_so_when_the_event_is_off(finance):
    _, (first, _) = two_paid_places(finance, "balance-for-a-year")
    assert messages.build_event_cancelled({"registration_id": first})["was_paid"] is True


def test_each_place_brings_back_its_own_price_less_its_fee(finance):
    order_id, (first, second) = two_paid_places(finance, "seven-days-less-20")
    assert [cancel(first), cancel(second)] == [13_000, 13_000]
    assert tills.balance(order_id).owed_cents == 4_000


def test_a_cancellation_is_credited_over_all_invoices_of_its_order(finance):
    with transaction():
        place = registrations.registered(events.workshop(policy="one-week-then-colleague"), people.person())
        invoices.issue(place.order_id)
        corrections.correct(place.order_id, 4_000, reason="Lunch", by_id=finance)
    cancel(place.id)
    assert (tills.balance(place.order_id).owed_cents, sum(bill.rest_cents for bill in invoices.of_order(place.order_id))) == (4_000, 4_000)
    assert sum(db.session.scalars(select(CreditNote.total_cents))) == 15_000


def test_a_reduction_of_the_order_ends_with_what_it_reduced(finance):
    with transaction():
        place = registrations.registered(events.workshop(policy="one-week-then-colleague"), people.person())
        corrections.correct(place.order_id, -2_000, reason="Goodwill", by_id=finance)
    cancel(place.id)
    assert tills.balance(place.order_id).owed_cents == 0
