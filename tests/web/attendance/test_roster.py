"""The roster of a session: one tap, times, corrections, and who may."""

import pytest
from sqlalchemy import func, select

from tests.factories import events, hours, people, registrations
from tests.support.html import parse
from webapp.attendance import awarding, presences
from webapp.attendance.models import Presence
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.hours.models import Award


@pytest.fixture
def desk(frozen, client, sign_in):
    """An organizer signed in, an event that is over, one attendee: (client, address of the roster, attendee, session)."""
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    sign_in(client, people.person("Ola", "Organizer", roles=["organizer"]))
    session = events.sessions(event)[0]
    return client, f"/manage/events/{event.slug}/attendance/{session.id}", person, session


def mark(client, address, **more):
    page = parse(client.get(address).text)
    place = page.all("input", name="place")[0].attributes["value"]
    seen = page.all("input", name="seen")[0].attributes["value"]
    return client.post(f"{address}/mark", data={"place": place, "seen": seen} | more)


def stays():
    return [(row.in_at, row.out_at, row.is_void) for row in db.session.scalars(select(Presence).order_by(Presence.id))]


def test_one_tap_records_the_whole_session_and_stays_in_place(desk):
    client, address, _, session = desk
    answer = mark(client, address, act="present")
    assert (answer.status_code, answer.location.partition("#")[0]) == (303, address)
    assert stays() == [(session.starts_at, session.ends_at, False)]


def test_one_tap_records_an_absence(desk):
    client, address, _, _ = desk
    mark(client, address, act="absent")
    assert stays() == [(None, None, True)]


def test_times_are_read_in_the_sessions_zone(desk):
    client, address, _, session = desk
    mark(client, address, act="times", **{"in": "09:30", "out": "11:15"})
    assert stays() == [(hours.minute(session, 30), hours.minute(session, 135), False)]


def test_a_second_stay_is_kept_beside_the_first(desk):
    client, address, _, session = desk
    mark(client, address, act="times", **{"in": "09:00", "out": "10:00", "in2": "11:00", "out2": "12:00"})
    assert stays() == [(session.starts_at, hours.minute(session, 60), False), (hours.minute(session, 120), session.ends_at, False)]


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"in": "11:00", "out": "10:00"}, "The time out must be after the time in."),
    ({"in": "x9"}, "Write the time like 13:15."),
    ({}, "Give the time she came or left."),
])
def test_times_that_cannot_be_come_back_with_what_was_typed(desk, typed, sentence):
    client, address, _, _ = desk
    answer = mark(client, address, act="times", reason="Told me so", **typed)
    page = parse(answer.text)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert page.all("input", name="reason")[0].attributes["value"] == "Told me so"
    assert page.all("input", name="in")[0].attributes["value"] == typed.get("in", "")
    assert stays() == []


@pytest.mark.parametrize("reason", ["\x00", "x" * 10_000])
def test_a_reason_that_cannot_be_stored_is_422(desk, reason):
    client, address, _, _ = desk
    assert mark(client, address, act="times", reason=reason, **{"in": "09:00", "out": "10:00"}).status_code == 422


def test_a_stale_form_changes_nothing_and_says_so(desk):
    client, address, person, session = desk
    answer_page = parse(client.get(address).text)
    place = answer_page.all("input", name="place")[0].attributes["value"]
    hours.present(person, session, 0, 60)
    client.post(f"{address}/mark", data={"place": place, "seen": "", "act": "absent"})
    assert stays() == [(session.starts_at, hours.minute(session, 60), False)]
    assert "Somebody else recorded this person" in client.get(address).text


def test_after_awarding_a_correction_needs_a_reason(desk):
    client, address, person, session = desk
    hours.awarded(person, db.session.get(Event, session.event_id))
    answer = mark(client, address, act="absent")
    assert answer.status_code == 422
    assert "Say why" in answer.text


def test_after_awarding_hours_follow_the_correction(desk):
    client, address, person, session = desk
    hours.awarded(person, db.session.get(Event, session.event_id))
    mark(client, address, act="times", reason="Left at 11:15", **{"in": "09:00", "out": "11:15"})
    assert db.session.scalar(select(func.sum(Award.minutes))) == 120
    page = client.get(address).text
    assert "corrected by minus 45 min" in page
    assert "Left at 11:15" in page


def test_everybody_who_is_not_marked_was_present(frozen, client, sign_in):
    event, made = hours.held_event(frozen, "Ana Silva", "Bo Berg", "Cleo Diaz")
    session = events.sessions(event)[0]
    presences.mark_absent(made[0].id, session.id, by_id=None)
    sign_in(client, people.person(roles=["organizer"]))
    client.post(f"/manage/events/{event.slug}/attendance/{session.id}/all")
    marked = {row.person_id: row.is_void for row in db.session.scalars(select(Presence))}
    assert marked == {made[0].id: True, made[1].id: False, made[2].id: False}


def test_group_sessions_list_only_their_group(frozen, client, sign_in):
    event = events.cohort(days=1)
    for name, group in (("Ana", "Group A"), ("Bo", "Group B")):
        registrations.accepted(event, people.person(name, "Test"), group=group)
    hours.after(frozen, event)
    sign_in(client, people.person(roles=["organizer"]))
    group_a = events.groups(event)["Group A"].id
    session = next(one for one in events.sessions(event) if one.group_id == group_a)
    page = client.get(f"/manage/events/{event.slug}/attendance/{session.id}").text
    assert ("Ana Test" in page, "Bo Test" in page) == (True, False)


def test_a_roster_costs_the_same_for_one_and_for_many(frozen, client, sign_in, query_count):
    small, _ = hours.held_event(frozen, "Ana Silva")
    large, _ = hours.held_event(frozen, *[f"Person {number}" for number in range(12)])
    sign_in(client, people.person(roles=["organizer"]))
    counts = []
    for event in (small, large):
        address = f"/manage/events/{event.slug}/attendance/{events.sessions(event)[0].id}"
        with query_count() as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_roles_are_limited_to_their_event(frozen, client, sign_in):
    mine, _ = hours.held_event(frozen, "Ana Silva")
    other, _ = hours.held_event(frozen, "Bo Berg")
    sign_in(client, people.person(roles=[("presenter", {"event_id": mine.id}), ("door", {"event_id": mine.id})]))
    assert client.get(f"/manage/events/{mine.slug}/attendance").status_code == 200
    assert client.get(f"/manage/events/{other.slug}/attendance").status_code == 404
    session = events.sessions(other)[0]
    assert client.post(f"/manage/events/{other.slug}/attendance/{session.id}/all").status_code == 404
    assert client.get(f"/manage/events/{mine.slug}/attendance/{session.id}").status_code == 404


def test_the_list_of_sessions_says_what_is_left(desk):
    client, address, _, _ = desk
    listing = address.rpartition("/")[0]
    assert "1 not marked" in client.get(listing).text
    mark(client, address, act="present")
    assert "Complete" in client.get(listing).text


def test_awarding_is_not_for_presenters(frozen, client, sign_in):
    event, _ = hours.held_event(frozen, "Ana Silva")
    sign_in(client, people.person(roles=[("presenter", {"event_id": event.id})]))
    assert client.post(f"/manage/events/{event.slug}/hours/award").status_code == 404
    assert awarding.award_event(event.id, by_id=None) == 0


def test_somebody_who_came_late_can_be_marked_for_the_whole_session(desk):
    client, address, person, session = desk
    hours.present(person, session, 30)
    row = parse(client.get(address).text).all("form", class_="row")[0]
    assert ["disabled" in button.attributes for button in row.all("button")] == [False, False]
    mark(client, address, act="present")
    rows = presences.effective([person.id], [session.id])
    assert [(one.in_at, one.out_at) for one in rows] == [(session.starts_at, session.ends_at)]
