"""Whatever people do around an event with places set aside, in whatever order: nothing is oversold, everything adds up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import count

import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.conftest import NOW
from tests.factories import events, setasides
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.catalog import events as catalog
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import orders, registrations, seats
from webapp.registration.models import ACTIVE, PoolUse, Registration
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.setasides import keeping
from webapp.registration.setasides.models import SetAside
from webapp.registration.substitution import Colleague
from webapp.registration.waitlist import joining, offering

ACTS = ("set aside", "set aside online", "book", "book", "book two", "again", "buy", "cancel", "cancel", "hand on", "give back", "resize",
        "return", "join", "settle", "expire", "larger", "smaller", "days")
BUYER = Buyer("P", "p@home.example")
_names = count(1)


class Around:
    """A hybrid event of six seats and the acts of those around it; what is refused changes nothing."""

    def __init__(self, frozen: time_machine.Traveller) -> None:
        self.clock = frozen
        self.event = events.workshop(mode="hybrid", capacity=6, room_capacity=4, online_capacity=3,
                                     types=[TypeSpec("Guest", [PriceSpec(0)])])
        self.event_id, self.type_id = self.event.id, places.type_of(self.event).id
        self.agency = agencies.create(f"Agency {next(_names)}", actor_id=None)

    def act(self, what: str, which: int) -> None:
        """One act; its number picks whom it is about."""
        savepoint = db.session.begin_nested()
        try:
            getattr(self, what.replace(" ", "_"))(which)
            db.session.flush()
        except Refusal:
            savepoint.rollback()

    def set_aside(self, which: int, **more: str) -> None:
        setasides.allotment(self.event, self.agency, which % 4, returns_at=clock.now() + timedelta(days=which % 20), **more)

    def set_aside_online(self, which: int) -> None:
        self.set_aside(which, mode="online")

    def book(self, which: int, people: int = 1, **form: str) -> None:
        orders.hold(self.event_id, [self._somebody(which) for _ in range(people)], BUYER, agency_id=self.agency.id, **form)

    def book_two(self, which: int) -> None:
        self.book(which, 2)

    def again(self, which: int) -> None:
        for times in (1, 2):
            self.book(which, 1 + which % 2, form_key=f"f{which}", submit_key=f"f{which}:{times}")

    def buy(self, which: int) -> None:
        orders.hold(self.event_id, [self._somebody(which)], BUYER)

    def cancel(self, which: int) -> None:
        if found := self._place(which):
            registrations.cancel(found.id, by_id=None)

    def hand_on(self, which: int) -> None:
        if found := self._place(which):
            if found.state == "held":
                orders.place(found.order_id, "free")
            registrations.substitute(found.id, Colleague("Sam", "Colleague", f"s{next(_names)}@home.example"), by_id=None)

    def give_back(self, which: int) -> None:
        if one := self._aside(which):
            keeping.give_back(one.id, self.event_id, by_id=None, reason="Enough.")

    def resize(self, which: int) -> None:
        if one := self._aside(which):
            keeping.change(one.id, self.event_id, seats=which % 6, returns_at=one.returns_at, by_id=None, reason="Another number.")

    def return_(self, _: int) -> None:
        for one in keeping.due(clock.now()):
            keeping.return_due(*one)

    def join(self, _: int) -> None:
        joining.join(self.event_id, "event", email=f"j{next(_names)}@home.example")

    def settle(self, _: int) -> None:
        offering.settle(self.event_id, clock.now())

    def expire(self, _: int) -> None:
        for order_id in orders.due_for_release(clock.now()):
            orders.expire(order_id)

    def larger(self, _: int, by: int = 1) -> None:
        event = db.session.get_one(Event, self.event_id, populate_existing=True)
        catalog.update(event.id, version=event.version, actor_id=None, capacity=(setasides.capacity(event) or 0) + by)

    def smaller(self, which: int) -> None:
        self.larger(which, -1)

    def days(self, which: int) -> None:
        self.clock.shift(timedelta(days=which % 5, minutes=which))

    def adds_up(self) -> None:
        """What is true after every act."""
        assert seats.recount() == []
        for one in db.session.scalars(select(SetAside).execution_options(populate_existing=True)):
            own = db.session.get_one(Pool, one.pool_id, populate_existing=True)
            used = db.session.scalar(select(func.coalesce(func.sum(PoolUse.count), 0)).where(PoolUse.pool_id == own.id))
            assert own.capacity is not None and (own.taken, own.taken <= own.capacity <= one.seats) == (used, True)
            assert one.returned_at is None or own.capacity == own.taken
        for pool in db.session.scalars(select(Pool).execution_options(populate_existing=True)):
            assert pool.capacity is None or pool.taken + pool.kept <= pool.capacity
            assert 0 <= pool.aside <= pool.taken and (pool.waited or not pool.kept)

    def _somebody(self, which: int) -> Attendee:
        name = next(_names)
        return Attendee(self.type_id, f"P{name}", "Guest", f"b{name}@home.example", mode=("online", "in_person")[which % 2])

    def _place(self, which: int) -> Registration | None:
        found = db.session.scalars(select(Registration).where(Registration.state.in_(ACTIVE)).order_by(Registration.id)).all()
        return found[which % len(found)] if found else None

    def _aside(self, which: int) -> SetAside | None:
        found = db.session.scalars(select(SetAside).order_by(SetAside.id)).all()
        return found[which % len(found)] if found else None


@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 60)), min_size=6, max_size=16))
def test_nothing_is_oversold_and_what_is_set_aside_adds_up(
        undone: Callable[[], AbstractContextManager[None]], frozen: time_machine.Traveller, steps: list[tuple[str, int]]) -> None:
    frozen.move_to(NOW)
    with undone():
        around = Around(frozen)
        around.act("set aside", 3)
        for what, which in steps:
            around.act("return_" if what == "return" else what, which)
            around.adds_up()
