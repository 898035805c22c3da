"""One place that was put off, redeemed for two dates at one moment: its money pays for one; and it is put off once."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import till as tills
from tests.support.racing import in_sessions, race
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, deferring, receipts
from webapp.payments.models import BalanceLot
from webapp.registration import registrations
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Registration

pytestmark = [pytest.mark.concurrency, pytest.mark.race, pytest.mark.real_time]


def made() -> tuple[int, list[int]]:
    """A paid place, and held orders of the same person for two later dates."""
    with transaction():
        first, second = dates(events.workshop("Sleep", policy="two-weeks-then-put-off"), events.workshop("Later", starts=events.at(60)))
        third = events.workshop("Last", starts=events.at(90), course_id=first.course_id)
        who = people.person()
        place = places.registered(first, who, method="card")
        receipts.record(place.order_id, receipts.Received("cash", 15_000, clock.today(tills.ZONE), tills.ZONE), by_id=None)
        return place.id, [places.held(one, who).order_id for one in (second, third)]


def test_two_dates_at_once_get_one_place(app: Flask, module_db: str) -> None:
    place_id, wanted = made()
    today = clock.today(tills.ZONE)
    with transaction():
        deferring.defer(place_id, by_id=None, today=today)
    came = race(app, [partial(balance.use, one, today=today, by_id=None) for one in wanted])
    states = sorted(db.session.scalars(select(Registration.state).where(Registration.order_id.in_(wanted))))
    assert (came, states) == (["done", "no_balance"], ["confirmed", "held"])
    assert sum(tills.balance(one).paid_cents for one in wanted) == 15_000


def test_put_off_and_cancelled_at_once_gives_the_money_one_way(app: Flask, module_db: str) -> None:
    place_id, _ = made()
    today = clock.today(tills.ZONE)
    once = partial(deferring.defer, place_id, by_id=None, today=today)
    came = race(app, [once, once, partial(registrations.cancel, place_id, by_id=None)])
    db.session.rollback()
    kept = db.session.scalar(select(func.coalesce(func.sum(BalanceLot.amount_cents), 0)).where(
        BalanceLot.deferral_id.in_(select(Deferral.id).where(Deferral.registration_id == place_id))))
    deferrals = db.session.scalar(select(func.count(Deferral.id)).where(Deferral.registration_id == place_id))
    assert came.count("done") == 1 and (deferrals, kept) in ((1, 15_000), (0, 0))


def test_a_place_whose_transfer_comes_back_at_this_moment_leaves_no_balance(app: Flask, module_db: str) -> None:
    day, pairs = clock.today(tills.ZONE), []
    with transaction():
        by = people.person(roles=["finance"]).id
        for number in range(4):
            sleep = events.workshop(f"Sleep {number}", policy="two-weeks-then-put-off")
            first, _ = dates(sleep, events.workshop("Later", starts=events.at(60)))
            place = places.registered(first, people.person(), method="card")
            paid = receipts.record(place.order_id, receipts.Received("bank_transfer", 15_000, day, tills.ZONE, number="7"), by_id=by)
            pairs.append((place.id, paid.id))
    came = in_sessions(app, [act for place_id, payment_id in pairs for act in (
        partial(whole, partial(deferring.defer, place_id, by_id=None, today=day)),
        partial(whole, partial(receipts.bounce, payment_id, reason="No funds", by_id=by)))])
    assert set(came[::2]) <= {"done", "not_paid"} and set(came[1::2]) == {"done"}
    put_off = select(Deferral.id).where(Deferral.registration_id.in_([place_id for place_id, _ in pairs]))
    assert not any(db.session.scalars(select(BalanceLot.left_cents).where(BalanceLot.deferral_id.in_(put_off))))
    tills.check_books()


def whole(act: Callable[[], object]) -> str:
    with transaction():
        act()
    return "done"
