"""Add-ons bought for a confirmed place later: owed on its order, taken from what is left."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Full, Refusal, Stale, Unacceptable
from webapp.payments import giving_back, invoices
from webapp.registration import ledger, registrations, seats
from webapp.registration.models import AddOn, Registration, RegistrationAddOn
from webapp.registration.offers import AddOnSpec, PriceSpec

MEAL = AddOnSpec("Meal", [PriceSpec(3_000, audience="member"), PriceSpec(4_000, audience="non_member")], capacity=3)


def sold(*things: AddOnSpec) -> Event:
    return events.workshop(add_ons=things or [MEAL])


def thing(event: Event, name: str = "Meal") -> int:
    return db.session.scalars(select(AddOn.id).filter_by(event_id=event.id, name=name)).one()


def placed(event: Event, **more: Any) -> Registration:
    return places.registered(event, people.person(), **more)


def count(place: Registration) -> int:
    return db.session.scalar(select(RegistrationAddOn.count).where(RegistrationAddOn.registration_id == place.id)) or 0


def taken(event: Event) -> int:
    return db.session.scalars(select(Pool.taken).join(AddOn, AddOn.pool_id == Pool.id).where(AddOn.event_id == event.id)).one()


def test_what_is_bought_is_owed_at_the_price_of_her_type_and_taken_from_what_is_left() -> None:
    event = sold()
    place = placed(event)
    before = ledger.owed(place.order_id)
    assert registrations.foresee_buying(place.id, {thing(event): 2}).change_cents == 8_000
    done = registrations.buy(place.id, {thing(event): 2}, by_id=None, seen_cents=8_000)
    assert (done.change_cents, ledger.owed(place.order_id) - before, count(place), taken(event)) == (8_000, 8_000, 2, 2)
    registrations.buy(place.id, {thing(event): 1}, by_id=None)
    assert (count(place), taken(event), seats.recount()) == (3, 3, [])


def test_the_last_ones_are_sold_once() -> None:
    event = sold()
    registrations.buy(placed(event).id, {thing(event): 2}, by_id=None)
    with pytest.raises(Full, match="Meal is down to 1, and 2 were asked for"):
        registrations.buy(placed(event).id, {thing(event): 2}, by_id=None)


def test_on_invoice_the_difference_is_an_invoice_of_its_own() -> None:
    event = sold()
    place = placed(event)
    first = invoices.issue(place.order_id)
    done = registrations.buy(place.id, {thing(event): 1}, by_id=None)
    giving_back.settle_change(place.order_id, done.change_cents, reason="Bought", by_id=None, today=clock.now().date())
    assert first is not None and [bill.invoice.total_cents for bill in invoices.of_order(place.order_id)] == [first.total_cents, 4_000]


def test_cancelling_the_place_takes_it_back_with_it() -> None:
    event = events.workshop(add_ons=[MEAL], policy="free-of-charge")
    place = placed(event)
    registrations.buy(place.id, {thing(event): 2}, by_id=None)
    registrations.cancel(place.id, by_id=None, by_organizer=True)
    assert (ledger.owed(place.order_id), taken(event), seats.recount()) == (0, 0, [])


def test_what_opens_a_block_is_bought_once_and_opens_it() -> None:
    event = events.conference()
    place, pre, block = placed(event), thing(event, "Pre-conference"), events.blocks(event)["PRE"].id
    session = next(one.id for one in events.sessions(event) if one.title == "Pre-conference")
    registrations.buy(place.id, {pre: 1}, by_id=None)
    assert session in registrations.choose_breakouts(place.id, {block: session})
    with pytest.raises(Unacceptable, match="bought for this place already"):
        registrations.buy(place.id, {pre: 1}, by_id=None)


@pytest.mark.parametrize("wanted", [{}, {0: 1}, {None: 0}, {None: -1}, {None: 21}, {None: 10**12}])
def test_what_is_not_sold_or_nothing_is_refused(wanted: dict[int | None, int]) -> None:
    event = sold(AddOnSpec("Meal", [PriceSpec(100)]))
    place = placed(event)
    with pytest.raises(Unacceptable):
        registrations.buy(place.id, {thing(event) if key is None else key: value for key, value in wanted.items()}, by_id=None)


def test_another_price_than_was_shown_is_looked_at_again() -> None:
    event = sold()
    with pytest.raises(Stale):
        registrations.buy(placed(event).id, {thing(event): 1}, by_id=None, seen_cents=3_999)


def test_after_registration_closed_only_staff_may_with_a_reason_that_is_kept(frozen: time_machine.Traveller) -> None:
    event = sold()
    place, ruth = placed(event), people.person(roles=["organizer"]).id
    frozen.shift(timedelta(days=60))
    with pytest.raises(Closed, match="closed"):
        registrations.buy(place.id, {thing(event): 1}, by_id=None)
    with pytest.raises(Unacceptable, match="Say why"):
        registrations.buy(place.id, {thing(event): 1}, by_id=ruth, by_staff=True)
    registrations.buy(place.id, {thing(event): 1}, by_id=ruth, by_staff=True, reason="She forgot")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="registration.bought")).one()
    assert (entry.actor_id, entry.reason, entry.after) == (ruth, "She forgot", {"things": ["Meal"], "change_cents": 4_000})


def test_nothing_is_bought_for_a_place_that_is_not_confirmed() -> None:
    event = sold()
    with pytest.raises(Refusal, match="not confirmed"):
        registrations.buy(places.held(event, people.person()).id, {thing(event): 1}, by_id=None)
