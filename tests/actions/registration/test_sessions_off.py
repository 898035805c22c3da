"""Sessions that are off for a while: nobody loses a seat, keeps one she left, or is reminded on another's day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.core.errors import Full
from webapp.notifications.models import Message
from webapp.registration import programme, registrations, seats
from webapp.registration.models import PoolUse, Seat
from webapp.registration.offers import limits


def reminder(registration_id: int, days: int) -> Message:
    fact = f"reminder:registration:{registration_id}:{days}"
    return db.session.scalars(select(Message).where(Message.state == "waiting", Message.fact.startswith(fact))).one()


def test_who_registers_while_a_session_is_off_has_a_seat_when_it_is_on_again(db_session: object) -> None:
    event = events.workshop(days=2)
    session = events.sessions(event)[0].id
    limits.limit_session(session, 5, actor_id=None)
    programme.cancel_session(session, actor_id=None, reason="Ill")
    place = places.registered(event, people.person())
    programme.restore_session(session, actor_id=None, reason="Well")
    state = db.session.scalar(select(Seat.state).where(Seat.registration_id == place.id, Seat.session_id == session))
    assert (state, seats.recount()) == ("booked", [])


def test_a_session_too_small_for_who_came_meanwhile_stays_off(db_session: object) -> None:
    event = events.workshop(days=2)
    session = events.sessions(event)[0].id
    limits.limit_session(session, 0, actor_id=None)
    programme.cancel_session(session, actor_id=None, reason="Ill")
    places.registered(event, people.person())
    with pytest.raises(Full):
        programme.restore_session(session, actor_id=None)


def test_a_breakout_left_while_it_is_off_is_free(db_session: object) -> None:
    event = events.conference()
    block = events.blocks(event)["A"].id
    one, two = (next(s for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
    place = places.registered(event, people.person(), breakouts={block: one.id})
    programme.cancel_session(one.id, actor_id=None, reason="Ill")
    registrations.choose_breakouts(place.id, {block: two.id})
    held = db.session.scalars(select(PoolUse.pool_id).where(PoolUse.registration_id == place.id)).all()
    assert one.pool_id not in held and two.pool_id in held and seats.recount() == []


def test_reminders_follow_a_breakout_that_is_now_the_first_session(db_session: object) -> None:
    event = events.conference()
    block = events.blocks(event)["A"].id
    keynote = next(s.id for s in events.sessions(event) if s.title == "Keynote")
    breakout = next(s for s in events.sessions(event) if s.title == "Breakout A2")
    place = places.registered(event, people.person(), breakouts={events.blocks(event)["B"].id: None})
    programme.move_session(keynote, events.at(28, 20), events.at(28, 22), actor_id=None)
    registrations.choose_breakouts(place.id, {block: breakout.id})
    assert reminder(place.id, 7).not_before == breakout.starts_at - timedelta(days=7)


def test_who_changes_groups_leaves_the_old_groups_cancelled_sessions_too(db_session: object) -> None:
    event = events.cohort(days=2)
    place, group = places.registered(event, people.person(), group="Group A"), events.groups(event)["Group A"].id
    off = next(s.id for s in events.sessions(event) if s.group_id == group)
    limits.limit_session(off, 5, actor_id=None)
    programme.cancel_session(off, actor_id=None, reason="Ill")
    registrations.assign_group(place.id, events.groups(event)["Group B"].id, by_id=None)
    assert db.session.scalar(select(Seat.state).filter_by(registration_id=place.id, session_id=off)) == "released"
    assert seats.recount() == []
