"""Many at once for a code's last use, for the last of its budget, for one person's share: exactly as many as there are."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import codes, events, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, registrations, seats
from webapp.registration.codes import counting, keeping
from webapp.registration.codes.models import DiscountCode
from webapp.registration.orders import Attendee, Buyer

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
BUYER = Buyer("Ana Silva", "ana@home.example")


def made(word: str, **terms: int) -> tuple[int, int, int]:
    """An event of its own with a code of its own: their ids and that of the type."""
    with transaction():
        event = events.workshop(capacity=None)
        return event.id, places.type_of(event).id, codes.code(event, f"{word}-{event.id}", **terms)


def hold(event_id: int, type_id: int, word: str, number: int, email: str = "") -> None:
    address = email or f"p{number}@home.example"
    orders.hold(event_id, [Attendee(type_id, f"P{number}", "Guest", address)], BUYER, code=f"{word}-{event_id}")


def counters(code_id: int) -> tuple[int, int]:
    db.session.rollback()
    assert (counting.recount(), seats.recount()) == ([], [])
    row = db.session.execute(select(DiscountCode.uses, DiscountCode.spent_cents).where(DiscountCode.id == code_id)).one()
    return row.uses, row.spent_cents


def test_three_uses_for_eight(app: Flask, module_db: str) -> None:
    event_id, type_id, code_id = made("USES", max_uses=3)
    came = race(app, [partial(hold, event_id, type_id, "USES", n) for n in range(AT_ONCE)])
    assert (came, counters(code_id)) == (["code_used_up"] * 5 + ["done"] * 3, (3, 4_500))


def test_the_last_dollar_of_a_budget(app: Flask, module_db: str) -> None:
    event_id, type_id, code_id = made("BUDGET", amount_cents=100, budget_cents=301)
    came = race(app, [partial(hold, event_id, type_id, "BUDGET", n) for n in range(AT_ONCE)])
    assert (came, counters(code_id)) == (["code_used_up"] * 5 + ["done"] * 3, (3, 300))


def test_one_persons_share(app: Flask, module_db: str) -> None:
    event_id, type_id, code_id = made("ONCE", max_per_person=1)
    came = race(app, [partial(hold, event_id, type_id, "ONCE", n, "same@home.example") for n in range(AT_ONCE)])
    assert (came, counters(code_id)) == (["code_used_by_her"] * 7 + ["done"], (1, 1_500))


def test_the_last_use_typed_on_two_review_pages(app: Flask, module_db: str) -> None:
    event_id, _, code_id = made("REVIEW", max_uses=1)
    with transaction():
        event = db.session.get_one(events.Event, event_id)
        held = [places.held(event, people.person()).order_id for _ in range(4)]
    came = race(app, [partial(orders.apply_code, one, f"REVIEW-{event_id}") for one in held])
    assert (came, counters(code_id)) == (["code_used_up"] * 3 + ["done"], (1, 1_500))


def test_the_same_code_twice_on_one_order_is_one_use(app: Flask, module_db: str) -> None:
    event_id, _, code_id = made("TWICE")
    with transaction():
        held = places.held(db.session.get_one(events.Event, event_id), people.person()).order_id
    came = race(app, [partial(orders.apply_code, held, f"TWICE-{event_id}")] * 4)
    assert (came, counters(code_id)) == (["done"] * 4, (1, 1_500))


def test_a_code_taken_given_back_and_withdrawn_at_once_adds_up(app: Flask, module_db: str) -> None:
    event_id, type_id, code_id = made("MIXED", max_uses=6)
    with transaction():
        event = db.session.get_one(events.Event, event_id)
        held = [orders.hold(event_id, [places.attendee(event, people.person())], BUYER, code=f"MIXED-{event_id}").order_id
                for _ in range(4)]
        for one in held[:2]:
            places.place(one)
        gone = [places.of_order(one).id for one in held[:2]]
    cancel = [partial(registrations.cancel, one, by_id=None, by_organizer=True) for one in gone]
    came = race(app, [*cancel, partial(orders.let_go, held[2]), partial(orders.remove_code, held[3]),
                      partial(keeping.withdraw, code_id, by_id=None), *[partial(hold, event_id, type_id, "MIXED", n) for n in range(3)]])
    assert set(came) <= {"done", "code_withdrawn", "code_used_up"} and counters(code_id)[0] <= 3
