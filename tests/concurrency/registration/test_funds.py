"""Many at once for a grant's last dollar: exactly as many as there is money for, and every cent back in the end."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import events, funds, people
from tests.factories import registrations as places
from tests.support.racing import race
from webapp.core.db import db, transaction
from webapp.registration import orders, registrations, seats
from webapp.registration.funds import giving, keeping, sharing
from webapp.registration.funds.models import Fund
from webapp.registration.orders import Attendee, Buyer

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]
AT_ONCE = 8
BUYER = Buyer("Ana Silva", "ana@home.example")


def made(word: str, **terms: int) -> tuple[int, int, int]:
    """An event of its own with a grant of its own: their ids and that of the type."""
    with transaction():
        event = events.workshop(capacity=None)
        fund = funds.fund(event, f"{word} {event.id}", grantor=funds.GRANTOR, word=f"{word}-{event.id}", **terms)
        return event.id, places.type_of(event).id, fund


def hold(event_id: int, type_id: int, word: str, number: int, email: str = "") -> None:
    address = email or f"p{number}@home.example"
    orders.hold(event_id, [Attendee(type_id, f"P{number}", "Guest", address)], BUYER, code=f"{word}-{event_id}")


def used(fund_id: int) -> int:
    db.session.rollback()
    assert (sharing.recount(), seats.recount()) == ([], [])
    return db.session.scalars(select(Fund.used_cents).where(Fund.id == fund_id)).one()


def test_a_grants_last_dollar(app: Flask, module_db: str) -> None:
    event_id, type_id, fund_id = made("LAST", amount_cents=100, budget_cents=301)
    came = race(app, [partial(hold, event_id, type_id, "LAST", n) for n in range(AT_ONCE)])
    assert (came, used(fund_id)) == (["done"] * 3 + ["fund_used_up"] * 5, 300)


def test_one_persons_share_of_a_grant(app: Flask, module_db: str) -> None:
    event_id, type_id, fund_id = made("HERS", amount_cents=100, max_per_person_cents=100)
    came = race(app, [partial(hold, event_id, type_id, "HERS", n, "same@home.example") for n in range(AT_ONCE)])
    assert (came, used(fund_id)) == (["done"] + ["fund_had_by_her"] * 7, 100)


def test_two_of_staff_give_the_last_dollar(app: Flask, module_db: str) -> None:
    event_id, _, fund_id = made("STAFF", amount_cents=100, budget_cents=100)
    with transaction():
        event, by = db.session.get_one(events.Event, event_id), people.person(roles=["finance"]).id
        ids = [places.registered(event, people.person()).id for _ in range(4)]
    came = race(app, [partial(giving.give, one, fund_id, by_id=by, reason="Travels far") for one in ids])
    assert (came, used(fund_id)) == (["done"] + ["fund_used_up"] * 3, 100)


def test_two_of_staff_give_to_one_place(app: Flask, module_db: str) -> None:
    event_id, _, fund_id = made("ONE", amount_cents=100)
    with transaction():
        event, by = db.session.get_one(events.Event, event_id), people.person(roles=["finance"]).id
        place = places.registered(event, people.person()).id
    came = race(app, [partial(giving.give, place, fund_id, by_id=by, reason="Travels far")] * 4)
    assert (came.count("done"), len(came), used(fund_id)) == (1, 4, 100)


def test_given_taken_back_and_withdrawn_at_once_adds_up(app: Flask, module_db: str) -> None:
    event_id, type_id, fund_id = made("MIXED", amount_cents=100, budget_cents=600)
    with transaction():
        event, by = db.session.get_one(events.Event, event_id), people.person(roles=["finance"]).id
        held = [orders.hold(event_id, [places.attendee(event, people.person())], BUYER, code=f"MIXED-{event_id}").order_id
                for _ in range(4)]
        for one in held[:2]:
            places.place(one)
        gone = [places.of_order(one).id for one in held[:2]]
        share = sharing.standing([gone[0]])[0].id
    came = race(app, [
        partial(registrations.cancel, gone[0], by_id=None, by_organizer=True), partial(giving.take_back, share, by_id=by, reason="Ill"),
        partial(registrations.cancel, gone[1], by_id=None, by_organizer=True), partial(orders.let_go, held[2]),
        partial(orders.remove_fund, held[3]), partial(keeping.withdraw, fund_id, by_id=None),
        *[partial(hold, event_id, type_id, "MIXED", n) for n in range(2)]])
    assert set(came) <= {"done", "fund_withdrawn", "already_done", "not_active"} and used(fund_id) <= 600
