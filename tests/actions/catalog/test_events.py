"""Making, changing, publishing, closing, cancelling, copying and deleting events."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events as made
from webapp.catalog import events, parts, pools, sessions
from webapp.catalog.models import Event, Pool, Session
from webapp.catalog.readiness import NotReady
from webapp.catalog.sessions import Credit
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.core.errors import Refusal, Stale, Unacceptable
from webapp.registration import duplicating, publishing, transfer
from webapp.registration.offers import InstalmentSpec, PriceSpec, TypeSpec


def test_addresses_of_equal_titles_are_numbered():
    assert [made.draft("Baby sleep").slug for _ in range(3)] == ["baby-sleep", "baby-sleep-2", "baby-sleep-3"]


@pytest.mark.parametrize(("field", "value"), [
    ("title", " "), ("title", "a\x00b"), ("kind", "party"), ("mode", "tv"), ("zone", "Mars/Base")])
def test_what_cannot_be_used_is_refused_beside_its_field(field, value):
    with pytest.raises(Unacceptable) as refused:
        made.draft(**({"title": "Sleep"} | {field: value}))
    assert refused.value.field == field


def test_a_change_leaves_what_changed_in_the_history():
    event = made.workshop()
    events.update(event.id, version=event.version, actor_id=None, reason="Asked for", title="Sleep")
    entry = db.session.scalars(select(AuditEntry).filter_by(action="event.changed")).one()
    assert (entry.before, entry.after, entry.reason) == ({"title": "Sleep and feeding in the first year"}, {"title": "Sleep"}, "Asked for")


def test_a_form_opened_before_another_change_is_stale():
    event = made.workshop()
    seen = event.version
    events.update(event.id, version=seen, actor_id=None, summary="First")
    with pytest.raises(Stale):
        events.update(event.id, version=seen, actor_id=None, summary="Second")
    assert event.summary == "First"


def test_a_title_raises_the_sequence_of_event_and_sessions_and_a_summary_does_not():
    event = made.workshop(days=2)
    events.update(event.id, version=event.version, actor_id=None, summary="Other words")
    assert [event.sequence, *(one.sequence for one in made.sessions(event))] == [0, 0, 0]
    events.update(event.id, version=event.version, actor_id=None, title="Other")
    db.session.expire_all()
    assert [event.sequence, *(one.sequence for one in made.sessions(event))] == [1, 1, 1]


def test_another_zone_keeps_the_wall_time_and_moves_the_instant():
    event = made.workshop()
    before = made.sessions(event)[0].starts_at
    events.update(event.id, version=event.version, actor_id=None, zone="America/New_York")
    session = made.sessions(event)[0]
    assert (session.wall_start[11:], session.starts_at, session.sequence) == ("09:00", before - timedelta(hours=1), 1)


def test_a_capacity_below_what_is_taken_is_refused_with_the_number():
    event = made.workshop(capacity=20)
    db.session.get_one(Pool, event.pool_id).taken = 12
    with pytest.raises(Refusal, match="12 places are taken"):
        events.update(event.id, version=event.version, actor_id=None, capacity=11)
    events.update(event.id, version=event.version, actor_id=None, capacity=12)
    assert db.session.get_one(Pool, event.pool_id).capacity == 12


def test_publishing_names_everything_that_misses_at_once():
    event = made.draft("Sleep", mode="online", platform="")
    session = sessions.add(event.id, actor_id=None, title="Day 1", start=made.at(), end=made.at(hour=12), credits=[Credit("training", 180)])
    made.sell(event, [TypeSpec("Member", [], audience="member", instalments=[InstalmentSpec(made.day(3), 9_000)])])
    with pytest.raises(NotReady) as refused:
        publishing.publish(event.id, actor_id=None)
    assert refused.value.reasons == [
        "Say on which platform it meets online.", "“Day 1” on Wed 12 Aug 2026 awards hours: state its breaks, or that it has none.",
        "Give Member a price; it may be $0.00.", "The instalments of Member do not add up to its price."]
    assert (session.status, event.status) == ("scheduled", "draft")


def test_an_event_without_sessions_or_types_is_not_published():
    with pytest.raises(NotReady) as refused:
        publishing.publish(made.draft("Sleep").id, actor_id=None)
    assert refused.value.reasons == ["Add at least one session.", "Add at least one registration type, for example Member."]


def test_a_session_that_says_it_has_no_breaks_may_award_hours():
    event = made.draft("Sleep")
    sessions.add(event.id, actor_id=None, title="Day 1", start=made.at(), end=made.at(hour=12), no_breaks=True,
                 credits=[Credit("training", 180)])
    made.sell(event, [TypeSpec("Member", [PriceSpec(0)])])
    assert publishing.publish(event.id, actor_id=None).status == "published"


def test_a_closed_event_opens_again_and_keeps_its_first_publication():
    event = made.workshop()
    first = event.published_at
    events.close(event.id, actor_id=None)
    assert publishing.publish(event.id, actor_id=None).published_at == first


def test_cancelling_keeps_the_sessions_visible_as_cancelled():
    event = made.workshop(days=2)
    events.cancel(event.id, actor_id=None, reason="The speaker is ill.")
    assert [(one.status, one.sequence) for one in made.sessions(event)] == [("cancelled", 1)] * 2
    assert (event.status, event.cancel_reason, event.sequence, event.session_count) == ("cancelled", "The speaker is ill.", 1, 2)
    with pytest.raises(Refusal, match="cancelled"):
        publishing.publish(event.id, actor_id=None)


def test_a_copy_has_everything_but_people_on_dates_moved_by_whole_weeks():
    event = made.conference()
    copy = duplicating.duplicate(event.id, actor_id=None, weeks=52)
    first, second = (transfer.values(transfer.dump(one.id)) for one in (event, copy))
    assert (copy.status, copy.slug, second["types"], second["blocks"]) == ("draft", "annual-conference-2", first["types"], first["blocks"])
    assert [datetime.fromisoformat(one["start"]) for one in second["sessions"]] == [
        datetime.fromisoformat(one["start"]) + timedelta(weeks=52) for one in first["sessions"]]
    uids = {one.ical_uid for one in made.sessions(event)} & {one.ical_uid for one in made.sessions(copy)}
    assert uids == set() and publishing.publish(copy.id, actor_id=None)


def test_a_copy_may_begin_on_a_day_of_the_same_weekday_only():
    event = made.workshop()
    first = datetime.fromisoformat(made.sessions(event)[0].wall_start).date()
    copy = duplicating.duplicate(event.id, actor_id=None, first_on=first + timedelta(weeks=3))
    assert made.sessions(copy)[0].wall_start[:10] == (first + timedelta(weeks=3)).isoformat()
    with pytest.raises(Unacceptable, match="choose a Wednesday"):
        duplicating.duplicate(event.id, actor_id=None, first_on=first + timedelta(days=1))


def test_a_draft_nobody_registered_for_is_deleted_with_all_that_belongs_to_it():
    event = made.conference(published=False)
    publishing.delete_draft(event.id, actor_id=None)
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Event, Session, Pool)] == [0, 0, 0]


def test_an_event_that_was_public_is_not_deleted():
    event = made.workshop()
    with pytest.raises(Refusal, match="has been public"):
        publishing.delete_draft(event.id, actor_id=None)


def test_the_same_clock_for_two_moments_in_the_past():
    with clock.acting_at(clock.now() - timedelta(days=400)):
        event = made.draft("Long ago")
    assert event.created_at == clock.now() - timedelta(days=400)


def test_a_contained_event_cannot_contain_another():
    outer, inner, deep = (made.workshop(title) for title in ("Outer", "Inner", "Deep"))
    parts.include(inner, deep, [])
    with pytest.raises(Refusal, match="cannot be contained"):
        parts.include(outer, inner, [])


def test_capacities_change_in_the_order_of_their_pools(monkeypatch):
    event = made.workshop(mode="hybrid", online_capacity=5)
    events.update(event.id, version=event.version, actor_id=None, room_capacity=5)
    locked, resize = [], pools.resize
    monkeypatch.setattr(pools, "resize", lambda pool_id, *more, **named: locked.append(pool_id) or resize(pool_id, *more, **named))
    events.update(event.id, version=event.version, actor_id=None, capacity=9, room_capacity=4, online_capacity=4)
    assert locked == sorted([event.pool_id, event.room_pool_id, event.online_pool_id]) and event.online_pool_id < event.room_pool_id
