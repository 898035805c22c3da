"""Many at once for the last seat of a set-aside, and the return at its date against who takes one: nobody gets a seat twice."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.concurrency.registration.test_last_seat import BUYER, held, wish
from tests.factories import events, people, setasides
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.accounts import agencies
from webapp.catalog import events as catalog
from webapp.catalog.models import Event, Session
from webapp.core import clock, tokens
from webapp.core.db import db, transaction
from webapp.registration import entering, orders, registrations, seats
from webapp.registration.models import Registration, Seat
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.setasides import keeping
from webapp.registration.setasides.models import SetAside

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
FREE = [TypeSpec("Guest", [PriceSpec(0)])]


def taken_from(set_aside_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Registration.set_aside_id == set_aside_id)) or 0


def test_the_last_seat_of_a_set_aside_is_taken_once(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=3, types=FREE)
        event_id, type_id, one, by_id = event.id, places.type_of(event).id, setasides.aside(event, 1), people.person().id
    came = race(app, [partial(entering.enter, event_id, type_id, given=f"P{n}", family="Presenter", by_id=by_id, set_aside_id=one,
                              email=f"last{event_id}-{n}@talks.example") for n in range(AT_ONCE)])
    assert (came, taken_from(one), setasides.counts(one), seats.recount()) == (["done"] + ["full"] * 7, 1, (1, 1), [])


def test_an_agencys_bookings_use_up_its_pool_and_then_the_open_seats(app: Flask, module_db: str) -> None:
    with transaction():
        event, ours = events.workshop(capacity=6), agencies.create(f"Agency of the race {tokens.uid()}", actor_id=None)
        event_id, agency_id, type_id, one = event.id, ours.id, places.type_of(event).id, setasides.allotment(event, ours, 3)
    acts = [partial(orders.hold, event_id, [wish(type_id, n)], BUYER, agency_id=agency_id) for n in range(5)]
    acts += [partial(orders.hold, event_id, [wish(type_id, n)], BUYER) for n in range(5, 8)]
    came = race(app, acts)
    assert (came, held(event_id), taken_from(one), setasides.counts(one), seats.recount()) == (
        ["done"] * 6 + ["full"] * 2, 6, 3, (3, 3), [])


def test_it_returns_to_sale_while_bookings_take_from_it(app: Flask, module_db: str) -> None:
    with transaction():
        event, ours = events.workshop(capacity=4), agencies.create(f"Agency of the date {tokens.uid()}", actor_id=None)
        event_id, agency_id, type_id = event.id, ours.id, places.type_of(event).id
        one = setasides.allotment(event, ours, 4, returns_at=clock.now() + timedelta(days=1))
    acts = [partial(orders.hold, event_id, [wish(type_id, n)], BUYER, agency_id=agency_id) for n in range(6)]
    acts.insert(3, partial(keeping.give_back, one, event_id, by_id=None, reason="The date has come."))
    came = race(app, acts)
    has, used = setasides.counts(one)
    assert (came, held(event_id), has == used == taken_from(one), seats.recount()) == (["done"] * 5 + ["full"] * 2, 4, True, [])


def test_the_drain_returns_it_while_places_are_given_back(app: Flask, module_db: str) -> None:
    with transaction():
        event, ours = events.workshop(capacity=4, types=FREE), agencies.create(f"Agency of the drain {tokens.uid()}", actor_id=None)
        event_id, one = event.id, setasides.allotment(event, ours, 4, returns_at=clock.now() + timedelta(days=1))
        wishes = [wish(places.type_of(event).id, n) for n in range(3)]
        mine = [places.of_order(orders.hold(event_id, [who], BUYER, agency_id=ours.id).order_id).id for who in wishes]
        db.session.get_one(SetAside, one).returns_at = clock.now()
    acts = [partial(registrations.cancel, place, by_id=None) for place in mine]
    came = race(app, [*acts, partial(keeping.return_due, one, event_id), partial(keeping.return_due, one, event_id)])
    db.session.rollback()
    assert (came, setasides.counts(one), setasides.event_pool(event), seats.recount()) == (["done"] * 5, (0, 0), (0, 0, 0), [])


def test_it_changes_its_size_while_it_is_used_and_the_event_changes_its_own(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=8, mode="hybrid", room_capacity=6, online_capacity=6)
        ours = agencies.create(f"Agency of the size {tokens.uid()}", actor_id=None)
        event_id, version, agency_id, type_id = event.id, event.version, ours.id, places.type_of(event).id
        asides = [setasides.allotment(event, ours, 2, mode=mode) for mode in ("online", "in_person")]
    acts = [partial(orders.hold, event_id, [wish(type_id, n, mode=("online", "in_person")[n % 2])], BUYER, agency_id=agency_id)
            for n in range(4)]
    acts += [partial(keeping.change, one, event_id, seats=size, returns_at=None, by_id=None, reason="Another number.")
             for one, size in zip(asides, (3, 1), strict=True)]
    acts.append(partial(catalog.update, event_id, version=version, actor_id=None, online_capacity=7, room_capacity=7, capacity=9))
    came = race(app, acts)
    assert set(came) <= {"done", "unacceptable"} and len(came) == 7 and (held(event_id), seats.recount()) == (4, [])


def test_the_kept_seat_of_a_breakout_is_not_lost_to_open_sale_nor_taken_twice(app: Flask, module_db: str) -> None:
    with transaction():
        one, event, block, a1, _ = _breakouts(1)
        theirs = [_place(event, one, n) for n in range(3)]
        others = [places.registered(event, people.person()).id for _ in range(5)]
    acts = [partial(registrations.choose_breakouts, place, {block: a1}) for pair in zip(others, theirs, strict=False) for place in pair]
    acts += [partial(registrations.choose_breakouts, place, {block: a1}) for place in others[3:]]
    came = race(app, acts)
    assert (came, _in_part(one), _seated(a1), seats.recount()) == (["done"] * 2 + ["full"] * 6, (1, 1), 2, [])
    assert db.session.scalar(select(func.count()).where(Seat.session_id == a1, Seat.state != "released", Seat.registration_id.in_(theirs)))


def test_it_returns_to_sale_while_its_breakout_is_chosen_and_left(app: Flask, module_db: str) -> None:
    with transaction():
        one, event, block, a1, a2 = _breakouts(2)
        theirs = [_place(event, one, n) for n in range(4)]
        event_id = event.id
        for place in theirs[:2]:
            registrations.choose_breakouts(place, {block: a1})
    acts = [partial(registrations.choose_breakouts, place, {block: a2}) for place in theirs[:2]]
    acts += [partial(registrations.choose_breakouts, place, {block: a1}) for place in theirs[2:]]
    acts.insert(2, partial(keeping.give_back, one, event_id, by_id=None, reason="The date has come."))
    came = race(app, acts)
    has, used = _in_part(one)
    assert set(came) <= {"done", "full"} and has == used and seats.recount() == []


def _breakouts(kept: int) -> tuple[int, Event, int, int, int]:
    """A conference whose breakout A1 has two seats, so many of them kept for an agency; the block, A1 and A2."""
    event, ours = events.conference(rooms=(2, 20)), agencies.create(f"Agency of the breakout {tokens.uid()}", actor_id=None)
    a1, a2 = (db.session.scalars(select(Session.id).filter_by(event_id=event.id, title=f"Breakout A{n}")).one() for n in (1, 2))
    block = db.session.scalars(select(Session.block_id).filter_by(id=a1)).one() or 0
    return setasides.allotment(event, ours, 4, sessions={a1: kept}), event, block, a1, a2


def _place(event: Event, set_aside_id: int, number: int) -> int:
    """A place somebody has from it."""
    order_id = entering.enter(event.id, places.type_of(event).id, given=f"P{number}", family="Staff", by_id=people.person().id,
                              email=f"staff{event.id}-{number}@talks.example", set_aside_id=set_aside_id)
    return places.of_order(order_id).id


def _in_part(set_aside_id: int) -> tuple[int | None, int]:
    db.session.rollback()
    return setasides.counts(db.session.scalars(select(SetAside.id).filter_by(part_of_id=set_aside_id)).one())


def _seated(session_id: int) -> int:
    return db.session.scalar(select(func.count()).where(Seat.session_id == session_id, Seat.state != "released")) or 0
