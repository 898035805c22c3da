"""Places that are handed on while somebody else wants something of them: one of the two happens, and no pool ever moves."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog.models import Event, Pool
from webapp.core.db import db, transaction
from webapp.registration import ledger, orders, programme, registrations, seats
from webapp.registration.models import ACTIVE, Order, Registration
from webapp.registration.substitution import Colleague

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def made(count: int = 1) -> tuple[int, list[int]]:
    """A workshop that is full, and the places in it."""
    with transaction():
        event = events.workshop(capacity=count)
        return event.id, [places.registered(event, people.person()).id for _ in range(count)]


def handing_on(place_id: int, number: int = 0) -> Callable[[], object]:
    return partial(registrations.substitute, place_id, Colleague("Sam", f"Reed {number}", f"sam{number}@home.example"), by_id=None)


def standing(event_id: int) -> tuple[list[str], int, list[object]]:
    """States of the active places, taken seats of the event's pool, pools that do not add up."""
    db.session.rollback()
    states = list(db.session.scalars(select(Registration.state).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))))
    taken = db.session.scalars(select(Pool.taken).join(Event, Event.pool_id == Pool.id).where(Event.id == event_id)).one()
    return states, taken, [*seats.recount()]


def test_of_many_colleagues_at_once_one_has_the_place(app: Flask, module_db: str) -> None:
    event_id, (place_id,) = made()
    came = race(app, [handing_on(place_id, number) for number in range(AT_ONCE)])
    assert came == ["done"] + ["not_active"] * (AT_ONCE - 1) and standing(event_id) == (["confirmed"], 1, [])


def test_handed_on_or_cancelled_but_not_both(app: Flask, module_db: str) -> None:
    event_id, (place_id,) = made()
    order_id = db.session.scalars(select(Registration.order_id).where(Registration.id == place_id)).one()
    came = race(app, [handing_on(place_id), partial(registrations.cancel, place_id, by_id=None)])
    states, taken, wrong = standing(event_id)
    assert len(came) == 2 and "done" in came and wrong == [] and taken == len(states)
    assert (db.session.get_one(Order, order_id).state, ledger.owed(order_id)) == (
        ("placed", 15_000) if states else ("cancelled", 2_000))


def test_nobody_else_gets_the_seat_in_between(app: Flask, module_db: str) -> None:
    event_id, (place_id,) = made()
    type_id = db.session.scalars(select(Registration.type_id).where(Registration.id == place_id)).one()
    others = [partial(orders.hold, event_id, [wish(type_id, number)], BUYER) for number in range(AT_ONCE)]
    assert race(app, [handing_on(place_id), *others]) == ["done"] + ["full"] * AT_ONCE
    assert standing(event_id) == (["confirmed"], 1, [])


def test_nobody_takes_a_place_in_an_event_that_is_cancelled_meanwhile(app: Flask, module_db: str) -> None:
    event_id, place_ids = made(AT_ONCE)
    off = partial(programme.cancel_event, event_id, actor_id=None, reason="Storm")
    came = race(app, [*(handing_on(one, one) for one in place_ids), off])
    assert set(came) <= {"done", "not_active", "cancelled"} and standing(event_id) == ([], 0, [])
