"""Sessions in the organizer's hands."""

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration.models import Seat

TYPED = {"title": "Morning", "on": "2026-09-10", "start": "09:00", "end": "12:00", "break_at_0": "10:20", "break_minutes_0": "15",
         "training": "165", "areas": ["TF-ATT"], "tag_DEI": "60", "presenters": "Ana Silva, PhD\nBo Lee"}


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def test_session_is_added_with_breaks_hours_and_presenters(organizer):
    event = events.workshop(published=False, days=0)
    answer = organizer.post(f"/manage/events/{event.slug}/sessions/new", data=TYPED)
    made = events.sessions(event)[0]
    assert answer.status_code == 303
    assert (made.wall_start, made.wall_end) == ("2026-09-10T09:00", "2026-09-10T12:00")
    page = organizer.get(f"/manage/events/{event.slug}/sessions/{made.id}").get_data(as_text=True)
    assert 'value="165"' in page and "Ana Silva, PhD" in page and 'value="10:20"' in page


def test_series_is_made_in_one_go(organizer):
    event = events.workshop(published=False, days=0)
    organizer.post(f"/manage/events/{event.slug}/sessions/new", data=TYPED | {"repeat": "3", "every": "2"})
    assert [s.wall_start[:10] for s in events.sessions(event)] == ["2026-09-10", "2026-09-24", "2026-10-08"]


def test_hours_beyond_the_net_length_come_back_with_what_was_typed(organizer):
    event = events.workshop(published=False, days=0)
    answer = organizer.post(f"/manage/events/{event.slug}/sessions/new", data=TYPED | {"training": "180"})
    assert answer.status_code == 422
    assert "without breaks it is only 2 h 45 min long" in answer.get_data(as_text=True)
    assert 'value="Morning"' in answer.get_data(as_text=True)
    assert events.sessions(event) == []


def test_an_end_before_the_start_is_asked_about_and_a_night_is_not(organizer):
    event = events.workshop(published=False, days=0)
    night = {"title": "Vigil", "on": "2026-09-10", "no_breaks": "1", "start": "20:00", "end": "06:00"}
    wrong = night | {"start": "09:00", "end": "04:00"}
    refused = organizer.post(f"/manage/events/{event.slug}/sessions/new", data=wrong)
    assert (refused.status_code, "It ends before it begins. Is it am or pm?" in refused.text) == (422, True)
    organizer.post(f"/manage/events/{event.slug}/sessions/new", data=night)
    [made] = events.sessions(event)
    assert made.wall_end == "2026-09-11T06:00"
    assert organizer.post(f"/manage/events/{event.slug}/sessions/{made.id}", data=wrong).status_code == 422


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x85", "\u2028"])
def test_a_control_character_that_calendars_cannot_hold_is_refused(organizer, character):
    event = events.workshop(published=False, days=0)
    answer = organizer.post(f"/manage/events/{event.slug}/sessions/new", data=TYPED | {"title": f"Mor{character}ning"})
    assert (answer.status_code, events.sessions(event)) == (422, [])
    assert "There is a character in it that cannot be stored." in answer.get_data(as_text=True)


def test_hour_that_comes_twice_is_asked(organizer):
    event = events.workshop(published=False, days=0)
    typed = TYPED | {"on": "2026-11-01", "start": "01:30", "end": "04:30", "break_at_0": "02:30"}
    assert "The earlier" in organizer.post(f"/manage/events/{event.slug}/sessions/new", data=typed).get_data(as_text=True)
    assert organizer.post(f"/manage/events/{event.slug}/sessions/new", data=typed | {"fold": "1"}).status_code == 303


def test_moving_a_booked_session_first_shows_who_will_be_told(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    session = events.sessions(event)[0]
    before = session.starts_at
    answer = organizer.post(f"/manage/events/{event.slug}/sessions/{session.id}", data=TYPED)
    assert "1 person gets one mail each" in answer.get_data(as_text=True).replace("<b>", "")
    assert db.session.get(Session, session.id).starts_at == before


def test_confirmed_move_tells_everybody_once_and_raises_the_sequence(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    session = events.sessions(event)[0]
    sequence = session.sequence
    organizer.post(f"/manage/events/{event.slug}/sessions/{session.id}", data=TYPED | {"confirmed": "1"})
    assert db.session.get(Session, session.id).sequence == sequence + 1
    assert len(db.session.scalars(select(Message).where(Message.kind == "programme_change")).all()) == 1


def test_session_of_another_event_is_not_found(organizer):
    mine, other = events.workshop(), events.workshop("Other")
    assert organizer.get(f"/manage/events/{mine.slug}/sessions/{events.sessions(other)[0].id}").status_code == 404


def test_cancelling_needs_a_reason(organizer):
    event = events.workshop()
    session = events.sessions(event)[0]
    organizer.post(f"/manage/events/{event.slug}/sessions/{session.id}/cancel", data={"reason": " "})
    assert db.session.get(Session, session.id).status == "scheduled"
    organizer.post(f"/manage/events/{event.slug}/sessions/{session.id}/cancel", data={"reason": "Snow"})
    assert db.session.get(Session, session.id).status == "cancelled"


def test_list_costs_the_same_with_one_session_and_with_thirty(organizer, query_count):
    few, many = events.workshop(days=1).slug, events.workshop("Many", days=30).slug
    organizer.get(f"/manage/events/{many}/sessions")
    with query_count() as one:
        organizer.get(f"/manage/events/{few}/sessions")
    with query_count() as thirty:
        organizer.get(f"/manage/events/{many}/sessions")
    assert len(one) == len(thirty)


def test_stranger_does_not_find_the_page(client, sign_in):
    event = events.workshop()
    sign_in(client, people.person("Nobody", "Special"))
    assert client.get(f"/manage/events/{event.slug}/sessions").status_code == 404


def test_added_session_gives_those_registered_a_seat_and_tells_them(organizer):
    event = events.workshop()
    registration = registrations.registered(event, people.person("Maren", "Kowalczyk"))
    organizer.post(f"/manage/events/{event.slug}/sessions/new", data=TYPED)
    added = next(one for one in events.sessions(event) if one.title == "Morning")
    assert db.session.scalars(select(Seat.session_id).filter_by(registration_id=registration.id, state="booked")).all().count(added.id) == 1
    assert len(db.session.scalars(select(Message).where(Message.kind == "programme_change")).all()) == 1
