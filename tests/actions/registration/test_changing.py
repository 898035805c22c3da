"""A place after it was given: cancelled, breakouts, groups."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Refusal, Unacceptable
from webapp.notifications.models import Message
from webapp.registration import ledger, registrations, seats
from webapp.registration.models import Order, Registration, Seat


def session(event: Any, title: str) -> int:
    return next(one.id for one in events.sessions(event) if one.title == title)


def block(event: Any, name: str) -> int:
    return events.blocks(event)[name].id


def seat(registration: Registration, session_id: int) -> tuple[str, int]:
    row = db.session.execute(select(Seat.state, Seat.sequence).filter_by(registration_id=registration.id, session_id=session_id)).one()
    return row.state, row.sequence


def test_cancelling_early_keeps_the_fee_and_frees_the_seat() -> None:
    event, maria = events.workshop(capacity=1), people.person()
    place = places.registered(event, maria)
    done = registrations.cancel(place.id, by_id=maria.id)
    assert (done.outcome.refund_cents, done.owed_cents, seats.recount()) == (13_000, 2_000, [])
    assert places.registered(event, people.person()).state == "confirmed"


def test_what_is_foreseen_is_what_happens() -> None:
    place = places.registered(events.workshop(), people.person())
    assert registrations.foresee(place.id) == registrations.cancel(place.id, by_id=None).outcome


def test_after_the_last_day_the_place_stays_owed() -> None:
    place = places.registered(events.workshop(starts=events.at(days=6)), people.person())
    assert registrations.cancel(place.id, by_id=None).owed_cents == 15_000


def test_the_organizer_cancels_for_nothing() -> None:
    place = places.registered(events.workshop(starts=events.at(days=1)), people.person())
    done = registrations.cancel(place.id, by_id=people.person().id, reason="The room is too small.", by_organizer=True)
    reasons = db.session.scalars(select(AuditEntry.reason).filter_by(action="registration.cancelled")).all()
    assert (done.outcome.refund_cents, done.owed_cents) == (15_000, 0)
    assert reasons == ["The room is too small."]


def test_one_place_cancelled_by_staff_is_not_told_as_a_cancelled_event() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.cancel(place.id, by_id=people.person().id, reason="Asked by telephone.", by_organizer=True)
    assert db.session.scalars(select(Message.kind).filter_by(fact=f"cancelled:registration:{place.id}")).all() == ["registration_cancelled"]


def test_charges_are_taken_back_never_edited() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.cancel(place.id, by_id=None)
    assert [(one.kind, one.amount_cents) for one in ledger.live(place.order_id)] == [("cancellation_fee", 2_000)]


def test_a_cancelled_seat_stays_as_a_tombstone_for_calendars() -> None:
    event = events.workshop()
    place = places.registered(event, people.person())
    registrations.cancel(place.id, by_id=None)
    assert seat(place, events.sessions(event)[0].id) == ("released", 1)


def test_the_last_place_ends_the_order() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.cancel(place.id, by_id=None)
    assert db.session.get_one(Order, place.order_id).state == "cancelled"


def test_waiting_reminders_are_withdrawn_and_the_attendee_is_told() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.cancel(place.id, by_id=None)
    rows = db.session.scalars(select(Message).filter_by(subject_of=f"registration:{place.id}"))
    assert sorted((row.kind, row.state) for row in rows) == [
        ("registration_cancelled", "waiting"), ("registration_confirmed", "withdrawn"), ("reminder", "withdrawn"),
        ("reminder", "withdrawn")]


def test_cancelling_twice_is_refused() -> None:
    place = places.registered(events.workshop(), people.person())
    registrations.cancel(place.id, by_id=None)
    with pytest.raises(Refusal):
        registrations.cancel(place.id, by_id=None)


def test_a_place_that_has_begun_is_not_given_back(frozen: time_machine.Traveller) -> None:
    place = places.registered(events.workshop(), people.person())
    frozen.shift(timedelta(days=28))
    with pytest.raises(Closed):
        registrations.cancel(place.id, by_id=None)


def test_nobodys_place_is_not_found() -> None:
    with pytest.raises(NotFound):
        registrations.cancel(999, by_id=None)


def test_a_breakout_is_swapped_with_its_seat() -> None:
    event = events.conference(rooms=(1, 1))
    first, second = session(event, "Breakout A1"), session(event, "Breakout A2")
    place = places.registered(event, people.person(), breakouts={block(event, "A"): first})
    assert registrations.choose_breakouts(place.id, {block(event, "A"): second}) == [second]
    assert (seat(place, first), seat(place, second), seats.recount()) == (("released", 1), ("booked", 0), [])
    places.registered(event, people.person(), breakouts={block(event, "A"): first})


def test_a_session_chosen_again_keeps_its_calendar_identity() -> None:
    event = events.conference()
    first = session(event, "Breakout A1")
    place = places.registered(event, people.person(), breakouts={block(event, "A"): first})
    registrations.choose_breakouts(place.id, {block(event, "A"): None})
    registrations.choose_breakouts(place.id, {block(event, "A"): first})
    assert seat(place, first) == ("booked", 2) and seats.recount() == []


def test_a_full_breakout_leaves_the_old_one(undone: Any) -> None:
    event = events.conference(rooms=(1, 5))
    first, second = session(event, "Breakout A1"), session(event, "Breakout A2")
    places.registered(event, people.person(), breakouts={block(event, "A"): first})
    place = places.registered(event, people.person(), breakouts={block(event, "A"): second})
    with undone(), pytest.raises(Full):
        registrations.choose_breakouts(place.id, {block(event, "A"): first})
    assert seat(place, second) == ("booked", 0) and seats.recount() == []


def test_none_of_a_block_is_remembered() -> None:
    event = events.conference()
    place = places.registered(event, people.person(), breakouts={block(event, "A"): None})
    assert db.session.get_one(Registration, place.id).declined_blocks == [block(event, "A")]


def test_breakouts_close_at_their_time(frozen: time_machine.Traveller) -> None:
    event = events.conference()
    event.breakouts_change_until = events.sessions(event)[0].starts_at - timedelta(days=5)
    place = places.registered(event, people.person())
    frozen.shift(timedelta(days=23))
    with pytest.raises(Closed, match="could be changed until"):
        registrations.choose_breakouts(place.id, {block(event, "A"): session(event, "Breakout A1")})


def test_staff_change_breakouts_afterwards_with_a_reason(frozen: time_machine.Traveller) -> None:
    event = events.conference()
    event.breakouts_change_until = events.sessions(event)[0].starts_at - timedelta(days=5)
    place, joan = places.registered(event, people.person()), people.person(roles=["organizer"])
    frozen.shift(timedelta(days=23))
    picked = {block(event, "A"): session(event, "Breakout A1")}
    with pytest.raises(Unacceptable):
        registrations.choose_breakouts(place.id, picked, by_id=joan.id)
    registrations.choose_breakouts(place.id, picked, by_id=joan.id, reason="The other room is too loud.")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="registration.breakouts")).one()
    assert (entry.actor_id, entry.reason, entry.after) == (joan.id, "The other room is too loud.", {"sessions": ["Breakout A1"]})


def test_a_group_gives_the_seats_of_its_sessions() -> None:
    event = events.cohort(days=2)
    place = places.registered(event, people.person(), group="Group A")
    registrations.assign_group(place.id, events.groups(event)["Group B"].id, by_id=None)
    rows = db.session.execute(select(Seat.how, Seat.state).filter_by(registration_id=place.id).order_by(Seat.id)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("all", "booked"), ("all", "booked"), ("group", "booked"), ("group", "booked"), ("group", "released"), ("group", "released")]


def test_several_come_into_a_group_together_or_none_does() -> None:
    event = events.cohort(size=2)
    ours = [places.registered(event, people.person(), group=name) for name in ("Group A", "Group A", "Group B")]
    ids, group_b = [one.id for one in reversed(ours)], events.groups(event)["Group B"].id
    with pytest.raises(Full, match="Group B is full: 1 of 2"):
        registrations.assign_groups(ids, group_b, by_id=None)
    db.session.expire_all()
    assert [one.group_id == group_b for one in ours] == [False, False, True]
    registrations.assign_groups(ids[1:2], group_b, by_id=None)
    assert ([one.group_id == group_b for one in ours], seats.recount()) == ([False, True, True], [])


def test_a_full_group_refuses() -> None:
    event = events.cohort(size=1)
    places.registered(event, people.person(), group="Group A")
    place = places.registered(event, people.person())
    with pytest.raises(Full, match="Group A is full: 1 of 1"):
        registrations.assign_group(place.id, events.groups(event)["Group A"].id, by_id=None)


def test_a_group_of_another_event_is_not_found() -> None:
    place = places.registered(events.cohort(), people.person())
    with pytest.raises(NotFound):
        registrations.assign_group(place.id, events.groups(events.cohort("Other"))["Group A"].id, by_id=None)
