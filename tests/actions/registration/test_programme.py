"""Changes of the programme reach seats, reminders and people: once each."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.registration.test_badges import STAND
from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration import orders, programme, registrations, seats
from webapp.registration.models import Registration, Seat
from webapp.registration.orders import Attendee, Buyer


def move(event: Any, days: int = 35, index: int = 0) -> int:
    start = events.at(days=days)
    session_id = events.sessions(event)[index].id
    return programme.move_session(session_id, start, start + timedelta(hours=3), actor_id=None, reason="The hall is closed.")


def waiting(kind: str) -> list[Message]:
    return list(db.session.scalars(select(Message).filter_by(kind=kind, state="waiting").order_by(Message.not_before)))


def test_a_move_keeps_the_calendar_identity_and_raises_the_sequence() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    before = db.session.scalars(select(Seat.ical_uid)).all()
    move(event)
    assert [(row.ical_uid, row.sequence) for row in db.session.scalars(select(Seat))] == [(before[0], 1)]


def test_each_registrant_is_told_once_for_each_change() -> None:
    event = events.workshop()
    for _ in range(2):
        places.registered(event, people.person())
    assert (move(event), len(waiting("programme_change"))) == (2, 2)
    assert (move(event, days=36), len(waiting("programme_change"))) == (2, 4)


def test_what_changes_nothing_tells_nobody() -> None:
    event = events.workshop(starts=events.at(days=28))
    places.registered(event, people.person())
    assert move(event, days=28) == 0 and waiting("programme_change") == []


def test_a_new_title_alone_is_nobodys_mail_but_moves_calendars() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    assert programme.update_session(events.sessions(event)[0].id, actor_id=None, title="Better") == 0
    assert db.session.scalars(select(Seat.sequence)).all() == [1]


def test_waiting_reminders_follow_the_new_date() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    move(event, days=40)
    starts_at = events.sessions(event)[0].starts_at
    assert [row.not_before for row in waiting("reminder")] == [starts_at - timedelta(days=7), starts_at - timedelta(days=1)]


def test_a_reminder_whose_day_is_past_after_the_move_is_withdrawn() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    move(event, days=3)
    assert [row.facts["days"] for row in waiting("reminder")] == [1]


def test_a_reminder_that_was_sent_is_laid_in_again_for_the_new_date() -> None:
    event = events.workshop()
    places.registered(event, people.person())
    sent = waiting("reminder")[0]
    sent.state = "sent"
    move(event, days=60)
    assert [row.facts["days"] for row in waiting("reminder")] == [7, 1]


def test_moving_the_second_day_leaves_the_reminders() -> None:
    event = events.workshop(days=2)
    places.registered(event, people.person())
    before = [row.not_before for row in waiting("reminder")]
    move(event, index=1)
    assert [row.not_before for row in waiting("reminder")] == before


def test_who_only_holds_or_left_is_not_told() -> None:
    event = events.workshop()
    places.held(event, people.person())
    registrations.cancel(places.registered(event, people.person()).id, by_id=None)
    assert move(event) == 0


def test_the_preview_names_who_will_be_told_and_changes_nothing() -> None:
    event = events.workshop()
    places.registered(event, people.person("Maria", "Lopez", email="maria@home.example"))
    start = events.at(days=35)
    seen = programme.preview_move(events.sessions(event)[0].id, start, start + timedelta(hours=3))
    assert (seen.people, seen.reminders) == ([("Maria Lopez", "maria@home.example")], 2)
    assert (seen.before, seen.after) == ("Wed 12 Aug 2026, 9:00 am to 12:00 pm CT", "Wed 19 Aug 2026, 9:00 am to 12:00 pm CT")
    assert waiting("programme_change") == []


@pytest.mark.parametrize(("index", "told"), [(0, 2), (1, 1), (2, 2)])
def test_the_preview_names_exhibitors_as_far_as_they_are_told(index: int, told: int) -> None:
    """When the first day or the last moves; a day between is nothing to a table without a seat."""
    event = events.workshop(days=3, types=[*events.member_prices(12_000, 15_000), STAND])
    places.registered(event, people.person("Maria", "Lopez", email="maria@home.example"), "Non-member")
    places.registered(event, people.person("Sue", "Stand", email="sue@stand.example"), "Exhibitor")
    session, later = events.sessions(event)[index], timedelta(hours=1)
    start = datetime.fromisoformat(session.wall_start) + later
    seen = programme.preview_move(session.id, start, start + timedelta(hours=3))
    named = [("Maria Lopez", "maria@home.example"), ("Sue Stand", "sue@stand.example")]
    assert seen.people == named[:told]
    assert programme.move_session(session.id, start, start + timedelta(hours=3), actor_id=None) == told


@pytest.mark.parametrize(("index", "told"), [(0, 2), (1, 1), (2, 2)])
def test_exhibitors_hear_of_a_session_that_is_off_or_on_again_where_it_opens_or_closes_the_event(index: int, told: int) -> None:
    event = events.workshop(days=3, types=[*events.member_prices(12_000, 15_000), STAND])
    for kind in ("Non-member", "Exhibitor"):
        places.registered(event, people.person(), kind)
    session_id = events.sessions(event)[index].id
    assert programme.cancel_session(session_id, actor_id=None, reason="Ill") == told
    assert programme.restore_session(session_id, actor_id=None, reason="Well again") == told


def test_the_preview_counts_places_without_a_name_as_they_are_told() -> None:
    """Who booked reads it once for all of them."""
    event = events.workshop()
    kind = places.type_of(event).id
    held = orders.hold(event.id, [Attendee(kind, to_follow=True), Attendee(kind, to_follow=True)], Buyer("Joan", "joan@office.example"))
    orders.place(held.order_id, "invoice", bill_to=places.BILL_TO)
    start = events.at(days=35)
    seen = programme.preview_move(events.sessions(event)[0].id, start, start + timedelta(hours=3))
    assert (seen.people, move(event)) == ([("Not yet named", "joan@office.example")], 1)


def test_a_cancelled_session_stays_in_calendars_as_cancelled() -> None:
    event = events.workshop(days=2)
    places.registered(event, people.person())
    assert programme.cancel_session(events.sessions(event)[0].id, actor_id=None, reason="Ill") == 1
    rows = db.session.execute(select(Seat.state, Seat.sequence).order_by(Seat.session_id)).all()
    assert [tuple(row) for row in rows] == [("booked", 1), ("booked", 0)]


def test_after_a_cancelled_first_day_reminders_follow_the_second() -> None:
    event = events.workshop(days=2)
    places.registered(event, people.person())
    programme.cancel_session(events.sessions(event)[0].id, actor_id=None, reason="Ill")
    assert waiting("reminder")[0].not_before == events.sessions(event)[1].starts_at - timedelta(days=7)


def test_a_new_place_of_the_event_is_told_once() -> None:
    from webapp.catalog import parts

    event = events.workshop(days=3)
    places.registered(event, people.person())
    told = programme.update_event(event.id, version=event.version, actor_id=None, venue_id=parts.venue(name="Other hall").id)
    assert (told, len(waiting("event_changed")), set(db.session.scalars(select(Seat.sequence)))) == (1, 1, {1})


def test_a_cancelled_event_gives_everything_back_whatever_the_date() -> None:
    event = events.workshop(starts=events.at(days=1))
    for _ in range(2):
        places.registered(event, people.person())
    places.held(event, people.person())
    done = programme.cancel_event(event.id, actor_id=None, reason="The hall burnt down.")
    assert [one.owed_cents for one in done] == [0, 0, 0] and len(waiting("event_cancelled")) == 3
    assert set(db.session.scalars(select(Registration.state))) == {"cancelled"} and seats.recount() == []


def test_open_applications_of_a_cancelled_event_are_answered() -> None:
    event = events.cohort()
    places.applied(event, people.person())
    programme.cancel_event(event.id, actor_id=None, reason="Too few.")
    assert len(waiting("application_declined")) == 1


@pytest.mark.parametrize("given_back", [
    lambda place, _block: registrations.cancel(place, by_id=None),
    lambda place, block: registrations.choose_breakouts(place, {block: None})])
def test_a_seat_given_back_stays_in_its_calendar_and_follows_the_session(given_back: Any) -> None:
    event = events.conference()
    block, session = events.blocks(event)["A"].id, next(s for s in events.sessions(event) if s.title == "Breakout A1")
    place = places.registered(event, people.person(), breakouts={block: session.id})
    given_back(place.id, block)
    programme.update_session(session.id, actor_id=None, title="Better")
    programme.update_event(event.id, version=event.version, actor_id=None, title="Better conference")
    row = db.session.scalars(select(Seat).filter_by(session_id=session.id)).one()
    assert (row.state, row.sequence) == ("released", 3)


def test_a_seat_that_was_only_held_is_in_no_calendar() -> None:
    event = events.workshop()
    orders.let_go(places.held(event, people.person()).order_id)
    move(event)
    assert db.session.scalars(select(Seat.sequence)).one() == 1
