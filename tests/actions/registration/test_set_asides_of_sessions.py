"""Seats of breakouts kept with a set-aside: for who has one of its places and chooses the session, until they return with the rest."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from tests.actions.registration.test_changing import block, session
from tests.factories import events, people, setasides
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.accounts.models import Agency
from webapp.catalog.models import Event, Pool, Session
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Full, Unacceptable
from webapp.registration import orders, programme, registrations, seats
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer, confirming
from webapp.registration.queries import blocks
from webapp.registration.setasides import keeping
from webapp.registration.setasides.models import SetAside


@pytest.fixture
def ours(frozen, db_session) -> Agency:
    return agencies.create("Lakeshore Home Visiting", actor_id=None)


@pytest.fixture
def event(ours: Agency) -> Event:
    """Breakouts A1 and B1 with two seats, A2 and B2 with twenty."""
    return events.conference(rooms=(2, 20))


def kept(event: Event, ours: Agency, places_: int = 2, **more: Any) -> int:
    """The agency's places with one seat of A1."""
    return setasides.allotment(event, ours, places_, sessions={session(event, "Breakout A1"): 1}, **more)


def drawn(event: Event, ours: Agency, name: str = "Ann", title: str | None = "Breakout A1") -> Registration:
    """Somebody of the agency with a confirmed place, and the breakout she chose at once."""
    chosen = {block(event, "A"): session(event, title)} if title else {}
    wish = places.stranger(event, given=name, email=f"{name.lower()}@home.example", breakouts=chosen)
    held = orders.hold(event.id, [wish], Buyer(ours.name, "office@lakeshore.example", None, ours.id), agency_id=ours.id)
    orders.place(held.order_id, "invoice")
    return db.session.scalars(select(Registration).filter_by(order_id=held.order_id)).one()


def outsider(event: Event, name: str, title: str | None = "Breakout A1") -> Registration:
    chosen = {block(event, "A"): session(event, title)} if title else {}
    return places.registered(event, people.person(name, "Berg"), breakouts=chosen)


def room(event: Event, title: str = "Breakout A1") -> tuple[int, int]:
    """Taken, and of it set aside, of the session's pool."""
    pool_id = db.session.scalars(select(Session.pool_id).filter_by(event_id=event.id, title=title)).one()
    pool = db.session.get_one(Pool, pool_id, populate_existing=True)
    return pool.taken, pool.aside


def part(set_aside_id: int, event: Event, title: str = "Breakout A1") -> tuple[int | None, int]:
    """How many seats of the session it has, and how many of them are used."""
    found = select(SetAside.id).filter_by(part_of_id=set_aside_id, session_id=session(event, title))
    return setasides.counts(db.session.scalars(found).one())


def test_a_kept_seat_is_not_for_everybody(event: Event, ours: Agency) -> None:
    kept(event, ours)
    assert room(event) == (1, 1)
    outsider(event, "Bo")
    with pytest.raises(Full, match="“Breakout A1” is full"), db.session.begin_nested():
        outsider(event, "Cy")
    assert (room(event), seats.recount()) == ((2, 1), [])


def test_who_has_a_place_of_it_takes_it_though_it_is_full_for_others(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    outsider(event, "Bo")
    drawn(event, ours)
    assert (room(event), part(one, event), seats.recount()) == ((2, 0), (1, 1), [])


def test_beyond_what_is_kept_she_takes_an_open_seat_or_none(event: Event, ours: Agency) -> None:
    one = kept(event, ours, 3)
    drawn(event, ours)
    drawn(event, ours, "Bea")
    assert (room(event), part(one, event), seats.recount()) == ((2, 0), (1, 1), [])
    with pytest.raises(Full), db.session.begin_nested():
        drawn(event, ours, "Cleo")


def test_two_on_one_order_take_the_kept_seat_once(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    picked = {block(event, "A"): session(event, "Breakout A1")}
    wishes = [places.stranger(event, given=name, email=f"{name}@home.example", breakouts=picked) for name in ("ann", "bea")]
    orders.hold(event.id, wishes, Buyer(ours.name, "office@lakeshore.example", None, ours.id), agency_id=ours.id)
    assert (room(event), part(one, event), seats.recount()) == ((2, 0), (1, 1), [])


def test_chosen_later_it_is_the_kept_seat_and_left_it_is_kept_again(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    place = drawn(event, ours, title=None)
    outsider(event, "Bo")
    shown = {option.title: option.left for choice in blocks.of_registration(place.id) for option in choice.options}
    assert shown["Breakout A1"] == 1
    registrations.choose_breakouts(place.id, {block(event, "A"): session(event, "Breakout A1")})
    assert (room(event), part(one, event), seats.recount()) == ((2, 0), (1, 1), [])
    registrations.choose_breakouts(place.id, {block(event, "A"): session(event, "Breakout A2")})
    assert (room(event), part(one, event), seats.recount()) == ((2, 1), (1, 0), [])


def test_a_place_given_back_brings_both_back(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    registrations.cancel(drawn(event, ours).id, by_id=None)
    assert (room(event), part(one, event), setasides.counts(one), seats.recount()) == ((1, 1), (1, 0), (2, 0), [])


def test_a_colleague_has_the_kept_seat(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    place = drawn(event, ours)
    places.name(place.id, people.person("Dora", "Dean"))
    assert (room(event), part(one, event), seats.recount()) == ((1, 0), (1, 1), [])


def test_it_returns_to_sale_with_the_rest(event: Event, ours: Agency, frozen: time_machine.Traveller) -> None:
    one = kept(event, ours, returns_at=clock.now() + timedelta(days=3))
    frozen.shift(timedelta(days=3))
    assert keeping.due(clock.now()) == [(one, event.id)]
    keeping.return_due(one, event.id)
    assert (room(event), setasides.event_pool(event), seats.recount()) == ((0, 0), (0, 0, 0), [])
    outsider(event, "Bo")
    outsider(event, "Cy")


def test_a_kept_seat_given_back_after_the_date_is_everybodys(event: Event, ours: Agency, frozen: time_machine.Traveller) -> None:
    one = kept(event, ours, returns_at=clock.now() + timedelta(days=3))
    place = drawn(event, ours)
    frozen.shift(timedelta(days=3))
    registrations.choose_breakouts(place.id, {block(event, "A"): None})
    assert (room(event), part(one, event), seats.recount()) == ((0, 0), (0, 0), [])


def test_late_money_finds_the_kept_seat_again(event: Event, ours: Agency, frozen: time_machine.Traveller) -> None:
    one = kept(event, ours)
    picked = {block(event, "A"): session(event, "Breakout A1")}
    held = orders.hold(event.id, [places.stranger(event, breakouts=picked)],
                       Buyer(ours.name, "office@lakeshore.example", None, ours.id), agency_id=ours.id)
    frozen.shift(timedelta(hours=1))
    orders.expire(held.order_id)
    outsider(event, "Bo")
    assert part(one, event) == (1, 0)
    assert confirming.confirm_late(held.order_id)
    assert (room(event), part(one, event), seats.recount()) == ((2, 0), (1, 1), [])


def test_more_or_fewer_are_kept_and_never_fewer_than_are_used(event: Event, ours: Agency) -> None:
    one, a1, a2 = kept(event, ours), session(event, "Breakout A1"), session(event, "Breakout A2")
    change = {"seats": 2, "returns_at": None, "by_id": None, "reason": "They asked"}
    keeping.change(one, event.id, sessions={a1: 2, a2: 2}, **change)
    assert (room(event), room(event, "Breakout A2"), seats.recount()) == ((2, 2), (2, 2), [])
    drawn(event, ours)
    with pytest.raises(Unacceptable, match="1 of them are used"), db.session.begin_nested():
        keeping.change(one, event.id, sessions={a1: 0}, **change)
    keeping.change(one, event.id, sessions={a1: 1, a2: 0}, **change)
    assert (room(event), room(event, "Breakout A2"), seats.recount()) == ((1, 0), (0, 0), [])
    entry = db.session.scalars(select(AuditEntry).filter_by(action="set_aside.changed").order_by(AuditEntry.id.desc())).first()
    assert entry is not None and entry.after["sessions"] == ["Breakout A1: 1"]


def test_more_than_a_session_has_is_refused(event: Event, ours: Agency) -> None:
    outsider(event, "Bo")
    with pytest.raises(Full, match="“Breakout A1” is down to 1, and 2 were asked for") as refused, db.session.begin_nested():
        setasides.allotment(event, ours, 3, sessions={session(event, "Breakout A1"): 2})
    assert refused.value.field == f"session_{session(event, 'Breakout A1')}" and seats.recount() == []


@pytest.mark.parametrize("count", [-1, 3])
def test_no_more_than_there_are_places(event: Event, ours: Agency, count: int) -> None:
    with pytest.raises(Unacceptable, match="from 0 to 2"), db.session.begin_nested():
        setasides.allotment(event, ours, 2, sessions={session(event, "Breakout A2"): count})


def test_only_of_sessions_people_choose(event: Event, ours: Agency) -> None:
    for session_id in (session(event, "Keynote"), session(events.conference("Another"), "Breakout A1")):
        with pytest.raises(Unacceptable, match="with a limit that people choose"), db.session.begin_nested():
            setasides.allotment(event, ours, 2, sessions={session_id: 1})


def test_the_database_refuses_a_part_without_a_session_and_two_of_one(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    row = {"event_id": event.id, "kind": "other", "label": "", "seats": 0, "created_at": clock.now(), "part_of_id": one}
    for more in ({"session_id": None}, {"session_id": session(event, "Breakout A1")},
                 {"session_id": session(event, "Breakout A2"), "mode": "online"}):
        pool = Pool(capacity=0, taken=0, label="")
        db.session.add(pool)
        db.session.flush()
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(SetAside).values(pool_id=pool.id, **row, **more))


def test_a_session_of_a_draft_goes_with_what_is_kept_of_it(ours: Agency) -> None:
    draft = events.conference(published=False)
    one = kept(draft, ours)
    a1 = session(draft, "Breakout A1")
    keeping.remove_session(a1, actor_id=people.person().id)
    assert db.session.scalars(select(SetAside.id).filter_by(part_of_id=one)).all() == [] and seats.recount() == []


def test_a_cancelled_session_is_left_with_its_kept_seat(event: Event, ours: Agency) -> None:
    one = kept(event, ours)
    place = drawn(event, ours)
    programme.cancel_session(session(event, "Breakout A1"), actor_id=people.person().id, reason="Ill")
    registrations.choose_breakouts(place.id, {block(event, "A"): session(event, "Breakout A2")})
    assert (room(event), part(one, event), seats.recount()) == ((1, 1), (1, 0), [])


def test_it_is_made_smaller_though_a_session_it_keeps_seats_of_was_cancelled(event: Event, ours: Agency) -> None:
    aside = setasides.allotment(event, ours, 4, sessions={session(event, "Breakout A1"): 2})
    programme.cancel_session(session(event, "Breakout A1"), actor_id=None, reason="Ill")
    keeping.change(aside, event.id, seats=1, returns_at=None, by_id=None, reason="Fewer come", sessions={})
    assert (setasides.counts(aside), part(aside, event), seats.recount()) == ((1, 0), (1, 0), [])
