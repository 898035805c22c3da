"""Whatever moves where, and is cancelled or handed on in between: seats recount, codes recount, and money adds up."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import codes, events, people
from tests.factories import registrations as places
from tests.web.registration.test_substituting import paid_by_cheque
from webapp.catalog import parts
from webapp.catalog.models import Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.payments import balances, giving_back
from webapp.registration import ledger, orders, registrations, seats
from webapp.registration.codes import counting
from webapp.registration.models import ACTIVE, Charge, Registration
from webapp.registration.substitution import Colleague

STEPS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(["move", "move", "move", "staff", "cancel", "colleague"])),
                 min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_chains_of_moves_add_up(undone: Callable[[], AbstractContextManager[None]], steps: list[tuple[int, int, str]]) -> None:
    with undone():
        course = parts.course("SLEEP", "Sleep").id
        dates = [events.workshop(f"Date {number}", starts=events.at(30 + 7 * number), capacity=2, non_member=price).id
                 for number, price in enumerate((15_000, 18_000, 9_000))]
        for event_id in dates:
            db.session.get_one(events.Event, event_id).course_id = course
        db.session.flush()
        codes.code(db.session.get_one(events.Event, dates[0]), event_ids=dates[:2])
        first = _first(dates[0])
        latest = [_placed(dates[number]) for number in (0, 1)] + [first]
        for who, where, how in steps:
            latest[who] = _step(latest[who], dates[where], how)
            _adds_up(dates)


def _first(event_id: int) -> int:
    place = places.held(db.session.get_one(events.Event, event_id), people.person())
    orders.apply_code(place.order_id, "SPRING10")
    places.place(place.order_id)
    paid_by_cheque(place)
    return place.id


def _placed(event_id: int) -> int:
    return places.registered(db.session.get_one(events.Event, event_id), people.person()).id


def _step(place_id: int, event_id: int, how: str) -> int:
    try:
        with db.session.begin_nested():
            if how == "cancel":
                giving_back.after([registrations.cancel(place_id, by_id=None)], reason="x", by_id=None, today=clock.today(events.ZONE))
                return place_id
            done = (registrations.substitute(place_id, Colleague("Sam", f"Reed {place_id}", f"sam{place_id}@home.example"), by_id=None)
                    if how == "colleague" else registrations.transfer(place_id, event_id, by_id=None, by_staff=how == "staff", reason="x",
                                                                      same_price=True))
            giving_back.settle_change(done.order_id, done.change_cents, reason="x", by_id=None, today=clock.today(events.ZONE))
            return done.registration_id
    except Refusal:
        return place_id


def _adds_up(dates: list[int]) -> None:
    assert seats.recount() == [] and counting.recount() == []
    for event_id in dates:
        active = db.session.scalar(select(func.count()).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE)))
        assert active == db.session.scalar(select(Pool.taken).join(events.Event, events.Event.pool_id == Pool.id).where(
            events.Event.id == event_id))
    for order_id in db.session.scalars(select(Registration.order_id).distinct()).all():
        live = ledger.live(order_id)
        gone = set(db.session.scalars(select(Registration.id).where(Registration.state.in_(("transferred", "substituted")))))
        balance = balances.of_order(order_id, clock.today(events.ZONE))
        assert balance.owed_cents == sum(one.amount_cents for one in live) >= 0 and not {one.registration_id for one in live} & gone
        assert balance.allocated_cents + balance.unplaced_cents + balance.in_flight_cents == balance.paid_cents
        assert balance.allocated_cents <= balance.owed_cents
    assert db.session.scalar(select(func.count()).where(Charge.amount_cents == 0)) == 0
