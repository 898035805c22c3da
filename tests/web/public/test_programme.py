"""The programme: days, slots, rooms, breakouts, and the reader's own choice."""

import re
from datetime import timedelta

from tests.factories import events, people, registrations
from tests.web.public.seats import take
from webapp.catalog import events as catalog
from webapp.catalog import parts, sessions
from webapp.catalog.sessions import Credit
from webapp.core import clock


def _html(client, event):
    answer = client.get(f"/events/{event.slug}/programme")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _conference(**more):
    """A day with a welcome, two breakouts at once in two rooms with tracks, and lunch."""
    event = events.draft("Gathering", kind="conference", **more)
    start, block = events.at(28, 9), parts.block(event.id, "A")
    lake, palm = (parts.room(event.venue_id, name).id for name in ("Lake", "Palm"))
    early = parts.track(event.id, "Early care").id
    sessions.add(event.id, actor_id=None, title="Welcome", start=start, end=start + timedelta(minutes=30), room_id=lake)
    for title, room, capacity in (("Fathers", palm, 3), ("Toddlers", lake, 40)):
        sessions.add(event.id, actor_id=None, title=title, start=start + timedelta(hours=1), end=start + timedelta(hours=2), no_breaks=True,
                     block_id=block.id, room_id=room, track_id=early, capacity=capacity, credits=[Credit("training", 60, ("TF-DEV",))])
    events.sell(event, events.member_prices(100, 200))
    return events.publish(event)


def test_sessions_stand_in_the_columns_of_their_rooms(client):
    html = _html(client, _conference())
    assert '<div class="programme rooms-2">' in html
    assert "<span>Lake</span><span>Palm</span>" in html
    cells = re.findall(r'<li class="at-(\d)">.*?<h3>(.*?)</h3>', html, re.DOTALL)
    assert cells == [("1", "Toddlers"), ("2", "Fathers")]
    assert "Breakout A: choose one of 2." in html
    assert "Early care" in html
    assert "1 h · TF-DEV" in html


def test_what_awards_nothing_is_a_thin_row(client):
    html = _html(client, _conference())
    assert re.search(r'<li class="slot thin">\s*<p><b class="nb">9:00 am</b></p><p>Welcome, Lake <small>to 9:30 am</small>', html)


def test_places_of_a_breakout_are_those_of_this_moment(client, db_session):
    event = _conference()
    assert "3 of 3 left" in _html(client, event)
    fathers = next(one for one in events.sessions(event) if one.title == "Fathers")
    take(fathers, 3)
    html = _html(client, event)
    assert ">Full</span>" in html
    assert "40 of 40 left" in html


def test_the_readers_choice_is_marked(client, sign_in):
    event, maria = _conference(breakouts_change_until=clock.now() + timedelta(days=3)), people.person()
    fathers = next(one for one in events.sessions(event) if one.title == "Fathers")
    registrations.registered(event, maria, breakouts={fathers.block_id: fathers.id})
    sign_in(client, maria)
    html = _html(client, event)
    assert html.count("Your choice</span>") == 1
    assert "you have chosen \u201cFathers\u201d." in html
    assert "You have chosen 1 session. You can change until Sat 18 Jul 2026, 10:00 am CT." in html
    sign_in(client, people.person())
    assert "Your choice" not in _html(client, event)


def test_days_have_a_strip_with_their_most_hours(client):
    html = _html(client, events.conference())
    assert re.search(r'href="#d2026-08-11">Tue 11 Aug<small>up to 1 h 30 min', html)
    assert re.search(r'href="#d2026-08-12">Wed 12 Aug<small>up to 4 h 30 min', html)
    assert "Wednesday 12 August" in html
    assert "for those who add it to their place" in html


def test_an_event_without_blocks_has_a_programme_too(client):
    assert "Day 2" in _html(client, events.workshop(days=2))


def test_a_cancelled_session_and_event_say_so(client):
    event = _conference()
    sessions.cancel(events.sessions(event)[1].id, actor_id=None, reason="Ill")
    assert "Cancelled</span>" in _html(client, event)
    catalog.cancel(event.id, actor_id=None, reason="The hall is flooded.")
    assert "The hall is flooded." in _html(client, event)


def test_drafts_and_unknown_events_have_none(client):
    draft = events.workshop(published=False)
    assert client.get(f"/events/{draft.slug}/programme").status_code == 404
    assert client.get("/events/nothing/programme").status_code == 404


def test_many_sessions_cost_what_few_cost(client, query_count):
    made = events.conference("Small", rooms=(5, 5)), events.conference("Large", rooms=(5,) * 8)
    small, large = (f"/events/{event.slug}/programme" for event in made)
    with query_count() as few:
        client.get(small)
    with query_count() as many:
        client.get(large)
    assert len(few) == len(many) <= 9
