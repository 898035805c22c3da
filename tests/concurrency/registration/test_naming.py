"""Several people name one seat at once, or name one person for two seats: one of them does."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import events
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, registrations, seats
from webapp.registration.models import Registration
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.substitution import Colleague

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 4


def made(count: int) -> list[int]:
    """So many seats without a name, in one order."""
    with transaction():
        event = events.workshop(capacity=count)
        held = orders.hold(event.id, [Attendee(places.type_of(event).id, to_follow=True)] * count, Buyer("Sue", "sue@lakeshore.example"))
        orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
        return list(db.session.scalars(select(Registration.id).where(Registration.order_id == held.order_id).order_by(Registration.id)))


def naming(place_id: int, number: int = 0) -> Callable[[], object]:
    return partial(registrations.substitute, place_id, Colleague("Sam", f"Reed {number}", f"sam{number}@home.example"), by_id=None,
                   is_naming=True)


def named(place_ids: list[int]) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Registration.id).where(
        Registration.id.in_(place_ids), Registration.person_id.is_not(None), Registration.state == "confirmed")).all())


def test_one_seat_is_named_once(app: Flask, module_db: str) -> None:
    place_ids = made(1)
    came = race(app, [naming(place_ids[0], number) for number in range(AT_ONCE)])
    assert came == ["done"] + ["named"] * (AT_ONCE - 1)
    assert (named(place_ids), seats.recount()) == (1, [])


def test_one_person_has_one_of_two_seats(app: Flask, module_db: str) -> None:
    place_ids = made(2)
    came = race(app, [naming(one) for one in place_ids])
    assert sorted(str(one) for one in came) == ["already_registered", "done"]
    assert (named(place_ids), seats.recount()) == (1, [])
