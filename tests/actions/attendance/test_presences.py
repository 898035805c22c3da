"""Presences: recorded, completed, corrected, never edited."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from tests.factories import events, hours
from tests.factories.hours import minute
from webapp.attendance import presences
from webapp.attendance.models import Presence
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, Refusal, Stale, Unacceptable


@pytest.fixture
def ana(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    return person, events.sessions(event)[0]


def counting(person, session):
    return [(row.in_at, row.out_at, row.is_void) for row in presences.effective([person.id], [session.id])]


def test_marking_full_is_from_start_to_end(ana):
    person, session = ana
    presences.mark_full(person.id, session.id, by_id=None)
    assert counting(person, session) == [(session.starts_at, session.ends_at, False)]


def test_marking_full_twice_writes_once(ana):
    person, session = ana
    assert len(presences.mark_full(person.id, session.id, by_id=None)) == 1
    assert presences.mark_full(person.id, session.id, by_id=None) == []


def test_absent_replaces_every_stay(ana):
    person, session = ana
    hours.present(person, session, 0, 60)
    hours.present(person, session, 100, 180)
    presences.mark_absent(person.id, session.id, by_id=None)
    assert {void for *_, void in counting(person, session)} == {True}


def test_absent_without_a_presence_is_a_mark_of_its_own(ana):
    person, session = ana
    presences.mark_absent(person.id, session.id, by_id=None)
    assert presences.mark_absent(person.id, session.id, by_id=None) == []
    assert counting(person, session) == [(None, None, True)]


def test_present_after_absent_supersedes_the_mark(ana):
    person, session = ana
    presences.mark_absent(person.id, session.id, by_id=None)
    presences.mark_full(person.id, session.id, by_id=None)
    assert counting(person, session) == [(session.starts_at, session.ends_at, False)]


def test_a_correction_supersedes_with_its_reason(ana):
    person, session = ana
    row = hours.present(person, session)
    fresh = presences.correct(row.id, session.starts_at, minute(session, 120), by_id=person.id, reason="She left at eleven.")
    assert (fresh.supersedes_id, fresh.reason, fresh.source) == (row.id, "She left at eleven.", "correction")
    assert counting(person, session) == [(session.starts_at, minute(session, 120), False)]


def test_a_correction_needs_a_reason(ana):
    person, session = ana
    row = hours.present(person, session)
    with pytest.raises(Refusal) as refused:
        presences.correct(row.id, session.starts_at, minute(session, 120), by_id=person.id, reason=" ")
    assert (refused.value.code, refused.value.field) == ("reason_needed", "reason")


def test_a_row_is_corrected_once(ana):
    person, session = ana
    row = hours.present(person, session)
    presences.correct(row.id, session.starts_at, minute(session, 120), by_id=person.id, reason="First")
    with pytest.raises(Stale):
        presences.correct(row.id, session.starts_at, minute(session, 90), by_id=person.id, reason="Second")


def test_a_form_opened_before_somebody_else_saved_is_refused(ana):
    person, session = ana
    opened_with = presences.version(presences.effective([person.id], [session.id]))
    presences.mark_full(person.id, session.id, by_id=None)
    with pytest.raises(Stale):
        presences.mark_absent(person.id, session.id, by_id=None, expected=opened_with)


@pytest.mark.parametrize("statement", [update(Presence).values(reason="x"), delete(Presence)])
def test_the_database_refuses_edits(ana, statement):
    hours.present(*ana)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(statement)


@pytest.mark.parametrize(("start", "end", "field"), [(60, 60, "out"), (120, 60, "out"), (None, None, "in"), (200, 230, "in"),
                                                     (-60, -5, "out"),
                                                     (-5000, 60, "in")])
def test_times_that_cannot_be_are_refused(ana, start, end, field):
    person, session = ana
    times = [None if number is None else minute(session, number) for number in (start, end)]
    with pytest.raises(Unacceptable) as refused:
        presences.record(person.id, session.id, *times, source="roster", by_id=None)
    assert refused.value.field == field


def test_nothing_is_recorded_before_the_doors_open(ana, frozen):
    person, session = ana
    frozen.move_to(session.starts_at - timedelta(hours=4))
    with pytest.raises(Closed):
        presences.mark_full(person.id, session.id, by_id=None)


def test_at_the_door_in_then_out(ana):
    person, session = ana
    presences.arrive(person.id, session.id, minute(session, -10), by_id=None)
    presences.leave(person.id, session.id, minute(session, 90), by_id=None)
    assert counting(person, session) == [(minute(session, -10), minute(session, 90), False)]


def test_nobody_is_checked_in_twice(ana):
    person, session = ana
    presences.arrive(person.id, session.id, minute(session, 0), by_id=None)
    with pytest.raises(AlreadyDone):
        presences.arrive(person.id, session.id, minute(session, 1), by_id=None)


def test_who_is_not_in_cannot_leave(ana):
    person, session = ana
    with pytest.raises(Refusal, match="not checked in"):
        presences.leave(person.id, session.id, minute(session, 90), by_id=None)
