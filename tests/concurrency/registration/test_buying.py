"""Something is bought for a place while others register with it: the last one is sold once."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.concurrency.registration.test_last_seat import BUYER, wish
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.catalog.models import Pool
from webapp.core.db import db, transaction
from webapp.registration import orders, registrations, seats
from webapp.registration.models import AddOn
from webapp.registration.offers import AddOnSpec, PriceSpec

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def test_the_last_meal_goes_to_one_of_many(app: Flask, module_db: str) -> None:
    with transaction():
        event = events.workshop(add_ons=[AddOnSpec("Meal", [PriceSpec(4_000)], capacity=1)])
        event_id, type_id = event.id, places.type_of(event).id
        meal = db.session.scalars(select(AddOn).filter_by(event_id=event_id)).one()
        meal_id, pool_id = meal.id, meal.pool_id
        ours = [places.registered(event, people.person()).id for _ in range(AT_ONCE)]
    acts = [partial(registrations.buy, one, {meal_id: 1}, by_id=None) for one in ours]
    acts += [partial(orders.hold, event_id, [wish(type_id, n, add_ons={meal_id: 1})], BUYER) for n in range(AT_ONCE)]
    assert race(app, acts) == ["done"] + ["full"] * (2 * AT_ONCE - 1)
    db.session.rollback()
    assert (db.session.scalars(select(Pool.taken).where(Pool.id == pool_id)).one(), seats.recount()) == (1, [])
