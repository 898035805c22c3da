"""Whoever locks more than one thing takes them in the order of docs/house.md, so that nobody waits in a circle."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import applications, orders, programme, registrations, seats
from webapp.registration.models import Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8


def places_of(event_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Registration.event_id == event_id)) or 0


def test_an_event_is_cancelled_while_its_attendees_cancel(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop()
        event_id, ours = event.id, [places.registered(event, people.person()).id for _ in range(AT_ONCE)]
    acts = [partial(registrations.cancel, one, by_id=None) for one in reversed(ours)]
    acts.insert(AT_ONCE // 2, partial(programme.cancel_event, event_id, actor_id=None, reason="The hall burnt down."))
    came = race(app, acts)
    assert (len(came), set(came) <= {"done", "wrong_state"}, seats.recount()) == (AT_ONCE + 1, True, [])


def test_a_session_moves_while_breakouts_are_chosen(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(20, 20))
        block, start = events.blocks(event)["A"].id, events.at(35)
        one, two = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
        ours = [places.registered(event, people.person(), breakouts={block: one if n % 2 else two}).id for n in range(AT_ONCE)]
    acts = [partial(registrations.choose_breakouts, mine, {block: two if n % 2 else one}) for n, mine in enumerate(ours)]
    acts.insert(4, partial(programme.move_session, one, start, start + timedelta(minutes=90), actor_id=None))
    acts.insert(2, partial(programme.move_session, two, start, start + timedelta(minutes=90), actor_id=None))
    assert (race(app, acts), seats.recount()) == (["done"] * (AT_ONCE + 2), [])


def test_offers_are_decided_while_others_are_accepted(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.cohort(size=20, capacity=40)
        event_id, group = event.id, events.groups(event)["Group A"].id
        applied = [places.applied(event, people.person()).id for _ in range(AT_ONCE)]
        for one in applied[::2]:
            applications.decide(one, offer=True, by_id=None, group_id=group)
    acts = [partial(applications.decide, one, offer=True, by_id=None, group_id=group) if n % 2 else partial(applications.accept, one)
            for n, one in enumerate(applied)]
    assert race(app, acts) == ["done"] * AT_ONCE
    assert seats.recount() == [] and places_of(event_id) == AT_ONCE // 2


def test_forms_changed_to_and_fro_take_their_pools_in_order(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(20, 20))
        event_id, type_id, block = event.id, places.type_of(event).id, events.blocks(event)["A"].id
        ours = [next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2)]

    def send(number: int, turn: int) -> None:
        picked = {block: ours[(number + turn) % 2]}
        orders.hold(event_id, [wish(type_id, number, breakouts=picked)], BUYER, form_key=f"f{number}", submit_key=f"f{number}:{turn}")

    for turn in range(3):
        assert race(app, [partial(send, number, turn) for number in range(AT_ONCE)]) == ["done"] * AT_ONCE
    states = db.session.scalars(select(Registration.state).where(Registration.event_id == event_id, Registration.state == "held")).all()
    assert (len(states), seats.recount()) == (AT_ONCE, [])
