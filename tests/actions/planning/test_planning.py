"""What an event counts for, and what a person has ahead."""

import pytest

from tests.factories import events, hours, people, registrations
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.planning import ahead, counts


def states(event, person):
    return {area.code: (area.state, area.mine) for area in counts.what_counts(event.id, person and person.id).areas}


def test_a_guest_sees_hours_areas_and_tags():
    found = counts.what_counts(events.workshop().id)
    assert (found.training_minutes, found.rsc_minutes, found.counts_for_nothing) == (165, 0, False)
    assert [(area.code, area.state) for area in found.areas] == [("TF-ATT", "unknown"), ("TF-REL", "unknown")]
    assert [(tag.code, tag.minutes) for tag in found.tags] == [("AGE_0_3", 165), ("DEI", 60)]


def test_everything_is_new_to_a_newcomer():
    event = events.workshop()
    assert states(event, people.person()) == {"TF-ATT": ("new", 0), "TF-REL": ("new", 0)}


def test_what_is_booked_is_not_new():
    event, person = events.workshop(), people.person()
    registrations.registered(event, person)
    assert states(events.workshop("Another"), person)["TF-ATT"] == ("booked", 165)


def test_what_is_recorded_is_not_new(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    hours.awarded(person, event)
    assert states(events.workshop("Another"), person)["TF-ATT"] == ("recorded", 165)


def test_a_guest_costs_two_statements(query_count):
    event = events.workshop()
    with query_count() as seen:
        counts.what_counts(event.id)
    assert len(seen) == 2


def test_an_unknown_event_is_not_found():
    with pytest.raises(NotFound):
        counts.what_counts(0)


def test_sessions_ahead_are_hers_in_order():
    later, sooner, person = events.workshop("Later", starts=events.at(20)), events.workshop("Sooner", starts=events.at(10)), people.person()
    registrations.registered(later, person)
    registrations.registered(sooner, person)
    events.workshop("Not hers")
    assert [(one.title, one.training_minutes) for one in ahead.sessions([person.id], clock.now())] == [("Sooner", 165), ("Later", 165)]


@pytest.mark.parametrize(("hour", "clash"), [(9, True), (11, True), (12, False), (6, False)])
def test_sessions_that_overlap_clash(hour, clash):
    person = people.person()
    for number, start in enumerate((9, hour)):
        registrations.registered(events.workshop(f"Number {number}", starts=events.at(10, start)), person)
    assert bool(ahead.clashes(ahead.sessions([person.id], clock.now()))) is clash
