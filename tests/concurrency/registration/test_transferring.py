"""Places that move to another date while somebody else wants the seats there: one of the two happens, and every pool adds up."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates
from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.concurrency.registration.test_substituting import standing
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import ledger, orders, programme, registrations
from webapp.registration.models import Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def made(there: int = 1) -> tuple[int, int, list[int]]:
    """A date with four places in it, and another of the same course with so many seats."""
    with transaction():
        one, other = dates(events.workshop(capacity=AT_ONCE), events.workshop("Later", starts=events.at(60), capacity=there))
        return one.id, other.id, [places.registered(one, people.person()).id for _ in range(AT_ONCE)]


def test_of_many_who_move_into_the_last_seat_one_gets_it(app: Flask, module_db: str) -> None:
    one, other, ids = made()
    came = race(app, [partial(registrations.transfer, place, other, by_id=None) for place in ids])
    assert came == ["done"] + ["full"] * (AT_ONCE - 1)
    assert standing(other) == (["confirmed"], 1, []) and standing(one) == (["confirmed"] * (AT_ONCE - 1), AT_ONCE - 1, [])


def test_a_double_click_moves_once(app: Flask, module_db: str) -> None:
    one, other, (place, *_) = made(AT_ONCE)
    order_id = db.session.scalars(select(Registration.order_id).where(Registration.id == place)).one()
    came = race(app, [partial(registrations.transfer, place, other, by_id=None)] * AT_ONCE)
    assert came == ["done"] + ["not_active"] * (AT_ONCE - 1) and standing(other) == (["confirmed"], 1, [])
    assert standing(one)[1:] == (AT_ONCE - 1, []) and ledger.owed(order_id) == 15_000


def test_moved_or_sold_but_never_both(app: Flask, module_db: str) -> None:
    _, other, (place, *_) = made()
    type_id = places.type_of(db.session.get_one(events.Event, other)).id
    others = [partial(orders.hold, other, [wish(type_id, number)], BUYER) for number in range(AT_ONCE)]
    came = race(app, [partial(registrations.transfer, place, other, by_id=None), *others])
    assert came.count("done") == 1 and set(came) == {"done", "full"} and standing(other)[1:] == (1, [])


def test_two_who_change_dates_crosswise_both_do(app: Flask, module_db: str) -> None:
    one, other, (place, *_) = made(2)
    with transaction():
        back = places.registered(db.session.get_one(events.Event, other), people.person("Bo", "Berg")).id
    came = race(app, [partial(registrations.transfer, place, other, by_id=None), partial(registrations.transfer, back, one, by_id=None)])
    assert set(came) <= {"done", "full"} and "done" in came
    assert standing(one)[1] + standing(other)[1] == AT_ONCE + 1 and standing(one)[2] == []


def test_nobody_is_at_a_date_that_is_cancelled_meanwhile(app: Flask, module_db: str) -> None:
    _, other, ids = made(AT_ONCE)
    off = partial(programme.cancel_event, other, actor_id=None, reason="Storm")
    came = race(app, [*(partial(registrations.transfer, place, other, by_id=None) for place in ids), off])
    assert set(came) <= {"done", "cancelled"} and standing(other) == ([], 0, [])
