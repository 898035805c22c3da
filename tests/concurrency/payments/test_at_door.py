"""Two helpers take the money of one place at one moment, and one clicks twice: one payment."""

from functools import partial

import pytest
from flask import Flask

from tests.factories import events, people, registrations
from tests.support import till as tills
from tests.support.racing import in_sessions
from webapp.core import clock
from webapp.core.db import transaction
from webapp.payments import at_door
from webapp.payments.receipts import Received

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


@pytest.mark.parametrize(("keys", "refused"), [("aaaa", 0), ("abcd", 3)], ids=["one form four times", "four forms"])
def test_what_is_taken_at_the_door_is_written_once(app: Flask, module_db: str, keys: str, refused: int) -> None:
    with transaction():
        place, helper = registrations.registered(events.workshop(), people.person()), people.person()
        event_id, place_id, order_id, by_id = place.event_id, place.id, place.order_id, helper.id

    def take(key: str) -> int:
        received = Received("cash", 15_000, clock.today(tills.ZONE), tills.ZONE, submit_key=f"{order_id}{key}")
        with transaction():
            return at_door.take(event_id, place_id, received, by_id=by_id).id

    came = in_sessions(app, [partial(take, key) for key in keys])
    assert (len([one for one in came if isinstance(one, str)]), tills.payments(order_id)) == (refused, [("succeeded", 15_000)])
