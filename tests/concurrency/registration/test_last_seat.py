"""Many at once for the last seat, for one place per person, for one form: exactly one, on both databases."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, registrations, seats
from webapp.registration.models import Order, Registration
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.queries import orders as queries

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
BUYER = Buyer("Ana Silva", "ana@home.example")


def wish(type_id: int, number: int, **more: object) -> Attendee:
    return Attendee(type_id, f"P{number}", "Guest", f"p{number}@home.example", **more)  # type: ignore[arg-type]


def held(event_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Registration.state == "held", Registration.event_id == event_id)) or 0


def test_three_seats_for_eight(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=3)
        event_id, type_id = event.id, places.type_of(event).id
    came = race(app, [partial(orders.hold, event_id, [wish(type_id, n)], BUYER) for n in range(AT_ONCE)])
    assert (came, held(event_id), seats.recount()) == (["done"] * 3 + ["full"] * 5, 3, [])


def test_one_place_of_one_person(app: Flask, module_db: str) -> None:
    with transaction():
        event, maria = events.workshop(), people.person()
        event_id, mine, buyer = event.id, places.attendee(event, maria), places.buyer(maria)
    came = race(app, [partial(orders.hold, event_id, [mine], buyer)] * AT_ONCE)
    assert (came, held(event_id), seats.recount()) == (["already_registered"] * 7 + ["done"], 1, [])


def test_a_double_click_makes_one_order(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop()
        event_id, type_id = event.id, places.type_of(event).id
    form = f"form of {event_id}"
    came = race(app, [partial(orders.hold, event_id, [wish(type_id, 1)], BUYER, submit_key=f"{form}:1", form_key=form)] * AT_ONCE)
    assert set(came) <= {"done", "same_form"} and held(event_id) == 1
    refs = db.session.scalars(select(Order.ref).where(Order.submit_key == f"{form}:1")).all()
    assert [queries.id_by_key(f"{form}:1")] == refs  # where the second click is led


def test_the_last_seat_of_a_breakout_with_swaps_in_both_directions(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(4, 4))
        block = events.blocks(event)["A"].id
        one, two = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
        ours = [places.registered(event, people.person(), breakouts={block: one if n % 2 else two}).id for n in range(AT_ONCE)]
    came = race(app, [partial(registrations.choose_breakouts, mine, {block: two if n % 2 else one}) for n, mine in enumerate(ours)])
    assert set(came) <= {"done", "full"} and seats.recount() == []


def test_the_clock_and_the_money_never_both_win(app: Flask, module_db: str) -> None:
    with transaction():
        order_id = places.held(events.workshop(capacity=1), people.person()).order_id
        db.session.get_one(Order, order_id).hold_until = db.session.get_one(Order, order_id).created_at
    race(app, [partial(orders.expire, order_id), partial(orders.confirm, order_id)])
    db.session.rollback()
    order = db.session.get_one(Order, order_id)
    state = db.session.scalars(select(Registration.state).where(Registration.order_id == order_id)).one()
    assert (order.state, state) in {("placed", "confirmed"), ("expired", "expired")} and seats.recount() == []


def test_the_last_place_of_a_group(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.cohort(size=1)
        group = events.groups(event)["Group A"].id
        ours = [places.registered(event, people.person()).id for _ in range(4)]
    came = race(app, [partial(registrations.assign_group, mine, group, by_id=None) for mine in ours])
    assert came == ["done", "full", "full", "full"]
