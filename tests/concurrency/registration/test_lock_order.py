"""Whoever locks more than one thing takes them in the order of docs/house.md, so that nobody waits in a circle."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.concurrency.registration.test_last_seat import race
from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.db import db, transaction
from webapp.registration import applications, programme, registrations, seats
from webapp.registration.models import Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8


def test_an_event_is_cancelled_while_its_attendees_cancel(app: Flask, clean_db: str) -> None:
    with transaction():
        event = events.workshop()
        event_id, ours = event.id, [places.registered(event, people.person()).id for _ in range(AT_ONCE)]
    acts = [lambda one=one: registrations.cancel(one, by_id=None) for one in reversed(ours)]
    acts.insert(AT_ONCE // 2, lambda: programme.cancel_event(event_id, actor_id=None, reason="The hall burnt down."))
    came = race(app, acts)  # type: ignore[arg-type]
    assert (len(came), set(came) <= {"done", "wrong_state"}, seats.recount()) == (AT_ONCE + 1, True, [])


def test_a_session_moves_while_breakouts_are_chosen(app: Flask, clean_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(20, 20))
        block, start = events.blocks(event)["A"].id, events.at(35)
        one, two = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
        ours = [places.registered(event, people.person(), breakouts={block: one if n % 2 else two}).id for n in range(AT_ONCE)]
    acts = [lambda n=n, mine=mine: registrations.choose_breakouts(mine, {block: two if n % 2 else one}) for n, mine in enumerate(ours)]
    acts.insert(4, lambda: programme.move_session(one, start, start + timedelta(minutes=90), actor_id=None))
    acts.insert(2, lambda: programme.move_session(two, start, start + timedelta(minutes=90), actor_id=None))
    assert (race(app, acts), seats.recount()) == (["done"] * (AT_ONCE + 2), [])  # type: ignore[arg-type]


def test_offers_are_decided_while_others_are_accepted(app: Flask, clean_db: str) -> None:
    with transaction():
        event = events.cohort(size=20, capacity=40)
        group = events.groups(event)["Group A"].id
        applied = [places.applied(event, people.person()).id for _ in range(AT_ONCE)]
        for one in applied[::2]:
            applications.decide(one, offer=True, by_id=None, group_id=group)
    acts = [lambda n=n, one=one: applications.decide(one, offer=True, by_id=None, group_id=group) if n % 2 else applications.accept(one)
            for n, one in enumerate(applied)]
    assert race(app, acts) == ["done"] * AT_ONCE  # type: ignore[arg-type]
    assert seats.recount() == [] and len(list(db.session.scalars(select(Registration.id)))) == AT_ONCE // 2
