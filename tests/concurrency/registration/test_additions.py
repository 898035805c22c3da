"""Additions at the same moment as each other and as everybody else: the last seat once, and every group price in the end."""

from functools import partial

import pytest
from flask import Flask

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.concurrency.registration.test_substituting import standing
from tests.factories import events
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import additions as money
from webapp.registration import ledger, orders, programme, seats
from webapp.registration.models import Order
from webapp.registration.offers import GroupRuleSpec

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def made(capacity: int) -> tuple[int, int, int]:
    """An event whose group price begins with three, its type, and a placed order with one place in it."""
    with transaction():
        event = events.workshop(capacity=capacity, group_rules=[GroupRuleSpec(3, 1_000)])
        type_id = places.type_of(event).id
        whole = orders.hold(event.id, [wish(type_id, 99)], BUYER).order_id
        places.place(whole)
        return event.id, type_id, whole


def placed(order_id: int) -> None:
    orders.place(order_id, "invoice", bill_to=places.BILL_TO)
    money.settle(order_id, clock.now())


def state(order_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Order, order_id).state


def test_an_addition_and_ordinary_registrations_want_the_last_seat(app: Flask, module_db: str) -> None:
    event, type_id, whole = made(2)
    acts = [partial(orders.hold, event, [wish(type_id, n)], BUYER, part_of=None if n % 2 else whole) for n in range(2 * AT_ONCE)]
    assert race(app, acts) == ["done"] + ["full"] * (2 * AT_ONCE - 1)
    assert standing(event) == (["confirmed", "held"], 2, [])


def test_additions_placed_together_all_come_to_the_group_price(app: Flask, module_db: str) -> None:
    event, type_id, whole = made(20)
    with transaction():
        more = [orders.hold(event, [wish(type_id, n)], BUYER, part_of=whole).order_id for n in range(2 * AT_ONCE)]
    assert race(app, [partial(placed, one) for one in more]) == ["done"] * 2 * AT_ONCE
    assert ([ledger.owed(one) for one in (whole, *more)], seats.recount()) == ([13_500] * (2 * AT_ONCE + 1), [])


def test_an_event_is_cancelled_while_additions_are_placed(app: Flask, module_db: str) -> None:
    event, type_id, whole = made(20)
    with transaction():
        more = [orders.hold(event, [wish(type_id, n)], BUYER, part_of=whole).order_id for n in range(AT_ONCE)]
    acts = [partial(placed, one) for one in more]
    acts.insert(1, partial(programme.cancel_event, event, actor_id=None, reason="The hall burnt down."))
    came = race(app, acts)
    assert set(came) <= {"done", "expired"} and {state(one) for one in (whole, *more)} <= {"cancelled", "expired"}
    assert ([ledger.owed(one) for one in (whole, *more) if state(one) == "cancelled"].count(0) >= 1, seats.recount()) == (True, [])
