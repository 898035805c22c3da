"""Carts at the same moment: the last seat once, a form once, and an order that ends or is paid while something is added."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.concurrency.registration.test_substituting import standing
from tests.factories import events
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, seats
from webapp.registration.models import Order, Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def made(capacity: int, carts: int = 1) -> tuple[int, int, list[int]]:
    """An event with so many seats, its type, and orders begun for another event."""
    with transaction():
        event, first = events.workshop(capacity=capacity), events.workshop("First")
        begun = [orders.hold(first.id, [wish(places.type_of(first).id, number)], BUYER).order_id for number in range(carts)]
        return event.id, places.type_of(event).id, begun


def adding(event_id: int, type_id: int, order_id: int, number: int = 0, **more: Any) -> Any:
    return partial(orders.hold, event_id, [wish(type_id, number)], BUYER, into=order_id, **more)


def test_of_many_carts_one_gets_the_last_seat(app: Flask, module_db: str) -> None:
    event, type_id, carts = made(1, AT_ONCE)
    came = race(app, [adding(event, type_id, cart, number) for number, cart in enumerate(carts)])
    assert came == ["done"] + ["full"] * (AT_ONCE - 1) and standing(event) == (["held"], 1, [])


def test_a_double_click_adds_once(app: Flask, module_db: str) -> None:
    event, type_id, (cart,) = made(AT_ONCE)
    came = race(app, [adding(event, type_id, cart, submit_key=f"form{cart}:1", form_key=f"form{cart}")] * AT_ONCE)
    assert set(came) <= {"done", "same_form"} and standing(event) == (["held"], 1, [])


def test_an_order_that_is_let_go_meanwhile_holds_nothing(app: Flask, module_db: str) -> None:
    event, type_id, (cart,) = made(AT_ONCE)
    race(app, [partial(orders.let_go, cart), *(adding(event, type_id, cart, number) for number in range(AT_ONCE))])
    db.session.rollback()
    states = set(db.session.scalars(select(Registration.state).where(Registration.order_id == cart)))
    assert (db.session.get_one(Order, cart).state, states, seats.recount()) == ("expired", {"expired"}, [])
