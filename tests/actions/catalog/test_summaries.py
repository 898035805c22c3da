"""The derived columns of an event."""

import pytest
from sqlalchemy import select

from tests.factories import events as made
from webapp.catalog import parts, sessions, summaries
from webapp.catalog.models import EventFacet
from webapp.catalog.sessions import Credit
from webapp.core.db import db


def meeting(event, title, start_hour, minutes, **more):
    return sessions.add(event.id, actor_id=None, title=title, start=made.at(hour=start_hour), end=made.at(hour=start_hour + 2),
                        no_breaks=True, credits=[Credit("training", minutes, ("TF-DEV",), {"DEI": minutes})], **more)


def test_the_best_session_of_a_block_counts():
    event = made.draft("Day")
    block = parts.block(event.id, "A")
    for title, minutes in (("Short", 60), ("Long", 90)):
        meeting(event, title, 9, minutes, block_id=block.id)
    meeting(event, "All", 13, 45)
    assert (event.training_minutes, event.areas, event.tags) == (135, ["TF-DEV"], ["DEI"])


def test_the_group_with_the_most_counts():
    event = made.draft("Cohort")
    for name, minutes in (("A", 60), ("B", 75)):
        meeting(event, name, 9, minutes, group_id=parts.group(event.id, name).id)
    assert (event.training_minutes, event.session_count) == (75, 1)


def test_a_cancelled_session_does_not_count():
    event = made.workshop(days=2)
    sessions.cancel(made.sessions(event)[0].id, actor_id=None, reason="Snow")
    assert (event.training_minutes, event.session_count, event.starts_at) == (165, 1, made.sessions(event)[1].starts_at)


def test_an_event_that_contains_another_follows_its_changes_on_the_dates_named():
    inner, outer = made.workshop("Inner", days=2), made.workshop("Outer")
    first = made.sessions(inner)[0]
    parts.include(outer, inner, [first.wall_start[:10]])
    summaries.refresh(outer.id)
    assert outer.training_minutes == 165 * 2
    sessions.update(first.id, actor_id=None, credits=[Credit("training", 100)])
    assert outer.training_minutes == 165 + 100


def test_what_one_searches_is_in_one_text_without_accents():
    event = made.workshop("Schlaf & Ernährung", summary="Café")
    for word in ("ernahrung", "cafe", "madison", "dane", "attachment, separation", "diversity"):
        assert word in event.search_text


def test_facets_say_how_many_minutes():
    event = made.workshop()
    rows = db.session.execute(select(EventFacet.kind, EventFacet.value, EventFacet.minutes).filter_by(event_id=event.id)
                              .order_by(EventFacet.kind, EventFacet.value)).all()
    assert [tuple(row) for row in rows] == [
        ("area", "TF-ATT", 165), ("area", "TF-REL", 165), ("tag", "AGE_0_3", 165), ("tag", "DEI", 60)]


@pytest.mark.parametrize("days", [1, 12])
def test_refreshing_costs_the_same_for_any_number_of_sessions(days, query_count):
    event = made.workshop(days=days)
    db.session.flush()
    with query_count() as seen:
        summaries.refresh(event.id)
    assert len(seen) == 9
