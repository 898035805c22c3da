"""Whatever people do around a small event, in whatever order: nothing is oversold, the line is kept, everything adds up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import count

import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import NOW
from tests.factories import registrations as places
from tests.factories import waitlists
from webapp.catalog import events as catalog
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import orders, registrations, seats
from webapp.registration.models import ACTIVE, Registration
from webapp.registration.orders import Buyer
from webapp.registration.waitlist import joining, offering
from webapp.registration.waitlist.models import LIVE, WaitlistEntry, WaitlistUse

ACTS = ("join", "join three", "leave", "cancel", "cancel", "buy", "take", "take", "expire", "settle", "larger", "smaller", "hours")
_names = count(1)


class Around:
    """A full event of two seats and the acts of those around it; what is refused changes nothing."""

    def __init__(self, frozen: time_machine.Traveller) -> None:
        self.clock = frozen
        self.event = waitlists.full(2)[0]
        self.event_id, self.type_id = self.event.id, places.type_of(self.event).id

    def act(self, what: str, which: int) -> None:
        """One act; its number picks whom it is about."""
        savepoint = db.session.begin_nested()
        try:
            getattr(self, what.replace(" ", "_"))(which)
            db.session.flush()
        except Refusal:
            savepoint.rollback()

    def join(self, _: int) -> None:
        joining.join(self.event_id, "event", email=f"j{next(_names)}@home.example")

    def join_three(self, _: int) -> None:
        joining.join(self.event_id, "event", email=f"j{next(_names)}@home.example", seats=3)

    def leave(self, which: int) -> None:
        if entry := self._entry(which, *LIVE):
            joining.leave(entry.ref)

    def cancel(self, which: int) -> None:
        ours = db.session.scalars(select(Registration.id).where(Registration.state.in_(ACTIVE)).order_by(Registration.id)).all()
        if ours:
            registrations.cancel(ours[which % len(ours)], by_id=None)

    def buy(self, _: int, offer: str = "") -> None:
        kept = self._pool().kept
        orders.hold(self.event_id, [orders.Attendee(self.type_id, "P", "Guest", f"b{next(_names)}@home.example")],
                    Buyer("P", "p@home.example"), offer=offer)
        assert self._pool().kept == kept  # neither a passer-by nor an offer touches what is kept for the line

    def take(self, which: int) -> None:
        if entry := self._entry(which, "offered"):
            self.buy(which, entry.ref)

    def expire(self, _: int) -> None:
        for order_id in orders.due_for_release(clock.now()):
            orders.expire(order_id)

    def settle(self, _: int) -> None:
        offering.settle(self.event_id, clock.now())

    def larger(self, _: int, by: int = 1) -> None:
        event = db.session.get_one(Event, self.event_id, populate_existing=True)
        catalog.update(event.id, version=event.version, actor_id=None, capacity=(self._pool().capacity or 0) + by)

    def smaller(self, which: int) -> None:
        self.larger(which, -1)

    def hours(self, which: int) -> None:
        self.clock.shift(timedelta(hours=which))

    def adds_up(self) -> None:
        """What is true after every act."""
        pool = self._pool()
        entries = db.session.scalars(select(WaitlistEntry).order_by(WaitlistEntry.number).execution_options(populate_existing=True)).all()
        held = {use.entry_id: use.count for use in db.session.scalars(select(WaitlistUse).execution_options(populate_existing=True))}
        assert seats.recount() == [] and pool.capacity is not None and pool.taken + pool.kept <= pool.capacity
        assert [one.number for one in entries] == list(range(1, len(entries) + 1))
        assert pool.waited == sum(one.state == "waiting" for one in entries) and (pool.waited or not pool.kept)
        assert held == {one.id: one.seats - one.claimed for one in entries if one.state == "offered"}

    def in_order(self) -> None:
        """After the drain: whoever waits lacks a seat, and nobody behind the first was asked before it."""
        pool = self._pool()
        if first := self._entry(0, "waiting"):
            assert pool.capacity is not None and pool.capacity - pool.taken < first.seats

    def _pool(self) -> Pool:
        return db.session.get_one(Pool, self.event.pool_id, populate_existing=True)

    def _entry(self, which: int, *states: str) -> WaitlistEntry | None:
        found = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.state.in_(states)).order_by(WaitlistEntry.rank)).all()
        return found[which % len(found)] if found else None


@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 60)), min_size=6, max_size=14))
def test_nothing_is_oversold_and_the_line_is_kept(
        undone: Callable[[], AbstractContextManager[None]], frozen: time_machine.Traveller, steps: list[tuple[str, int]]) -> None:
    frozen.move_to(NOW)
    with undone():
        around = Around(frozen)
        around.join(0)
        for what, which in steps:
            around.act(what, which)
            around.adds_up()
        around.settle(0)
        around.adds_up()
        around.in_order()
