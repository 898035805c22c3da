"""Several events and people on one order, before it is paid."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import codes, events, funds
from tests.factories import registrations as places
from webapp.catalog import parts
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal
from webapp.registration import ledger, orders, registrations, seats
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.models import Order, Registration
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Buyer, Held

JOAN = Buyer("Joan Tate", "joan@home.example")


def begun(event: Event, given: str = "Joan", **more: Any) -> Held:
    return orders.hold(event.id, [wish(event, given)], JOAN, **more)


def added(order: Held, event: Event, given: str = "Joan", **more: Any) -> Held:
    return orders.hold(event.id, [wish(event, given)], JOAN, into=order.order_id, **more)


def wish(event: Event, given: str, **more: Any) -> Any:
    return places.stranger(event, given=given, email=f"{given.lower()}@home.example", **more)


def order(held: Held) -> Order:
    return db.session.get_one(Order, held.order_id, populate_existing=True)


def ours(held: Held) -> list[Registration]:
    return list(db.session.scalars(select(Registration).filter_by(order_id=held.order_id).order_by(Registration.id)))


def fees(held: Held) -> list[tuple[str, int]]:
    return [(one.kind, one.amount_cents) for one in ledger.live(held.order_id)]


def test_two_events_on_one_order_are_paid_together_and_confirmed_each() -> None:
    one, other = events.workshop(), events.workshop("Other", non_member=9_000)
    cart = added(begun(one), other)
    assert (cart.total_cents, [place.event_id for place in ours(cart)]) == (24_000, [one.id, other.id])
    orders.place(cart.order_id, "card")
    orders.confirm(cart.order_id)
    assert {place.state for place in ours(cart)} == {"confirmed"} and seats.recount() == []


def test_one_deadline_for_all_twenty_minutes_from_the_last_addition(frozen: time_machine.Traveller) -> None:
    one, other = events.workshop(), events.workshop("Other")
    cart = begun(one)
    before = order(cart).hold_until
    frozen.shift(timedelta(minutes=15))
    added(cart, other)
    assert before is not None and order(cart).hold_until == before + timedelta(minutes=15)
    frozen.shift(timedelta(minutes=21))
    orders.expire(cart.order_id)
    assert {place.state for place in ours(cart)} == {"expired"} and seats.recount() == []


def test_adding_keeps_no_seat_for_more_than_two_hours(frozen: time_machine.Traveller) -> None:
    event = events.workshop()
    cart, start = begun(event), order(begun(event, "Cy")).created_at
    for name in ("Ana", "Bo", "Di", "Ed", "Flo", "Gus", "Hal"):
        frozen.shift(timedelta(minutes=17))
        added(cart, event, name)
    assert order(cart).hold_until == start + timedelta(hours=2, minutes=0)


def test_the_group_price_begins_with_the_fifth_and_ends_when_she_is_taken_out() -> None:
    event = events.conference()
    cart = begun(event, "Ana")
    for name in ("Bo", "Cy", "Di"):
        added(cart, event, name)
    assert order_total(cart) == 4 * 39_500
    added(cart, event, "Ed")
    assert (order_total(cart), fees(cart).count(("discount", -3_950))) == (5 * 35_550, 5)
    orders.take_out(cart.order_id, ours(cart)[1].id)
    assert (order_total(cart), [one.state for one in ours(cart)], seats.recount()) == (
        4 * 39_500, ["held", "cancelled", "held", "held", "held"], [])


def test_a_code_is_put_on_all_places_of_its_event_and_counted_right() -> None:
    one, other = events.workshop(), events.workshop("Other", non_member=9_000)
    codes.code(one, event_ids=[one.id])
    codes.code(other, "OTHER20", event_ids=[other.id], amount_cents=2_000)
    cart = added(begun(one, "Ana", code="SPRING10"), other)
    assert orders.apply_code(cart.order_id, "OTHER20") == ""
    added(cart, one, "Bo")
    assert (order_total(cart), counting.recount()) == (13_500 * 2 + 7_000, [])
    orders.take_out(cart.order_id, ours(cart)[0].id)
    assert (order_total(cart), counting.recount()) == (13_500 + 7_000, [])
    orders.remove_code(cart.order_id)
    assert (order_total(cart), counting.recount()) == (24_000, [])


def test_a_code_for_none_of_the_events_says_why() -> None:
    one, other = events.workshop(), events.workshop("Other")
    codes.code(one, event_ids=[events.workshop("Third").id])
    with pytest.raises(Refusal, match="This code is for Third only"):
        orders.apply_code(added(begun(one), other).order_id, "SPRING10")


def test_the_same_form_adds_once() -> None:
    one, other = events.workshop(), events.workshop("Other")
    cart = begun(one, submit_key="a:1", form_key="a")
    first, second = (added(cart, other, submit_key="b:1", form_key="b") for _ in range(2))
    assert (second.repeated, second.ref, len(ours(cart)), first.total_cents) == (True, cart.ref, 2, 30_000)


def test_the_last_place_taken_out_lets_the_order_go() -> None:
    cart = begun(events.workshop())
    orders.take_out(cart.order_id, ours(cart)[0].id)
    assert (order(cart).state, ours(cart)[0].state, seats.recount()) == ("expired", "expired", [])


def test_late_money_does_not_bring_back_what_was_taken_out(frozen: time_machine.Traveller) -> None:
    one, other = events.workshop(), events.workshop("Other")
    cart = added(begun(one), other)
    orders.take_out(cart.order_id, ours(cart)[0].id)
    frozen.shift(timedelta(hours=1))
    orders.expire(cart.order_id)
    assert orders.confirm_late(cart.order_id) and [place.state for place in ours(cart)] == ["cancelled", "confirmed"]


def test_nothing_goes_on_an_order_that_is_over_or_being_paid(frozen: time_machine.Traveller) -> None:
    one, other = events.workshop(), events.workshop("Other")
    cart = begun(one)
    orders.place(cart.order_id, "card")
    with pytest.raises(Refusal, match="is being paid"):
        added(cart, other)
    frozen.shift(timedelta(hours=1))
    with pytest.raises(Closed, match="is over"):
        added(cart, other)
    with pytest.raises((Closed, Refusal)):
        orders.take_out(cart.order_id, ours(cart)[0].id)


def test_somebody_elses_place_is_not_taken_out() -> None:
    event = events.workshop()
    cart, other = begun(event), begun(event, "Bo")
    with pytest.raises(NotFound):
        orders.take_out(cart.order_id, ours(other)[0].id)


def test_cancelling_one_event_brings_back_its_lines_only() -> None:
    one, other = events.workshop(), events.workshop("Other", non_member=9_000)
    cart = added(begun(one), other)
    places.place(cart.order_id)
    done = registrations.cancel(ours(cart)[1].id, by_id=None)
    assert (done.outcome.refund_cents, done.owed_cents, order(cart).state) == (7_000, 15_000 + 2_000, "placed")
    assert [place.state for place in ours(cart)] == ["confirmed", "cancelled"]


def order_total(held: Held) -> int:
    assert db.session.scalar(select(func.count()).where(Registration.order_id == held.order_id)) or 0
    return ledger.owed(held.order_id)


def test_the_same_code_typed_with_each_addition_is_on_all_of_them() -> None:
    event = events.workshop()
    codes.code(event)
    cart = added(begun(event, "Ana", code="SPRING10"), event, "Bo", code="SPRING10")
    assert (order_total(cart), counting.recount()) == (2 * 13_500, [])


def test_a_fund_typed_with_an_addition_leaves_the_code_on_all_of_them() -> None:
    event = events.workshop()
    codes.code(event)
    funds.fund(event, word="GRANT", amount_cents=1_000)
    cart = added(begun(event, "Ana", code="SPRING10"), event, "Bo", code="GRANT")
    assert (order_total(cart), counting.recount(), sharing.recount()) == (2 * 12_500, [], [])


def test_another_code_typed_with_an_addition_takes_the_place_of_the_first() -> None:
    event = events.workshop()
    codes.code(event)
    codes.code(event, "HALF", percent=5_000)
    cart = added(begun(event, "Ana", code="SPRING10"), event, "Bo", code="HALF")
    assert (order_total(cart), counting.recount()) == (2 * 7_500, [])


def test_a_used_up_code_and_the_group_price_never_make_a_place_cost_less_than_nothing() -> None:
    event = events.workshop(group_rules=[GroupRuleSpec(2, 1_000)])
    codes.code(event, "FREE", percent=10_000, max_uses=1)
    cart = added(begun(event, "Ana", code="FREE"), event, "Bo")
    assert (fees(cart), counting.recount()) == (
        [("fee", 15_000), ("discount", -15_000), ("fee", 15_000), ("discount", -1_500)], [])


def test_a_fund_beside_a_used_up_code_pays_what_is_left_of_the_price() -> None:
    event = events.workshop(group_rules=[GroupRuleSpec(2, 1_000)])
    codes.code(event, max_uses=1)
    funds.fund(event, word="GRANT")
    cart = added(begun(event, "Ana", code="SPRING10, GRANT"), event, "Bo")
    assert (order_total(cart), counting.recount(), sharing.recount()) == (13_500, [], [])


def test_who_was_taken_out_does_not_count_for_the_group_price_of_another_date() -> None:
    group = [GroupRuleSpec(2, 1_000)]
    one, other = events.workshop(group_rules=group), events.workshop("Again", starts=events.at(60), group_rules=group)
    one.course_id = other.course_id = parts.course("SLEEP", "Sleep").id
    cart = added(begun(one, "Ana"), one, "Bo")
    orders.take_out(cart.order_id, ours(cart)[1].id)
    places.place(cart.order_id)
    assert registrations.foresee_transfer(ours(cart)[0].id, other.id).change_cents == 0
