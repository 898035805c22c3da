"""Who takes a place while staff cancel, close or change the event: nobody ends up in what is not there any more."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog import events as catalog
from webapp.catalog.models import Pool, Session
from webapp.core.db import db, transaction
from webapp.registration import applications, offers, orders, programme, seats
from webapp.registration.models import ACTIVE, Registration, Seat

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
Acts = list[Callable[[], object]]


def made(**fields: object) -> tuple[int, int]:
    with transaction():
        event = events.workshop(**fields)  # type: ignore[arg-type]
        return event.id, places.type_of(event).id


def holding(event_id: int, type_id: int) -> Acts:
    return [partial(orders.hold, event_id, [wish(type_id, number)], BUYER) for number in range(AT_ONCE)]


def cancelling(event_id: int) -> Callable[[], object]:
    return partial(programme.cancel_event, event_id, actor_id=None, reason="The hall burnt down.")


def active(event_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))) or 0


def test_nobody_holds_a_place_in_an_event_that_is_cancelled_meanwhile(app: Flask, module_db: str) -> None:
    event_id, type_id = made()
    came = race(app, [*holding(event_id, type_id), cancelling(event_id)])
    assert set(came) <= {"done", "cancelled"} and (active(event_id), seats.recount()) == (0, [])


def test_nobody_holds_a_place_after_the_event_was_closed(app: Flask, module_db: str) -> None:
    event_id, type_id = made()
    counted = []

    def close() -> None:
        catalog.close(event_id, actor_id=None)
        counted.append(db.session.scalar(select(func.count()).where(Registration.event_id == event_id)))

    assert set(race(app, [*holding(event_id, type_id), close])) <= {"done", "closed"} and counted == [active(event_id)]


def test_a_session_cancelled_meanwhile_reaches_everybody_who_has_a_seat_in_it(app: Flask, module_db: str) -> None:
    event_id, type_id = made(days=2, member=0, non_member=0)
    first = db.session.scalars(select(Session.id).filter_by(event_id=event_id).order_by(Session.id)).all()[0]

    def register(number: int) -> None:
        orders.place(orders.hold(event_id, [wish(type_id, number)], BUYER).order_id, "free")

    acts: Acts = [partial(register, number) for number in range(AT_ONCE)]
    came = race(app, [*acts, partial(programme.cancel_session, first, actor_id=None, reason="Ill")])
    assert came == ["done"] * (AT_ONCE + 1) and set(db.session.scalars(select(Seat.sequence).where(Seat.session_id == first))) <= {1}


def test_no_offer_is_accepted_into_an_event_that_is_cancelled_meanwhile(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.cohort(size=20, capacity=40)
        event_id, offered = event.id, [places.applied(event, people.person()).id for _ in range(AT_ONCE)]
        for one in offered:
            applications.decide(one, offer=True, by_id=None)
    came = race(app, [*(partial(applications.accept, one) for one in offered), cancelling(event_id)])
    assert set(came) <= {"done", "wrong_state"} and (active(event_id), seats.recount()) == (0, [])


def test_late_money_finds_no_place_in_an_event_that_is_cancelled_meanwhile(app: Flask, module_db: str) -> None:
    event_id, type_id = made()
    with transaction():
        late = [orders.hold(event_id, [wish(type_id, number)], BUYER).order_id for number in range(AT_ONCE)]
        for one in late:
            orders.let_go(one)
    came = race(app, [*(partial(orders.confirm_late, one) for one in late), cancelling(event_id)])
    assert came == ["done"] * (AT_ONCE + 1) and (active(event_id), seats.recount()) == (0, [])


def test_a_first_limit_counts_in_whoever_comes_or_goes_meanwhile(app: Flask, module_db: str) -> None:
    event_id, type_id = made()
    with transaction():
        there = [orders.hold(event_id, [wish(type_id, 100 + number)], BUYER).order_id for number in range(AT_ONCE)]
        session_id = db.session.scalars(select(Session.id).filter_by(event_id=event_id)).one()
    acts = [*[partial(orders.let_go, one) for one in there], *holding(event_id, type_id)]
    acts.insert(5, partial(offers.limit_session, session_id, 18, actor_id=None))
    came, pool_id = race(app, acts), select(Session.pool_id).where(Session.id == session_id)
    taken = db.session.scalar(select(Pool.taken).where(Pool.id.in_(pool_id)))
    assert (came, taken, active(event_id), seats.recount()) == (["done"] * 17, AT_ONCE, AT_ONCE, [])
