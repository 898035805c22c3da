"""What goes back after a cancellation: what the policy says, no cent more, however many places the order has."""

from datetime import date

from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, corrections, giving_back, invoices, messages, receipts, sharing
from webapp.payments.models import CreditNote, Refund
from webapp.payments.receipts import Received
from webapp.registration import orders
from webapp.registration import registrations as places
from webapp.registration.funds import giving
from webapp.registration.models import Order, Registration

TODAY = date(2026, 7, 15)


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
    stands = tills.balance(order_id)
    assert (stands.paid_cents, stands.unplaced_cents, stands.in_flight_cents) == (0, 0, 0)


def lots_of(order_id):
    """(cents, last day) of what the payer of the order has."""
    payer_id = db.session.get_one(Order, order_id).payer_id
    return [(lot.left_cents, lot.expires_on) for lot in balance.of(payer_id, TODAY)]


def test_what_the_policy_keeps_is_a_balance_of_the_payer_with_a_last_day(finance):
    order_id, (first, second) = two_paid_places(finance, "balance-for-a-year")
    cancel(first)
    assert lots_of(order_id) == [(15_000, date(2027, 7, 15))]
    cancel(second)
    assert lots_of(order_id) == [(15_000, date(2027, 7, 15))] * 2
    assert db.session.scalar(select(func.count()).select_from(Refund).where(Refund.to_balance.is_(False))) == 0


def test_only_what_was_paid_becomes_a_balance(finance):
    with transaction():
        place = registrations.registered(events.workshop(policy="balance-for-a-year"), people.person())
        receipts.record(place.order_id, Received("cheque", 6_000, TODAY, tills.ZONE, "1"), by_id=finance)
    foreseen = giving_back.foreseen_kept(tills.balance(place.order_id), places.foresee(place.id))
    cancel(place.id)
    assert (foreseen, lots_of(place.order_id)) == (6_000, [(6_000, date(2027, 7, 15))])
    assert tills.balance(place.order_id).owed_cents == 0


def test_nobody_who_paid_nothing_has_a_balance(finance):
    with transaction():
        place = registrations.registered(events.workshop(policy="balance-for-a-year"), people.person())
    cancel(place.id)
    assert lots_of(place.order_id) == []


def test_a_balance_is_kept_rather_where_the_payer_chose_it(finance):
    order_id, (first, second) = two_paid_places(finance, "seven-days-less-20")
    with transaction():
        done = places.cancel(first, by_id=None, as_balance=True)
        assert giving_back.after([done], reason="Ill", by_id=None, today=TODAY) == 0
    assert lots_of(order_id) == [(15_000, date(2028, 7, 15))]
    assert cancel(second) == 13_000
    assert (tills.balance(order_id).owed_cents, lots_of(order_id)) == (2_000, [(15_000, date(2028, 7, 15))])


def test_when_we_cancel_money_goes_back_and_nothing_is_kept(finance):
    order_id, (first, _) = two_paid_places(finance, "balance-for-a-year")
    with transaction():
        done = places.cancel(first, by_id=None, by_organizer=True)
        assert giving_back.after([done], reason="Flood", by_id=None, today=TODAY) == 15_000
    assert lots_of(order_id) == []


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


def test_an_order_that_was_lowered_owes_no_less_than_nothing_when_the_part_it_carried_ends(finance):
    with transaction():
        place = registrations.registered(events.workshop(), people.person())
        payer = giving.OtherPayer("person", "Uma Payer", "uma@payer.example")
        given = giving.split(place.id, 4_000, payer, by_id=finance, reason="Agreed")
        sharing.after(given, reason="Agreed", by_id=finance, today=TODAY)
        corrections.correct(given.other_id, -1_000, reason="Goodwill", by_id=finance)
    with transaction():
        done = places.cancel(place.id, by_id=finance, by_organizer=True, reason="Ill")
        giving_back.after([done], reason="Ill", by_id=finance, today=TODAY)
    assert tills.balance(given.other_id).owed_cents == 0
