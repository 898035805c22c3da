"""Many at once around a full event: no seat is given twice, each freed one is offered once and in order, numbers have no gaps."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.factories import events, people, waitlists
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog import events as catalog
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.registration import orders, programme, registrations, seats
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Buyer
from webapp.registration.waitlist import joining, offering
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
BUYER = Buyer("Ana Silva", "ana@home.example")
_names = count(1)


def full(capacity: int, waiting: int = 0) -> tuple[int, int, list[int], list[str]]:
    """A full event: its id, a type, the places in it, the addresses of those who wait."""
    with transaction():
        event, ours = waitlists.full(capacity)
        refs = [waitlists.waits(event, f"w{n}").ref for n in range(waiting)]
        return event.id, places.type_of(event).id, [one.id for one in ours], refs


def cancels(ours: list[int]) -> list[Callable[[], object]]:
    return [partial(registrations.cancel, one, by_id=None) for one in ours]


def joins(event_id: int, many: int) -> list[Callable[[], object]]:
    return [partial(joining.join, event_id, "event", email=f"j{next(_names)}@home.example") for _ in range(many)]


def buys(event_id: int, type_id: int, many: int, offer: str = "") -> list[Callable[[], object]]:
    return [partial(orders.hold, event_id, [orders.Attendee(type_id, "P", "Guest", f"b{next(_names)}@home.example")], BUYER, offer=offer)
            for _ in range(many)]


def free_of_charge(name: str) -> TypeSpec:
    return TypeSpec(name, [PriceSpec(0)], capacity=0)


def drain(event_id: int) -> None:
    offering.settle(event_id, clock.now())


def line() -> list[tuple[int, str]]:
    db.session.rollback()
    return [(row.number, row.state) for row in db.session.execute(
        select(WaitlistEntry.number, WaitlistEntry.state).order_by(WaitlistEntry.waitlist_id, WaitlistEntry.number))]


def pool_of(event_id: int) -> Pool:
    return db.session.scalars(select(Pool).join(Event, Event.pool_id == Pool.id).where(Event.id == event_id)).one()


def test_cancels_joiners_buyers_and_the_clock_at_once(app: Flask, clean_db: str) -> None:
    event_id, type_id, ours, _ = full(6, waiting=4)
    acts = [*cancels(ours[:4]), *joins(event_id, 4), *buys(event_id, type_id, 4), *[partial(drain, event_id)] * 2]
    came = race(app, acts[::2] + acts[1::2])
    assert set(came) <= {"done", "full"} and came.count("full") == 4  # four waited before: whoever passes by gets nothing
    with transaction():
        drain(event_id)
    assert line() == [(n, "offered" if n <= 4 else "waiting") for n in range(1, 9)]
    pool = pool_of(event_id)
    assert (pool.taken, pool.kept, pool.waited, seats.recount()) == (6, 0, 4, [])


def test_numbers_have_no_gaps_whoever_joins_at_once(app: Flask, clean_db: str) -> None:
    event_id, _, _, _ = full(1)
    acts = joins(event_id, 7)
    came = race(app, [*acts, acts[0], acts[1]])
    assert (came, line()) == (["done"] * 9, [(n, "waiting") for n in range(1, 8)])


def test_an_offer_is_taken_up_once_however_many_try(app: Flask, clean_db: str) -> None:
    event_id, type_id, ours, (ref, _) = full(1, waiting=2)
    with transaction():
        registrations.cancel(ours[0], by_id=None)
        drain(event_id)
    came = race(app, [*buys(event_id, type_id, 4, offer=ref), *buys(event_id, type_id, 2), partial(drain, event_id)])
    assert came == ["done"] * 2 + ["full"] * 2 + ["offer_over"] * 3
    assert (line(), seats.recount()) == ([(1, "accepted"), (2, "waiting")], [])


def test_the_end_of_an_offer_and_taking_it_up_never_both_win(app: Flask, clean_db: str) -> None:
    event_id, type_id, ours, (ref, _) = full(1, waiting=2)
    with transaction():
        registrations.cancel(ours[0], by_id=None)
        drain(event_id)
    came = race(app, [*buys(event_id, type_id, 2, offer=ref), partial(joining.leave, ref), partial(drain, event_id)])
    assert came.count("done") == 2 and seats.recount() == []
    assert line() in ([(1, "accepted"), (2, "waiting")], [(1, "left"), (2, "offered")])


def test_more_places_are_offered_while_others_buy_and_join(app: Flask, clean_db: str) -> None:
    event_id, type_id, _, _ = full(2, waiting=3)
    version = db.session.scalars(select(Event.version).where(Event.id == event_id)).one()
    larger = partial(catalog.update, event_id, version=version, actor_id=None, capacity=4)
    came = race(app, [*buys(event_id, type_id, 3), larger, *joins(event_id, 2), partial(drain, event_id)])
    assert came == ["done"] * 4 + ["full"] * 3
    with transaction():
        drain(event_id)
    assert (line(), seats.recount()) == ([(1, "offered"), (2, "offered"), (3, "waiting"), (4, "waiting"), (5, "waiting")], [])


def test_the_event_is_cancelled_while_people_join_leave_and_take_offers(app: Flask, clean_db: str) -> None:
    event_id, type_id, ours, refs = full(3, waiting=4)
    with transaction():
        registrations.cancel(ours[0], by_id=None)
        drain(event_id)
    off = partial(programme.cancel_event, event_id, actor_id=None, reason="The hall burnt down.")
    acts = [*buys(event_id, type_id, 1, offer=refs[0]), *joins(event_id, 2), partial(joining.leave, refs[1]), off,
            *cancels(ours[1:2]), partial(drain, event_id)]
    assert set(race(app, acts)) <= {"done", "cancelled", "wrong_state", "offer_over"}
    with transaction():
        drain(event_id)
    pool = pool_of(event_id)
    assert {state for _, state in line()} <= {"closed", "left", "accepted"}
    assert (pool.taken, pool.kept, pool.waited, seats.recount()) == (0, 0, 0, [])


def test_two_drains_offer_a_lapsed_seat_once(app: Flask, clean_db: str) -> None:
    event_id, _, ours, _ = full(1, waiting=3)
    with transaction():
        registrations.cancel(ours[0], by_id=None)
        drain(event_id)
        db.session.execute(update(WaitlistEntry).where(WaitlistEntry.state == "offered")
                           .values(offer_until=clock.now() - timedelta(minutes=1)))
    assert race(app, [partial(drain, event_id)] * 4) == ["done"] * 4
    assert (line(), seats.recount()) == ([(1, "lapsed"), (2, "offered"), (3, "waiting")], [])


def test_breakouts_are_swapped_by_choice_and_by_offer_at_once(app: Flask, clean_db: str) -> None:
    with transaction():
        event = events.conference(rooms=(2, 9))
        event_id, block = event.id, events.blocks(event)["A"].id
        small, large = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
        inside = [places.registered(event, people.person(), breakouts={block: small}).id for _ in range(2)]
        outside = [places.registered(event, people.person(), breakouts={block: large}).id for _ in range(4)]
        for one in outside[:2]:
            joining.join_session(one, small)
    acts = [*(partial(registrations.choose_breakouts, one, {block: large}) for one in inside),
            *(partial(registrations.choose_breakouts, one, {block: small}) for one in outside[2:]), partial(drain, event_id)]
    assert race(app, acts) == ["done"] * 3 + ["full"] * 2
    with transaction():
        drain(event_id)
    assert (line(), seats.recount()) == ([(1, "offered"), (2, "offered")], [])


def test_several_first_lists_of_an_event_are_made_at_once(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=0, types=[free_of_charge("Early"), free_of_charge("Late")])
        event_id, keys = event.id, ["event", *(f"type-{one.id}" for one in events.types(event).values())]
    acts = [partial(joining.join, event_id, key, email=f"m{next(_names)}@home.example") for key in keys * 2]
    came, last = race(app, acts), select(Waitlist.last_number).where(Waitlist.event_id == event_id)
    assert (came, list(db.session.scalars(last)), pool_of(event_id).waited) == (["done"] * 6, [2, 2, 2], 6)
