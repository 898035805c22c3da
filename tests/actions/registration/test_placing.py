"""From held to placed or let go: money, the clock, late payments, who is told."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, Refusal, Stale, Unacceptable
from webapp.notifications.models import Message
from webapp.registration import orders, programme, registrations, seats
from webapp.registration.models import Order, Payer, Registration, Seat
from webapp.registration.orders import BillTo, Buyer
from webapp.registration.orders.wishes import Held

BUYER = Buyer("Ana Silva", "ana@home.example")


def hold(event: Any, **more: Any) -> Held:
    return orders.hold(event.id, [places.stranger(event, **more)], BUYER)


def registration(held: Held) -> Registration:
    return places.of_order(held.order_id)


def order(held: Held) -> Order:
    return db.session.get_one(Order, held.order_id)


def kinds() -> list[str]:
    return sorted(db.session.scalars(select(Message.kind)))


def test_a_free_place_is_confirmed_at_once() -> None:
    held = hold(events.workshop(member=0, non_member=0))
    assert orders.place(held.order_id, "free") == "placed"
    assert (registration(held).state, order(held).method, order(held).hold_until) == ("confirmed", "free", None)


def test_on_invoice_the_place_is_theirs_until_a_release_date() -> None:
    held = hold(events.workshop())
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO, po_number="PO 7")
    payer = db.session.get_one(Payer, order(held).payer_id)
    assert (registration(held).state, registration(held).release_on, order(held).po_number) == ("confirmed", events.day(30), "PO 7")
    assert (payer.kind, payer.name, payer.email) == ("agency", "Lakeshore Home Visiting", "office@lakeshore.example")
    assert set(db.session.scalars(select(Seat.state))) == {"booked"}


def test_an_invoice_needs_the_agencys_name() -> None:
    with pytest.raises(Unacceptable) as caught:
        orders.place(hold(events.workshop()).order_id, "invoice", bill_to=BillTo(" "))
    assert caught.value.field == "agency"


def test_by_card_the_order_stays_held_long_enough_to_pay() -> None:
    held = hold(events.workshop())
    assert orders.place(held.order_id, "card") == "held"
    assert order(held).hold_until == clock.now() + timedelta(minutes=35)


def test_money_confirms_once() -> None:
    held = hold(events.workshop())
    orders.place(held.order_id, "card")
    orders.confirm(held.order_id)
    orders.confirm(held.order_id)
    assert registration(held).state == "confirmed" and kinds().count("registration_confirmed") == 1


def test_an_order_is_placed_once() -> None:
    held = hold(events.workshop(member=0, non_member=0))
    orders.place(held.order_id, "free")
    with pytest.raises(AlreadyDone):
        orders.place(held.order_id, "free")


def test_what_costs_something_is_never_free() -> None:
    with pytest.raises(Unacceptable):
        orders.place(hold(events.workshop()).order_id, "free")


def test_another_amount_than_the_page_showed_is_refused() -> None:
    with pytest.raises(Stale):
        orders.place(hold(events.workshop()).order_id, "card", seen_total_cents=1)


def test_after_its_time_an_order_cannot_be_placed(frozen: time_machine.Traveller) -> None:
    held = hold(events.workshop())
    frozen.shift(timedelta(minutes=20))
    with pytest.raises(Closed):
        orders.place(held.order_id, "card")


def test_the_clock_lets_an_unpaid_seat_go(frozen: time_machine.Traveller) -> None:
    held = hold(events.workshop(capacity=1))
    assert orders.expire(held.order_id) is False
    frozen.shift(timedelta(minutes=20))
    assert orders.due_for_release(clock.now()) == [held.order_id]
    assert orders.expire(held.order_id) is True and orders.expire(held.order_id) is False
    assert (order(held).state, registration(held).state, seats.recount(), kinds()) == ("expired", "expired", [], ["hold_expired"])


def test_more_time_is_given_twice(frozen: time_machine.Traveller) -> None:
    held = hold(events.workshop())
    frozen.shift(timedelta(minutes=15))
    assert orders.give_more_time(held.order_id) == clock.now() + timedelta(minutes=10)
    orders.give_more_time(held.order_id)
    with pytest.raises(Refusal, match="twice already"):
        orders.give_more_time(held.order_id)


def test_more_time_after_the_end_is_refused(frozen: time_machine.Traveller) -> None:
    held = hold(events.workshop())
    frozen.shift(timedelta(minutes=20))
    with pytest.raises(Closed):
        orders.give_more_time(held.order_id)


def test_a_seat_let_go_is_free_and_tells_nobody() -> None:
    held = hold(events.workshop(capacity=1))
    assert orders.let_go(held.order_id) is True
    assert (order(held).state, seats.recount(), kinds()) == ("expired", [], [])


def test_letting_go_while_a_payment_page_is_open_waits_for_it() -> None:
    held = hold(events.workshop(capacity=1))
    orders.place(held.order_id, "card")
    orders.let_go(held.order_id)
    assert (order(held).state, registration(held).state) == ("releasing", "held")
    assert orders.finish_release(held.order_id) is True and registration(held).state == "expired"


def test_a_releasing_order_is_still_confirmed_by_its_money() -> None:
    held = hold(events.workshop())
    orders.start_release(held.order_id)
    orders.confirm(held.order_id)
    assert orders.finish_release(held.order_id) is False and registration(held).state == "confirmed"


def test_late_money_finds_every_free_seat_again() -> None:
    event = events.conference(rooms=(1,))
    pick = {events.blocks(event)["A"].id: next(s.id for s in events.sessions(event) if s.title == "Breakout A1")}
    held = hold(event, breakouts=pick)
    orders.let_go(held.order_id)
    assert orders.confirm_late(held.order_id) is True
    booked = list(db.session.scalars(select(Seat.how).filter_by(state="booked").order_by(Seat.how)))
    assert (order(held).state, booked, seats.recount()) == ("placed", ["all", "chosen"], [])


def test_late_money_without_a_seat_changes_nothing() -> None:
    event = events.conference(rooms=(1,))
    pick = {events.blocks(event)["A"].id: next(s.id for s in events.sessions(event) if s.title == "Breakout A1")}
    held = hold(event, breakouts=pick)
    orders.let_go(held.order_id)
    hold(event, breakouts=pick, given="Bo")
    assert orders.confirm_late(held.order_id) is False
    assert (order(held).state, registration(held).state, seats.recount()) == ("expired", "expired", [])


def test_late_money_of_who_registered_anew_is_for_finance() -> None:
    event, maria = events.workshop(), people.person()
    first = places.held(event, maria)
    orders.let_go(first.order_id)
    places.registered(event, maria)
    assert orders.confirm_late(first.order_id) is False


def test_the_attendee_hears_and_is_reminded_twice() -> None:
    event = events.workshop()
    held = hold(event, email="ana@home.example")
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    starts_at = events.sessions(event)[0].starts_at
    waiting = {row.facts["days"]: row.not_before for row in db.session.scalars(select(Message).filter_by(kind="reminder"))}
    assert kinds() == ["registration_confirmed", "reminder", "reminder"]
    assert waiting == {7: starts_at - timedelta(days=7), 1: starts_at - timedelta(days=1)}


def test_a_reminder_whose_day_has_passed_is_not_laid_in() -> None:
    held = hold(events.workshop(starts=events.at(days=3)))
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    assert [row.facts["days"] for row in db.session.scalars(select(Message).filter_by(kind="reminder"))] == [1]


def test_who_orders_for_a_colleague_hears_of_the_order() -> None:
    held = hold(events.workshop(), given="Bo", email="bo@home.example")
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    told = {row.kind: row.to_address for row in db.session.scalars(select(Message)) if row.kind != "reminder"}
    assert told == {"registration_confirmed": "bo@home.example", "order_placed": "ana@home.example"}


def test_late_money_finds_no_place_in_an_event_that_was_cancelled_meanwhile(frozen: Any) -> None:
    event = events.workshop()
    held = hold(event)
    frozen.shift(timedelta(hours=1))
    assert orders.expire(held.order_id)
    programme.cancel_event(event.id, actor_id=None, reason="The hall burnt down.")
    assert not orders.confirm_late(held.order_id)
    assert (registration(held).state, seats.recount()) == ("expired", [])


def test_an_order_that_was_let_go_is_not_confirmed_without_its_places(frozen: Any) -> None:
    held = hold(events.workshop())
    frozen.shift(timedelta(hours=1))
    assert orders.expire(held.order_id)
    with pytest.raises(Refusal):
        orders.confirm(held.order_id)
    assert (order(held).state, registration(held).state) == ("expired", "expired")


def test_late_money_finds_no_place_in_a_group_that_is_full_by_now() -> None:
    event = events.cohort(size=1)
    late, group = places.held_by_offer(event, people.person(), group="Group A"), events.groups(event)["Group A"].id
    orders.let_go(late.order_id)
    other = places.registered(event, people.person())
    registrations.assign_group(other.id, group, by_id=None)
    assert orders.confirm_late(late.order_id) is False
    assert (registration(late).state, seats.recount()) == ("expired", [])


def test_late_money_for_two_finds_no_place_where_one_is_left() -> None:
    event = events.workshop(capacity=2)
    late = orders.hold(event.id, [places.stranger(event), places.stranger(event, given="Bo")], BUYER)
    orders.let_go(late.order_id)
    hold(event, given="Cy")
    assert orders.confirm_late(late.order_id) is False
    assert set(db.session.scalars(select(Registration.state).filter_by(order_id=late.order_id))) == {"expired"} and seats.recount() == []
