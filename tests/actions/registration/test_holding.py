"""From a wish to a held order: what is kept, what is refused, what one form makes."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.accounts import memberships
from webapp.catalog import events as catalog_events
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.forms import answers, questions
from webapp.forms.values import AnswersRefused, QuestionSpec
from webapp.registration import ledger, orders, registrations, seats
from webapp.registration.models import Charge, Order, PoolUse, Registration, RegistrationType, Seat
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.orders.wishes import Held

BUYER = Buyer("Ana Silva", "ana@home.example")


def hold(event: Any, *attendees: Attendee, **more: Any) -> Held:
    return orders.hold(event.id, list(attendees) or [places.stranger(event)], BUYER, **more)


def refused(event: Any, *attendees: Attendee, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        hold(event, *attendees, **more)
    return caught.value


def test_a_hold_keeps_a_seat_in_every_session_with_its_price() -> None:
    event = events.workshop(days=2)
    held = hold(event)
    kept = list(db.session.scalars(select(Seat.state)))
    assert (kept, held.total_cents, ledger.owed(held.order_id)) == (["held", "held"], 15_000, 15_000)


def test_every_seat_has_a_calendar_identity_of_its_own() -> None:
    hold(events.workshop(days=3), )
    assert len(set(db.session.scalars(select(Seat.ical_uid)))) == 3


def test_pools_of_event_mode_type_and_add_on_are_taken_together() -> None:
    event = events.workshop(mode="hybrid", capacity=20, room_capacity=10, online_capacity=10,
                            types=[TypeSpec("Guest", [PriceSpec(100)], capacity=5)],
                            add_ons=[AddOnSpec("Lunch", [PriceSpec(50)], capacity=9)])
    type_pool = places.type_of(event).pool_id
    add_on = _add_on(event)
    hold(event, places.stranger(event, mode="online", add_ons={add_on.id: 2}))
    taken = {row[0]: row[1] for row in db.session.execute(select(PoolUse.pool_id, PoolUse.count))}
    assert taken == {event.pool_id: 1, event.online_pool_id: 1, type_pool: 1, add_on.pool_id: 2}
    assert seats.recount() == []


def test_the_price_shown_is_kept_when_it_rises_later(frozen: time_machine.Traveller) -> None:
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(15_000), PriceSpec(9_000, "early", None, _in(hours=1))])])
    held = hold(event)
    frozen.shift(timedelta(hours=2))
    assert ledger.owed(held.order_id) == 9_000


@pytest.mark.parametrize(("fields", "code"), [
    ({"published": False}, "not_found"), ({"opens_at": "later"}, "not_open_yet"), ({"closes_at": "now"}, "closed"),
    ({"sign_up": "application"}, "by_application"), ({"sign_up": "roster"}, "by_roster")])
def test_an_event_that_cannot_be_registered_for_refuses(fields: dict[str, Any], code: str) -> None:
    moments = {"later": _in(days=1), "now": _in()}
    event = events.workshop(**{name: moments.get(value, value) for name, value in fields.items()})
    assert refused(event).code == code


def test_a_cancelled_event_says_so() -> None:
    event = events.workshop()
    catalog_events.cancel(event.id, actor_id=None, reason="The hall burnt down.")
    assert refused(event).sentence == "This event was cancelled. The hall burnt down."


def test_one_place_per_person_and_event() -> None:
    event, maria = events.workshop(), people.person()
    hold(event, places.attendee(event, maria))
    assert refused(event, places.attendee(event, maria)).code == "already_registered"


def test_a_person_may_come_back_after_cancelling() -> None:
    event, maria = events.workshop(), people.person()
    registrations.cancel(places.registered(event, maria).id, by_id=maria.id)
    assert places.registered(event, maria).state == "confirmed"


def test_a_guest_hears_of_her_place_only_in_the_browser_that_booked_it() -> None:
    event = events.workshop()
    first = hold(event)
    assert refused(event, known_refs=[first.ref]).code == "already_registered"
    assert hold(event).ref != first.ref


def test_the_member_price_needs_a_membership_valid_today() -> None:
    event, maria = events.workshop(), people.person()
    refusal = refused(event, places.attendee(event, maria, "Member"))
    assert (refusal.code, refusal.field) == ("not_a_member", "type") and refusal.way_out


def test_a_member_gets_the_member_price() -> None:
    event, maria = events.workshop(), people.person(member=True)
    assert hold(event, places.attendee(event, maria, "Member")).total_cents == 12_000


@pytest.mark.parametrize(("number", "until", "is_member"), [
    ("M-7", date(2026, 7, 15), True), ("M-8", date(2099, 1, 1), False), ("M-7", date(2026, 7, 14), False)])
def test_a_guests_number_counts_with_her_address_until_its_last_day(number: str, until: date, is_member: bool) -> None:
    event = events.workshop()
    memberships.add(None, "M-7", from_on=date(2020, 1, 1), until_on=until, actor_id=None, email="ana@home.example")
    wish = places.stranger(event, "Member", member_number=number)
    assert (hold(event, wish).total_cents == 12_000) if is_member else (refused(event, wish).code == "not_a_member")


def test_a_number_of_somebody_else_is_no_membership() -> None:
    event = events.workshop()
    memberships.add(None, "M-7", from_on=date(2020, 1, 1), until_on=date(2099, 1, 1), actor_id=None, email="other@home.example")
    assert refused(event, places.stranger(event, "Member", member_number="M-7")).code == "not_a_member"


def test_a_type_given_by_the_organizer_cannot_be_chosen() -> None:
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(100)]), TypeSpec("Presenter", [PriceSpec(0)], on_request=True)])
    assert refused(event, places.stranger(event, "Presenter")).code == "not_for_you"


def test_a_type_of_another_event_is_not_one() -> None:
    event, other = events.workshop(), events.workshop("Another")
    assert refused(event, places.stranger(other)).field == "type"


def test_a_full_event_names_the_level_and_the_way_out() -> None:
    event = events.workshop(capacity=1)
    hold(event)
    refusal = refused(event)
    assert (refusal.code, refusal.sentence) == ("full", f"The places in {event.title} are full.") and refusal.way_out


def test_a_full_type_leaves_the_others_open() -> None:
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(100)]), TypeSpec("Student", [PriceSpec(50)], capacity=0)])
    refusal = refused(event, places.stranger(event, "Student"))
    assert (refusal.sentence, refusal.field) == ("Student places are full.", "type")
    assert hold(event, places.stranger(event, "Guest")).total_cents == 100


def test_a_full_room_leaves_the_online_places() -> None:
    event = events.workshop(mode="hybrid", room_capacity=0, online_capacity=5)
    assert refused(event, places.stranger(event, mode="in_person")).field == "mode"
    assert hold(event, places.stranger(event, mode="online")).ref


def test_a_refused_hold_leaves_nothing_taken(undone: Any) -> None:
    event = events.conference(rooms=(0, 20))
    with undone():
        refused(event, places.stranger(event, breakouts=_pick(event, "A", "Breakout A1")))
    assert seats.recount() == []


def test_a_full_breakout_is_named() -> None:
    event = events.conference(rooms=(0, 20))
    refusal = refused(event, places.stranger(event, breakouts=_pick(event, "A", "Breakout A1")))
    assert refusal.sentence == "“Breakout A1” is full." and refusal.field == f"block_{events.blocks(event)['A'].id}"


def test_a_session_of_another_block_is_refused() -> None:
    event = events.conference()
    refusal = refused(event, places.stranger(event, breakouts=_pick(event, "A", "Breakout B1")))
    assert refusal.field == f"block_{events.blocks(event)['A'].id}"


def test_a_paid_block_opens_with_its_add_on() -> None:
    event = events.conference()
    pick = _pick(event, "PRE", "Pre-conference")
    assert refused(event, places.stranger(event, breakouts=pick)).code == "add_on_only"
    assert hold(event, places.stranger(event, breakouts=pick, add_ons={_add_on(event).id: 1})).total_cents == 39_500 + 9_500


def test_several_people_in_one_order_pay_the_group_price() -> None:
    event = events.conference()
    team = [places.stranger(event, given=f"P{n}", email=f"p{n}@home.example") for n in range(5)]
    held = hold(event, *team)
    assert held.total_cents == 5 * (39_500 - 3_950) and seats.recount() == []


def test_a_team_that_does_not_fit_gets_no_seat_at_all() -> None:
    event = events.workshop(capacity=2)
    refusal = refused(event, *[places.stranger(event, email=f"p{n}@home.example") for n in range(3)])
    assert refusal.sentence == f"The places in {event.title} are down to 2, and 3 were asked for."


def test_answers_are_kept_and_required_ones_asked() -> None:
    event = events.workshop()
    questions.replace(event.id, [QuestionSpec("work", "Your work?", is_required=True)], actor_id=None)
    with pytest.raises(AnswersRefused):
        hold(event)
    held = hold(event, places.stranger(event, answers={"work": "Nursing"}))
    assert answers.of_registration(places.of_order(held.order_id).id)[0].value == "Nursing"


def test_the_same_form_twice_is_one_order() -> None:
    event = events.workshop()
    first, second = hold(event, submit_key="k:1", form_key="k"), hold(event, submit_key="k:1", form_key="k")
    assert (second.ref, second.repeated, second.total_cents) == (first.ref, True, 15_000)


def test_a_changed_form_takes_the_place_of_its_earlier_hold() -> None:
    event = events.workshop(capacity=1)
    first, second = hold(event, submit_key="k:1", form_key="k"), hold(event, submit_key="k:2", form_key="k")
    assert (_state(first), _state(second)) == ("expired", "held") and seats.recount() == []


def test_a_changed_form_does_not_touch_an_order_that_went_to_pay() -> None:
    event = events.workshop(capacity=1)
    first = hold(event, submit_key="k:1", form_key="k")
    orders.place(first.order_id, "card")
    assert refused(event, submit_key="k:2", form_key="k").code == "full" and _state(first) == "held"


def test_an_included_event_gives_a_linked_place_from_its_own_pools() -> None:
    inner, outer = events.conference(rooms=(5,)), events.workshop("Collaborative")
    _include(outer, inner)
    held = hold(outer)
    linked = db.session.scalars(select(Registration).filter_by(event_id=inner.id)).one()
    assert linked.inclusion_of_id == places.of_order(held.order_id).id and held.total_cents == 15_000
    holders = db.session.scalars(select(PoolUse.registration_id).filter_by(pool_id=inner.pool_id)).all()
    assert holders == [linked.id] and seats.recount() == []


@pytest.mark.parametrize(("named", "dates", "given"), [
    ("Member", [], "Member"), ("Non-member", [], "Non-member"), ("Student", [], "Non-member"), ("Member", [28], "Member"),
    ("Student", [28], "First day, student")])
def test_a_linked_place_is_of_the_attendees_own_audience(named: str, dates: list[int], given: str) -> None:
    inner = events.workshop("Conference", days=2, published=False)
    student, first = TypeSpec("Student", [PriceSpec(1)], audience="student"), [events.sessions(inner)[0].id]
    events.sell(inner, [TypeSpec("Presenter", [PriceSpec(0)], audience="presenter", on_request=True), *events.member_prices(2, 3),
                        TypeSpec("First day, student", [PriceSpec(1)], audience="student", session_ids=first)])
    outer = events.workshop("Collaborative", types=[*events.member_prices(4, 5), student])
    _include(outer, events.publish(inner), *dates)
    hold(outer, places.attendee(outer, people.person(member=True), named))
    assert _types_in(inner) == [given]


def test_a_type_that_staff_give_is_taken_where_there_is_no_other() -> None:
    inner = events.workshop("Guests", sign_up="application", types=[TypeSpec("Guest", [PriceSpec(0)], on_request=True)])
    outer = events.workshop("Collaborative")
    _include(outer, inner)
    hold(outer)
    assert _types_in(inner) == ["Guest"]


def test_who_has_a_place_in_the_included_event_keeps_that_one() -> None:
    inner, outer, maria = events.conference(rooms=(5,)), events.workshop("Collaborative"), people.person()
    _include(outer, inner)
    places.registered(inner, maria)
    places.registered(outer, maria)
    assert len(list(db.session.scalars(select(Registration).filter_by(event_id=inner.id)))) == 1


def test_a_full_included_event_refuses_the_outer_place() -> None:
    inner, outer = events.conference(rooms=(5,), capacity=0), events.workshop("Collaborative")
    _include(outer, inner)
    assert refused(outer).sentence == f"The places in {inner.title} are full."


def test_charges_are_written_once_and_for_the_person() -> None:
    event = events.workshop(add_ons=[AddOnSpec("Materials", [PriceSpec(4_000)], is_required=True)])
    held = hold(event)
    assert [(c.kind, c.amount_cents) for c in ledger.live(held.order_id)] == [("fee", 15_000), ("add_on", 4_000)]
    assert set(db.session.scalars(select(Charge.registration_id))) == {places.of_order(held.order_id).id}


def _in(**more: int) -> Any:
    from webapp.core import clock

    return clock.now() + timedelta(**more)


def _pick(event: Any, block: str, title: str) -> dict[int, int | None]:
    return {events.blocks(event)[block].id: next(s.id for s in events.sessions(event) if s.title == title)}


def _add_on(event: Any) -> Any:
    from webapp.registration.models import AddOn

    return db.session.scalars(select(AddOn).filter_by(event_id=event.id)).one()


def _include(outer: Any, inner: Any, *days: int) -> None:
    from webapp.catalog import parts

    parts.include(outer, inner, [events.day(one).isoformat() for one in days])


def _types_in(event: Any) -> list[str]:
    """The types of its places."""
    return list(db.session.scalars(select(RegistrationType.name).join(Registration, Registration.type_id == RegistrationType.id)
                                   .where(Registration.event_id == event.id)))


def _state(held: Held) -> str:
    return db.session.get_one(Order, held.order_id).state
