"""Adding, moving, limiting, cancelling and removing sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import events as made
from webapp.catalog import parts, sessions
from webapp.catalog.models import Pool
from webapp.catalog.sessions import Break, Credit
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal, Unacceptable


def added(event, start, end, **more):
    return sessions.add(event.id, actor_id=None, title="Evening", start=start, end=end, **more)


def test_a_wall_time_becomes_the_instant_of_its_zone():
    session = added(made.draft("Sleep"), datetime(2026, 12, 4, 9), datetime(2026, 12, 4, 16))
    assert (session.starts_at, session.ends_at) == (datetime(2026, 12, 4, 15, tzinfo=UTC), datetime(2026, 12, 4, 22, tzinfo=UTC))


def test_an_hour_that_occurs_twice_is_asked_and_the_answer_kept():
    event = made.draft("Sleep")
    with pytest.raises(Unacceptable, match="happens twice") as refused:
        added(event, datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 4))
    assert (refused.value.code, refused.value.field) == ("twice", "start")
    later = added(event, datetime(2026, 11, 1, 1, 30), datetime(2026, 11, 1, 4), fold=1)
    assert (later.fold, later.starts_at) == (1, datetime(2026, 11, 1, 7, 30, tzinfo=UTC))


def test_an_hour_that_does_not_exist_is_refused():
    with pytest.raises(Unacceptable, match="does not exist"):
        added(made.draft("Sleep"), datetime(2027, 3, 14, 2, 30), datetime(2027, 3, 14, 5))


def test_a_session_that_ends_before_it_starts_is_refused():
    with pytest.raises(Unacceptable, match="ends before"):
        added(made.draft("Sleep"), datetime(2026, 12, 4, 9), datetime(2026, 12, 4, 9))


@pytest.mark.parametrize(("breaks", "sentence"), [
    ([Break(170, 15)], "inside"), ([Break(-5, 10)], "inside"), ([Break(60, 30), Break(80, 10)], "overlap")])
def test_breaks_lie_inside_and_apart(breaks, sentence):
    with pytest.raises(Unacceptable, match=sentence):
        added(made.draft("Sleep"), made.at(), made.at(hour=12), breaks=breaks)


def test_credit_of_all_kinds_together_fits_into_the_net_length():
    event = made.draft("Sleep")
    both = [Credit("training", 120), Credit("rsc", 46)]
    with pytest.raises(Unacceptable, match="awards 2 h 46 min, but without breaks it is only 2 h 45 min long") as refused:
        added(event, made.at(), made.at(hour=12), breaks=[Break(80, 15)], credits=both)
    assert refused.value.code == "exceeds_net"


def test_a_tag_carries_no_more_minutes_than_its_credit():
    with pytest.raises(Unacceptable, match="more minutes than the session awards"):
        added(made.draft("Sleep"), made.at(), made.at(hour=12), credits=[Credit("training", 60, (), {"DEI": 61})])


def test_breaks_move_with_the_session():
    session = made.sessions(made.workshop())[0]
    sessions.update(session.id, actor_id=None, start=made.at(35, 13), end=made.at(35, 16))
    assert [(one.offset_minutes, one.minutes) for one in sessions.get(session.id).breaks] == [(80, 15)]


@pytest.mark.parametrize("change", [
    {"title": "Morning"}, {"online_url": "https://meet.example/1"}, {"start": datetime(2026, 8, 12, 8, 30)}, {"mode": "online"}])
def test_what_a_calendar_shows_raises_the_sequence_by_one(change):
    session = made.sessions(made.workshop())[0]
    sessions.update(session.id, actor_id=None, **change)
    assert session.sequence == 1


@pytest.mark.parametrize("change", [
    {"description": "More"}, {"breaks": [Break(60, 15)]}, {"credits": [Credit("training", 100)]}, {"capacity": 5}, {"position": 3},
    {"start": datetime(2026, 8, 12, 9)}, {"title": "Sleep and feeding in the first year"}])
def test_what_a_calendar_does_not_show_leaves_the_sequence(change):
    session = made.sessions(made.workshop())[0]
    changed = session.changed_at
    sessions.update(session.id, actor_id=None, **change)
    assert (session.sequence, session.changed_at) == (0, changed)


def test_a_session_shortened_below_its_credit_is_refused():
    session = made.sessions(made.workshop())[0]
    with pytest.raises(Unacceptable, match="only 2 h 30 min long"):
        sessions.update(session.id, actor_id=None, end=made.at(hour=11, minute=45))


def test_changed_credit_keeps_its_row_for_the_awards_that_point_at_it():
    session = made.sessions(made.workshop())[0]
    before = sessions.get(session.id).credits[0].id
    sessions.update(session.id, actor_id=None, credits=[Credit("training", 100, ("TF-DEV",)), Credit("rsc", 30)])
    rows = {one.kind: one for one in sessions.get(session.id).credits}
    assert (rows["training"].id, rows["training"].minutes, [one.area for one in rows["training"].areas]) == (before, 100, ["TF-DEV"])


def test_a_capacity_below_what_is_taken_is_refused_with_the_number():
    session = next(one for one in made.sessions(made.conference(rooms=(20,))) if one.pool_id)
    db.session.get_one(Pool, session.pool_id).taken = 7
    with pytest.raises(Refusal, match="7 places are taken"):
        sessions.update(session.id, actor_id=None, capacity=6)


def test_a_cancelled_session_comes_back_with_a_higher_sequence():
    session = made.sessions(made.workshop())[0]
    uid = session.ical_uid
    sessions.cancel(session.id, actor_id=None, reason="Snow")
    assert (session.status, session.sequence) == ("cancelled", 1)
    sessions.restore(session.id, actor_id=None)
    assert (session.status, session.sequence, session.ical_uid) == ("scheduled", 2, uid)


def test_a_session_of_a_draft_is_removed_and_one_that_was_public_is_not():
    event = made.workshop(days=2, published=False)
    sessions.remove(made.sessions(event)[1].id, actor_id=None)
    assert event.session_count == 1
    made.publish(event)
    with pytest.raises(Refusal, match="has been public"):
        sessions.remove(made.sessions(event)[0].id, actor_id=None)


def test_a_block_of_another_event_is_not_found():
    other, event = made.draft("Other"), made.draft("Sleep")
    with pytest.raises(NotFound):
        added(event, made.at(), made.at(hour=12), block_id=parts.block(other.id, "A").id)


def test_presenters_keep_their_order():
    event = made.workshop()
    ids = [parts.presenter(name).id for name in ("Zoe", "Ann")]
    session = made.sessions(event)[0]
    sessions.update(session.id, actor_id=None, presenter_ids=ids)
    sessions.update(session.id, actor_id=None, presenter_ids=ids[::-1])
    assert [one.presenter_id for one in sessions.get(session.id).presenters] == ids[::-1]
    assert "zoe" in event.search_text


def test_a_day_later_keeps_the_wall_time_over_a_clock_change():
    session = added(made.draft("Sleep"), datetime(2026, 10, 31, 9), datetime(2026, 10, 31, 12))
    moved = sessions.update(session.id, actor_id=None, start=datetime(2026, 11, 1, 9), end=datetime(2026, 11, 1, 12))
    assert moved.starts_at - datetime(2026, 10, 31, 14, tzinfo=UTC) == timedelta(hours=25)
