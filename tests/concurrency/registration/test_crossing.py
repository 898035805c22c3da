"""Acts that touch the same things from opposite ends: one waits for the other, and PostgreSQL ends nobody as the victim of a deadlock.

`race` raises whatever is no refusal of ours, a deadlock too.
"""

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import codes, events, funds, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog.models import Event, EventInclusion
from webapp.core.db import db, transaction
from webapp.registration import orders, programme, registrations, seats
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.models import ACTIVE, Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
Acts = list[Callable[[], object]]


def books() -> list[object]:
    """Counters and pools that differ from what stands."""
    db.session.rollback()
    return [*counting.recount(), *sharing.recount(), *seats.recount()]


def carts(words: Sequence[str], here: int, there: int) -> list[int]:
    """Orders over both events, the words of every second one the other way round."""
    made = []
    for number in range(AT_ONCE):
        first, second = words if number % 2 else reversed(words)
        begun = orders.hold(here, [wish(the_type(here), number)], BUYER, code=first)
        orders.hold(there, [wish(the_type(there), number)], BUYER, code=second, into=begun.order_id)
        made.append(begun.order_id)
    return made


def the_type(event_id: int) -> int:
    return places.type_of(db.session.get_one(Event, event_id)).id


def test_funds_of_two_events_on_one_order(app: Flask, module_db: str) -> None:
    with transaction():
        here, there = events.workshop("Here"), events.workshop("There")
        for letter in "XY":
            funds.fund(here, f"{letter} {here.id}", word=f"{letter}-{here.id}", amount_cents=100)
        made = carts([f"X-{here.id}", f"Y-{here.id}"], here.id, there.id)
    assert (race(app, [partial(orders.remove_code, one) for one in made]), books()) == (["done"] * AT_ONCE, [])


def test_codes_of_two_events_on_one_order(app: Flask, module_db: str) -> None:
    with transaction():
        here, there = events.workshop("Here"), events.workshop("There")
        for letter in "ABC":
            codes.code(here, f"{letter}-{here.id}", amount_cents=100)
        made = carts([f"A-{here.id}", f"B-{here.id}"], here.id, there.id)
    assert (race(app, [partial(orders.apply_code, one, f"C-{here.id}") for one in made]), books()) == (["done"] * AT_ONCE, [])


def test_the_same_people_in_two_orders(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=20)
        event_id, both = event.id, [places.attendee(event, people.person()) for _ in range(4)]
    came = race(app, [partial(orders.hold, event_id, both[::(-1) ** number], BUYER) for number in range(AT_ONCE)])
    assert (came, books()) == (["already_registered"] * (AT_ONCE - 1) + ["done"], [])


def test_the_same_people_found_again_by_late_money(app: Flask, module_db: str) -> None:
    with transaction():
        event, late = events.workshop(capacity=40), []
        both = [places.attendee(event, people.person()) for _ in range(4)]
        for number in range(AT_ONCE):
            late.append(orders.hold(event.id, both[::(-1) ** number], BUYER).order_id)
            orders.let_go(late[-1])
        event_id = event.id
    acts: Acts = [partial(orders.confirm_late, one) for one in late]
    acts.insert(3, partial(orders.hold, event_id, both[:1], BUYER))
    came = race(app, acts)
    assert set(came) <= {"done", "already_registered"} and books() == []
    held = db.session.scalars(select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.state.in_(ACTIVE))).all()
    assert len(held) == len(set(held)) > 0


def test_late_money_while_she_takes_a_place_herself(app: Flask, module_db: str) -> None:
    with transaction():
        event, late = events.workshop(capacity=40), []
        mine = [places.attendee(event, people.person()) for _ in range(AT_ONCE)]
        for one in mine:
            late.append(orders.hold(event.id, [one], BUYER).order_id)
            orders.let_go(late[-1])
        event_id = event.id
    acts: Acts = [act for one, order_id in zip(mine, late, strict=True)
                  for act in (partial(orders.confirm_late, order_id), partial(orders.hold, event_id, [one], BUYER))]
    assert set(race(app, acts)) <= {"done", "already_registered"} and books() == []


def test_people_are_put_into_groups_from_both_ends(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.cohort(size=20, capacity=40)
        group_ids = [one.id for one in events.groups(event).values()]
        ours = [places.registered(event, people.person()).id for _ in range(AT_ONCE)]
    acts: Acts = [partial(registrations.assign_groups, ours[::(-1) ** number], group_ids[number % 2], by_id=None)
                  for number in range(AT_ONCE)]
    assert (race(app, acts), books()) == (["done"] * AT_ONCE, [])


def test_a_contained_event_is_cancelled_while_carts_take_places_in_it(app: Flask, module_db: str) -> None:
    with transaction():
        inner, outer = events.workshop("Inner"), events.workshop("Outer")
        db.session.add(EventInclusion(event_id=outer.id, included_id=inner.id, dates=[]))
        begun = [orders.hold(inner.id, [wish(the_type(inner.id), number)], BUYER).order_id for number in range(AT_ONCE)]
        outer_id, inner_id, type_id = outer.id, inner.id, the_type(outer.id)
    acts: Acts = [partial(orders.hold, outer_id, [wish(type_id, 50 + number)], BUYER, into=one) for number, one in enumerate(begun)]
    acts.insert(3, partial(programme.cancel_event, inner_id, actor_id=None, reason="The hall burnt down."))
    assert set(race(app, acts)) <= {"done", "expired"} and books() == []


def test_an_event_is_cancelled_while_late_money_comes_for_additions(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=60)
        late, type_id = [], the_type(event.id)
        for number in range(AT_ONCE):
            whole = orders.hold(event.id, [wish(type_id, number)], BUYER).order_id
            places.place(whole)
            late.append(orders.hold(event.id, [wish(type_id, 50 + number)], BUYER, part_of=whole).order_id)
            orders.let_go(late[-1])
        event_id = event.id
    acts: Acts = [partial(orders.confirm_late, one) for one in late]
    acts.insert(3, partial(programme.cancel_event, event_id, actor_id=None, reason="The hall burnt down."))
    assert (race(app, acts), books()) == (["done"] * (AT_ONCE + 1), [])


def test_an_event_is_cancelled_while_holds_over_other_events_end(app: Flask, module_db: str) -> None:
    with transaction():
        here, there = events.workshop("Here"), events.workshop("There")
        for letter in "AB":
            codes.code(here, f"{letter}-{here.id}", amount_cents=100)
        words = [f"A-{here.id}", f"B-{here.id}"]
        for number in range(AT_ONCE):
            orders.hold(here.id, [wish(the_type(here.id), number)], BUYER, code=words[(number + 1) % 2])
        far = events.workshop("Far")
        ending, here_id = carts(words, there.id, far.id), here.id
    acts: Acts = [partial(orders.let_go, one) for one in ending]
    acts.insert(3, partial(programme.cancel_event, here_id, actor_id=None, reason="The hall burnt down."))
    assert (race(app, acts), books()) == (["done"] * (AT_ONCE + 1), [])


def test_an_event_gets_other_limits_and_another_link_while_places_are_given_back(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=40)
        event_id, ours = event.id, [places.registered(event, people.person()).id for _ in range(AT_ONCE)]

    def change() -> None:
        row = db.session.get_one(Event, event_id, populate_existing=True)
        programme.update_event(event_id, version=row.version, actor_id=None, capacity=50, online_url="https://meet.example/1")

    acts: Acts = [partial(registrations.cancel, one, by_id=None) for one in ours]
    acts.insert(AT_ONCE // 2, change)
    assert (race(app, acts), books()) == (["done"] * (AT_ONCE + 1), [])
