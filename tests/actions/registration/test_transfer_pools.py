"""A place an agency's pool of seats gave moves to another date: from the agency's pool there, and back to the one here."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates, moved, new_of
from tests.factories import events, people, setasides
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.accounts.models import Agency
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Full, Stale
from webapp.registration import entering, ledger, orders, registrations, seats
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer


@pytest.fixture
def ours(frozen, db_session) -> Agency:
    return agencies.create("Lakeshore Home Visiting", actor_id=None)


def drawn(event: Event, agency: Agency, **more: Any) -> Registration:
    """A place of somebody of the agency, booked by her supervisor and billed."""
    buyer = Buyer(agency.name, "office@lakeshore.example", None, agency.id)
    held = orders.hold(event.id, [places.stranger(event, **more)], buyer, agency_id=agency.id)
    orders.place(held.order_id, "invoice")
    return of_order(held.order_id)


def of_order(order_id: int) -> Registration:
    return db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()


def test_it_draws_on_the_agencys_pool_there_and_returns_to_the_one_here(ours: Agency) -> None:
    one, other = dates()
    here, there = setasides.allotment(one, ours, 2), setasides.allotment(other, ours, 2)
    place = drawn(one, ours)
    foreseen = registrations.foresee_transfer(place.id, other.id)
    assert foreseen.seat_words == ("The place there is one of those kept for Lakeshore Home Visiting.",
                                   "The seat here goes back to those kept for Lakeshore Home Visiting.")
    new = new_of(moved(place, other, seen_kept=True))
    assert (new.set_aside_id, setasides.counts(here), setasides.counts(there)) == (there, (2, 0), (2, 1))
    assert (setasides.event_pool(one), setasides.event_pool(other), seats.recount()) == ((2, 2, 0), (2, 1, 0), [])


def test_a_date_that_is_full_for_others_has_her_kept_seat(ours: Agency) -> None:
    one, other = dates(capacity=1)
    setasides.allotment(one, ours, 1)
    there = setasides.allotment(other, ours, 1)
    new = new_of(moved(drawn(one, ours), other))
    assert (new.set_aside_id, setasides.event_pool(other), seats.recount()) == (there, (1, 0, 0), [])


def test_without_a_kept_seat_there_it_is_from_open_sale_and_says_so(ours: Agency) -> None:
    one, other = dates()
    here = setasides.allotment(one, ours, 1)
    place = drawn(one, ours)
    assert registrations.foresee_transfer(place.id, other.id).seat_words[0] == (
        "No place kept for Lakeshore Home Visiting is left there that fits, so it is taken from those open to everybody.")
    new = new_of(moved(place, other, seen_kept=False))
    assert (new.set_aside_id, setasides.counts(here), seats.recount()) == (None, (1, 0), [])


def test_one_for_another_way_of_taking_part_is_not_drawn_on(ours: Agency) -> None:
    one, other = dates(mode="hybrid")
    setasides.allotment(one, ours, 1)
    there = setasides.allotment(other, ours, 1, mode="online")
    new = new_of(moved(drawn(one, ours, mode="in_person"), other))
    assert (new.mode, new.set_aside_id, setasides.counts(there)) == ("in_person", None, (1, 0))


def test_one_that_returned_to_sale_gives_nothing_and_gets_nothing_back(ours: Agency) -> None:
    one, other = dates()
    day = clock.now() + timedelta(days=2)
    here, there = setasides.allotment(one, ours, 1, returns_at=day), setasides.allotment(other, ours, 1, returns_at=day)
    place = drawn(one, ours)
    with time_machine.travel(day, tick=False):
        assert registrations.foresee_transfer(place.id, other.id).back_to == ""
        new = new_of(moved(place, other))
    assert (new.set_aside_id, setasides.counts(here), setasides.counts(there), seats.recount()) == (None, (0, 0), (1, 0), [])


def test_a_kept_seat_that_went_meanwhile_is_shown_anew(ours: Agency) -> None:
    one, other = dates()
    setasides.allotment(one, ours, 1)
    there = setasides.allotment(other, ours, 1)
    place = drawn(one, ours)
    drawn(other, ours, given="Bo", email="bo@home.example")
    assert setasides.counts(there) == (1, 1)
    with pytest.raises(Stale, match="kept for the agency"):
        moved(place, other, seen_kept=True)


def test_of_two_for_the_last_kept_seat_of_a_full_date_the_second_stays(ours: Agency) -> None:
    one, other = dates(capacity=2)
    setasides.allotment(one, ours, 2)
    there = setasides.allotment(other, ours, 1)
    places.registered(other, people.person("Bo", "Berg"))
    first, second = drawn(one, ours), drawn(one, ours, given="Bo", email="bo@home.example")
    moved(first, other)
    with pytest.raises(Full), db.session.begin_nested():
        moved(second, other)
    assert (setasides.counts(there), seats.recount()) == ((1, 1), [])


def test_what_an_agency_pays_draws_on_its_pool_there_though_it_was_from_open_sale(ours: Agency) -> None:
    one, other = dates()
    there = setasides.allotment(other, ours, 1)
    assert new_of(moved(drawn(one, ours), other)).set_aside_id == there


def test_the_price_settles_as_ever(ours: Agency) -> None:
    one, other = dates(events.workshop(), events.workshop("Later", starts=events.at(60), non_member=18_000))
    setasides.allotment(one, ours, 1)
    setasides.allotment(other, ours, 1)
    place = drawn(one, ours)
    assert (moved(place, other, seen_cents=3_000, seen_kept=True).change_cents, ledger.owed(place.order_id)) == (3_000, 18_000)


def test_staff_move_it_by_the_same_rule(ours: Agency) -> None:
    one, other = events.workshop("Sleep"), events.workshop("Elsewhere", starts=events.at(60))
    here, there = setasides.allotment(one, ours, 1), setasides.allotment(other, ours, 1)
    new = new_of(moved(drawn(one, ours), other, by_staff=True, reason="Asked by phone"))
    assert (new.set_aside_id, setasides.counts(here)) == (there, (1, 0))


def test_a_presenters_place_goes_back_to_the_presenters(db_session, frozen) -> None:
    one, other = events.workshop("Sleep"), events.workshop("Elsewhere", starts=events.at(60))
    kept = setasides.aside(one, 1)
    order_id = entering.enter(one.id, places.type_of(one).id, given="Ann", family="Able", email="ann@able.example",
                              by_id=people.person().id, set_aside_id=kept)
    place = of_order(order_id)
    assert registrations.foresee_transfer(place.id, other.id, by_staff=True).seat_words == (
        "The seat here goes back to those kept for Presenters.",)
    assert new_of(moved(place, other, by_staff=True, reason="Asked")).set_aside_id is None and setasides.counts(kept) == (1, 0)
