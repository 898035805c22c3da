"""The race that oversells pretix: it counts orders, then carts; an order committed in between, made of a valid cart, is in neither.

Here nothing is counted: a cart (a hold) has its seat in the pool already, and becoming an order moves none. What could be caught between
two counts is tried from both sides.
"""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, seats
from webapp.registration.models import Registration
from webapp.registration.orders import Attendee, BillTo, Buyer

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


def test_a_cart_that_becomes_an_order_while_others_ask_for_its_seat(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(capacity=3)
        event_id, type_id = event.id, places.type_of(event).id
        carts = [places.held(event, people.person()).order_id for _ in range(3)]
    asks = [partial(orders.hold, event_id, [Attendee(type_id, f"P{n}", "Late", f"late{n}@home.example")],
                    Buyer("Late", "late@home.example")) for n in range(6)]
    came = race(app, [*asks[:3], *(partial(orders.place, cart, "invoice", bill_to=BillTo("Lakeshore")) for cart in carts), *asks[3:]])
    db.session.rollback()
    states = dict(db.session.execute(select(Registration.state, func.count()).where(Registration.event_id == event_id)
                                     .group_by(Registration.state)).all())
    assert (came, states, seats.recount()) == (["done"] * 3 + ["full"] * 6, {"confirmed": 3}, [])
