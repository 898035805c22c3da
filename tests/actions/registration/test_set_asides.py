"""Places set aside: out of open sale, taken by those they are for, back to them when given back, and never counted twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.factories import events, people, setasides, waitlists
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.catalog import events as events_
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Refusal, Unacceptable
from webapp.registration import applications, entering, offers, orders, publishing, registrations, seats
from webapp.registration.models import Registration
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.orders.wishes import Held
from webapp.registration.setasides import keeping
from webapp.registration.setasides.keeping import Wish
from webapp.registration.setasides.models import SetAside
from webapp.registration.substitution import Colleague

FREE = [TypeSpec("Guest", [PriceSpec(0)])]


def workshop(capacity: int | None = 5, **fields: Any) -> Event:
    return events.workshop(capacity=capacity, types=FREE, **fields)


def agency() -> Any:
    return agencies.create("Lakeshore Home Visiting", actor_id=None)


def books(event: Event, of: Any, count: int = 1, **more: Any) -> Held:
    """The agency books for guests of its own."""
    stamp = db.session.scalar(select(Registration.id).order_by(Registration.id.desc()).limit(1)) or 0
    staff = [places.stranger(event, given=f"Staff{stamp}x{n}", email=f"staff{stamp}x{n}@lakeshore.example", **more) for n in range(count)]
    return orders.hold(event.id, staff, places.buyer(people.person()), agency_id=of.id)


def test_what_is_set_aside_is_not_sold_to_everybody() -> None:
    event = workshop(5)
    setasides.aside(event, 3)
    for _ in range(2):
        places.held(event, people.person())
    with pytest.raises(Full, match=r"The places in Sleep and feeding in the first year are full\."):
        places.held(event, people.person())
    assert (setasides.event_pool(event), seats.recount()) == ((5, 3, 0), [])


def test_no_more_is_set_aside_than_is_open() -> None:
    event = workshop(5)
    places.held(event, people.person())
    with pytest.raises(Full, match=r"The places that are open to everybody are down to 4, and 5 were asked for\."):
        setasides.aside(event, 5)


def test_an_agency_books_from_its_pool_first_and_then_from_open_sale() -> None:
    event, ours = workshop(5), agency()
    mine = setasides.allotment(event, ours, 2)
    books(event, ours, 3)
    from_ = list(db.session.scalars(select(Registration.set_aside_id).order_by(Registration.id)))
    assert (from_, setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ([mine, mine, None], (2, 2), (3, 0, 0), [])


def test_an_agency_books_in_an_event_that_is_full_for_others() -> None:
    event, ours = workshop(3), agency()
    mine = setasides.allotment(event, ours, 3)
    books(event, ours)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((3, 1), (3, 2, 0), [])


def test_the_pool_of_another_agency_is_not_touched() -> None:
    event, ours = workshop(5), agency()
    theirs = setasides.allotment(event, agencies.create("Another agency", actor_id=None), 2)
    books(event, ours, 3)
    with pytest.raises(Full):
        books(event, ours)
    assert (setasides.counts(theirs), seats.recount()) == ((2, 0), [])


def test_a_form_sent_again_with_changes_keeps_to_the_pool() -> None:
    event, ours = workshop(3), agency()
    mine = setasides.allotment(event, ours, 2)
    for people_ in (2, 1):
        staff = [places.stranger(event, given=f"N{n}", email=f"n{n}@lakeshore.example") for n in range(people_)]
        orders.hold(event.id, staff, places.buyer(people.person()), agency_id=ours.id, form_key="f", submit_key=f"f:{people_}")
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((2, 1), (2, 1, 0), [])


def test_a_form_sent_again_for_another_agency_leaves_the_pool_of_the_first() -> None:
    event, ours, other = workshop(5), agency(), agencies.create("Another agency", actor_id=None)
    first, second = setasides.allotment(event, ours, 2), setasides.allotment(event, other, 2)
    for of in (ours, other):
        orders.hold(event.id, [places.stranger(event)], places.buyer(people.person()), agency_id=of.id, form_key="f",
                    submit_key=f"f:{of.id}")
    assert (setasides.counts(first), setasides.counts(second), seats.recount()) == ((2, 0), (2, 1), [])


@pytest.mark.parametrize("mode", ["online", "in_person"])
def test_what_is_set_aside_for_one_way_is_used_for_that_way_only(mode: str) -> None:
    event, ours = workshop(6, mode="hybrid", room_capacity=3, online_capacity=3), agency()
    mine = setasides.allotment(event, ours, 2, mode="online")
    books(event, ours, mode=mode)
    assert (setasides.counts(mine), seats.recount()) == ((2, int(mode == "online")), [])


def test_a_seat_given_back_before_the_date_is_the_agencys_again() -> None:
    event, ours = workshop(2), agency()
    mine = setasides.allotment(event, ours, 2, returns_at=clock.now() + timedelta(days=7))
    held = books(event, ours)
    registrations.cancel(places.of_order(held.order_id).id, by_id=None)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((2, 0), (2, 2, 0), [])


def test_a_seat_given_back_after_the_date_is_everybodys(frozen: time_machine.Traveller) -> None:
    event, ours = workshop(2), agency()
    mine = setasides.allotment(event, ours, 2, returns_at=clock.now() + timedelta(days=7))
    held = books(event, ours)
    orders.place(held.order_id, "free")
    frozen.shift(timedelta(days=8))
    registrations.cancel(places.of_order(held.order_id).id, by_id=None)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((1, 0), (1, 1, 0), [])


def test_after_the_date_the_agency_books_from_open_sale(frozen: time_machine.Traveller) -> None:
    event, ours = workshop(2), agency()
    mine = setasides.allotment(event, ours, 1, returns_at=clock.now() + timedelta(days=7))
    frozen.shift(timedelta(days=8))
    books(event, ours)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((1, 0), (2, 1, 0), [])


def test_money_that_comes_late_finds_the_seat_of_the_set_aside_again(frozen: time_machine.Traveller) -> None:
    event, ours = events.workshop(capacity=2), agency()
    mine = setasides.allotment(event, ours, 2)
    held = books(event, ours)
    orders.place(held.order_id, "card")
    frozen.shift(timedelta(hours=1))
    orders.expire(held.order_id)
    after_the_end = setasides.counts(mine)
    found = orders.confirm_late(held.order_id)
    assert (after_the_end, found, setasides.counts(mine), seats.recount()) == ((2, 0), True, (2, 1), [])


# --- kept by staff


def change(event: Event, one: int, count: int, **more: Any) -> None:
    keeping.change(one, event.id, seats=count, returns_at=None, by_id=None, reason="Two presenters more.", **more)


@pytest.mark.parametrize(("count", "after"), [(5, (5, 5, 0)), (2, (2, 2, 0))])
def test_it_is_made_larger_and_smaller(count: int, after: tuple[int, int, int]) -> None:
    event = workshop(5)
    mine = setasides.aside(event, 3)
    change(event, mine, count)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((count, 0), after, [])


def test_it_does_not_grow_beyond_what_is_open() -> None:
    event = workshop(5)
    mine = setasides.aside(event, 3)
    with pytest.raises(Full, match="The places that are open to everybody are down to 2, and 3 were asked for"):
        change(event, mine, 6)


def test_it_does_not_shrink_below_what_is_used() -> None:
    event, ours = workshop(5), agency()
    mine = setasides.allotment(event, ours, 3)
    books(event, ours, 2)
    with pytest.raises(Unacceptable, match="2 of them are used, so it cannot be smaller than that"):
        change(event, mine, 1)


def test_given_back_it_keeps_what_is_used_and_the_rest_is_sold() -> None:
    event, ours = workshop(3), agency()
    mine = setasides.allotment(event, ours, 3)
    books(event, ours)
    back = keeping.give_back(mine, event.id, by_id=None, reason="Nobody else comes.")
    places.held(event, people.person())
    assert (back, setasides.counts(mine), setasides.event_pool(event), seats.recount()) == (2, (1, 1), (2, 0, 0), [])


@pytest.mark.parametrize("act", [lambda one, event: change(event, one, 4),
                                 lambda one, event: keeping.give_back(one, event.id, by_id=None, reason="Again.")])
def test_what_was_given_back_stays_so(act: Any) -> None:
    event = workshop(5)
    mine = setasides.aside(event, 3)
    keeping.give_back(mine, event.id, by_id=None, reason="Nobody comes.")
    with pytest.raises(Closed, match="These places returned to sale already"):
        act(mine, event)


def test_the_history_says_who_made_it_changed_it_and_why() -> None:
    event, ours = workshop(5), agency()
    mine = setasides.allotment(event, ours, 3)
    change(event, mine, 4)
    keeping.give_back(mine, event.id, by_id=None, reason="The agency asked for it.")
    told = [(one.action, one.reason, one.after.get("for"), one.after.get("seats", one.after.get("places")))
            for one in db.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("set_aside.")).order_by(AuditEntry.id))]
    assert told == [("set_aside.made", "A test sets them aside.", "Lakeshore Home Visiting", 3),
                    ("set_aside.changed", "Two presenters more.", "Lakeshore Home Visiting", 4),
                    ("set_aside.returned", "The agency asked for it.", "Lakeshore Home Visiting", 4)]


@pytest.mark.parametrize(("wish", "field"), [
    (Wish("nobody", 1), "kind"), (Wish("agency", 1), "agency"), (Wish("other", 1), "label"), (Wish("presenters", 0), "seats"),
    (Wish("presenters", 10_001), "seats"), (Wish("presenters", -1), "seats"), (Wish("presenters", 1, mode="online"), "mode"),
    (Wish("presenters", 1, type_id=0), "type"), (Wish("presenters", 1, returns_at=datetime(2026, 6, 1, tzinfo=UTC)), "returns_on")])
def test_a_wish_that_makes_no_sense_is_refused_beside_its_field(frozen: time_machine.Traveller, wish: Wish, field: str) -> None:
    with pytest.raises(Unacceptable) as caught:
        keeping.create(workshop(5).id, wish, by_id=None, reason="Why not.")
    assert caught.value.field == field


def test_no_act_without_a_reason() -> None:
    event = workshop(5)
    mine = setasides.aside(event, 3)
    for act in (lambda: keeping.create(event.id, Wish("presenters", 1), by_id=None, reason=" "),
                lambda: keeping.give_back(mine, event.id, by_id=None, reason="")):
        with pytest.raises(Unacceptable, match="Say why"):
            act()


# --- returning at the date


def test_the_drain_returns_what_is_unused_once_its_date_has_come(app: Any, frozen: time_machine.Traveller) -> None:
    event, ours = workshop(5), agency()
    mine = setasides.allotment(event, ours, 3, returns_at=clock.now() + timedelta(days=7))
    later = setasides.aside(event, 1, returns_at=clock.now() + timedelta(days=20))
    books(event, ours)
    frozen.shift(timedelta(days=8))
    returned = [keeping.return_due(*one) for one in keeping.due(clock.now())]
    again = keeping.due(clock.now())
    assert (returned, again, setasides.counts(mine), setasides.counts(later), setasides.event_pool(event), seats.recount()) == (
        [2], [], (1, 1), (1, 0), (2, 1, 0), [])


def test_what_returns_while_somebody_waits_is_offered_to_her_and_never_sold() -> None:
    event = workshop(2)
    mine = setasides.aside(event, 1)
    places.held(event, people.person())
    ana = waitlists.waits(event)
    keeping.give_back(mine, event.id, by_id=None, reason="No presenter more.")
    with pytest.raises(Full):
        places.held(event, people.person())
    waitlists.settle(event)
    assert (waitlists.state(ana), setasides.event_pool(event), seats.recount()) == (["offered"], (2, 0, 0), [])


def test_a_smaller_set_aside_gives_to_who_waits_first() -> None:
    event = workshop(2)
    mine = setasides.aside(event, 2)
    ana = waitlists.waits(event)
    change(event, mine, 1)
    waitlists.settle(event)
    assert (waitlists.state(ana), setasides.event_pool(event), seats.recount()) == (["offered"], (2, 1, 0), [])


def test_what_is_kept_for_the_line_cannot_be_set_aside() -> None:
    event, had = waitlists.full(2)
    waitlists.waits(event, seats=2)
    registrations.cancel(had[0].id, by_id=None)
    with pytest.raises(Full, match="The places that are open to everybody are full"):
        setasides.aside(event, 1)


def test_a_place_taken_from_it_and_given_back_is_not_offered_to_the_line() -> None:
    event, ours = workshop(1), agency()
    mine = setasides.allotment(event, ours, 1)
    held = books(event, ours)
    ana = waitlists.waits(event)
    registrations.cancel(places.of_order(held.order_id).id, by_id=None)
    waitlists.settle(event)
    assert (waitlists.state(ana), setasides.counts(mine), seats.recount()) == (["waiting"], (1, 0), [])


# --- by staff, and beside other acts


def enters(event: Event, one: int, name: str = "Pat", **more: Any) -> int:
    return entering.enter(event.id, places.type_of(event, more.pop("type", None)).id, given=name, family="Presenter",
                          email=f"{name}@talks.example", by_id=people.person().id, set_aside_id=one, **more)


def test_staff_take_a_place_from_it_in_a_full_event() -> None:
    event = workshop(1)
    mine = setasides.aside(event, 1)
    enters(event, mine)
    assert (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((1, 1), (1, 0, 0), [])


def test_staff_are_refused_when_nothing_is_left_of_it() -> None:
    event = workshop(3)
    mine = setasides.aside(event, 1)
    enters(event, mine)
    with pytest.raises(Full, match="Every place of this set-aside is used"):
        enters(event, mine, "Sam")


def test_staff_are_refused_another_price_another_event_and_one_that_returned() -> None:
    event = workshop(5, mode="hybrid")
    online, over = setasides.aside(event, 1, mode="online"), setasides.aside(event, 1)
    keeping.give_back(over, event.id, by_id=None, reason="Over.")
    for one, of, expected in ((online, event, Unacceptable), (over, event, Closed), (online, workshop(5), NotFound)):
        with pytest.raises(expected):
            enters(of, one, mode="in_person")


def test_who_takes_the_place_over_has_it_from_the_set_aside_too() -> None:
    event = workshop(2)
    mine = setasides.aside(event, 1)
    order_id = enters(event, mine)
    done = registrations.substitute(places.of_order(order_id).id, Colleague("Sam", "Speaker", "sam@talks.example"), by_id=None)
    used = setasides.counts(mine)
    registrations.cancel(done.registration_id, by_id=None)
    assert (used, setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((1, 1), (1, 0), (1, 1, 0), [])


def test_a_place_that_changed_its_price_is_everybodys_when_it_is_given_back() -> None:
    event = events.workshop(capacity=4, types=[
        TypeSpec("Member", [PriceSpec(0)], audience="member", capacity=2),
        TypeSpec("Non-member", [PriceSpec(0)], audience="non_member", capacity=2)])
    member = places.type_of(event, "Member").id
    mine = setasides.aside(event, 1, type_id=member)
    pat = people.person("Pat", "Presenter", email="pat@talks.example", member=True)
    order_id = enters(event, mine, "Pat", type="Member")
    done = registrations.substitute(places.of_order(order_id).id, Colleague("Sam", "Speaker", "sam@talks.example"), by_id=None)
    registrations.cancel(done.registration_id, by_id=None)
    assert pat.id and (setasides.counts(mine), setasides.event_pool(event), seats.recount()) == ((0, 0), (0, 0, 0), [])


def test_a_first_limit_of_a_price_counts_what_is_set_aside_for_it() -> None:
    event = workshop(5)
    type_ = places.type_of(event)
    mine = setasides.aside(event, 2, type_id=type_.id)
    offers.replace(event.id, offers.Offers([TypeSpec("Guest", [PriceSpec(0)], id=type_.id, capacity=3)], (), ()), actor_id=None)
    enters(event, mine)
    pool = db.session.get_one(Pool, places.type_of(event).pool_id, populate_existing=True)
    assert (pool.taken, pool.aside, seats.recount()) == (2, 1, [])


def test_an_application_is_not_offered_what_is_set_aside_or_kept() -> None:
    event = events.cohort(capacity=2, groups=1)
    setasides.aside(event, 2)
    waiting = places.applied(event, people.person())
    with pytest.raises(Full, match=r"All 2 places are taken \(0\), set aside \(2\) or offered \(0\)"):
        applications.decide(waiting.id, offer=True, by_id=None)


def test_a_draft_with_places_set_aside_can_be_deleted() -> None:
    event = workshop(5, published=False)
    setasides.aside(event, 2)
    publishing.delete_draft(event.id, actor_id=None)
    assert (db.session.scalars(select(SetAside)).all(), seats.recount()) == ([], [])


def test_the_database_refuses_more_set_aside_than_taken() -> None:
    event = workshop(5)
    setasides.aside(event, 2)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE pool SET aside = 3 WHERE id = :id"), {"id": event.pool_id})


def test_the_recount_finds_a_set_aside_that_lies() -> None:
    event = workshop(5)
    setasides.aside(event, 2)
    db.session.execute(text("UPDATE pool SET aside = 1 WHERE id = :id"), {"id": event.pool_id})
    assert seats.recount() == [(event.pool_id, 2, 2)]


def test_a_capacity_cannot_go_below_what_is_set_aside() -> None:
    event = workshop(5)
    setasides.aside(event, 4)
    with pytest.raises(Refusal, match="4 places are taken, 4 of them set aside, so the capacity cannot go below 4"):
        events_.update(event.id, version=event.version, actor_id=None, capacity=3)


def test_registering_costs_no_statement_more_where_another_has_seats_aside(query_count: Any) -> None:
    plain, event = workshop(5), workshop(5)
    setasides.aside(event, 2)
    who, counted = people.person(), []
    for of in (plain, event):
        with query_count() as statements:
            places.held(of, who)
        counted.append(len(statements))
    assert counted[0] == counted[1]
