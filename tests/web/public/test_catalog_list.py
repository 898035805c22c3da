"""The list: what a row says, months, pages, what is under way, and that it costs the same for one event and for many."""

from datetime import timedelta

import pytest

from tests.factories import events
from tests.web.public.seats import take
from webapp.catalog import events as catalog
from webapp.catalog import sessions
from webapp.core import clock
from webapp.registration.offers import InstalmentSpec, PriceSpec, TypeSpec
from webapp.web.events import memory


def _body(client, address="/events"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_row_says_when_where_hours_price_and_places(client):
    events.workshop("Sleep", capacity=20)
    body = _body(client)
    assert '<p class="day">Wed<b>12</b>Aug</p>' in body
    assert "9:00 am to 12:00 pm CT · Lakeview Hall, Madison" in body
    assert "2 h 45 min training" in body
    assert "From $120.00" in body
    assert "20 of 20 seats left" in body
    assert "1 event in August 2026." in body


def test_a_series_says_its_pattern_and_its_end(client):
    event = events.draft("Foundations", format="series", mode="online")
    for week in range(8):
        start = events.at(29 + 14 * week, 12, 30)
        sessions.add(event.id, actor_id=None, title=f"{week}", start=start, end=start + timedelta(hours=3, minutes=15), no_breaks=True)
    events.sell(event, events.member_prices(100, 200))
    events.publish(event)
    assert "Series of 8, Thursdays 12:30 to 3:45 pm CT, to 19 Nov · Online, Zoom" in _body(client)


@pytest.mark.parametrize(("amounts", "words"), [
    ((0, 0), "<b>Free</b>"), ((0, 3_000), "<b>Free to $30.00</b>"), ((3_000, 3_000), "<b>$30.00</b>"), ((100, 200), "<b>From $1.00</b>")])
def test_the_price_in_words(client, amounts, words):
    events.workshop(member=amounts[0], non_member=amounts[1])
    assert words in _body(client)


def test_instalments_are_told_where_there_is_one_price(client):
    events.cohort(tuition=900_000)
    body = _body(client)
    assert "$9,000.00 in 3 parts" in body
    assert "By application" in body


def test_a_price_paid_in_parts_by_some_is_from(client):
    due = [InstalmentSpec(events.day(part), 5_000) for part in (1, 2)]
    events.workshop(types=[TypeSpec("A", [PriceSpec(100)], instalments=due), TypeSpec("B", [PriceSpec(300)])])
    assert "<b>From $1.00</b>" in _body(client)


@pytest.mark.parametrize(("fields", "word"), [
    ({"closes_at": "past"}, "Registration closed"), ({"opens_at": "future"}, "Opens 22 Jul 2026"),
    ({"sign_up": "walk_in"}, "Walk in"), ({"sign_up": "roster"}, "By your agency"), ({"capacity": None}, "Open to all")])
def test_the_standing_in_a_word(client, fields, word):
    moments = {"past": clock.now() - timedelta(days=1), "future": clock.now() + timedelta(days=7)}
    events.workshop(**{name: moments.get(value, value) for name, value in fields.items()})
    assert word in _body(client)


@pytest.mark.parametrize(("taken", "word"), [
    (40, ">Full<"), (39, 'class="tag warn">1 of 40 seats left'), (35, 'class="tag warn">5 of 40'), (34, 'class="tag ok">6 of 40')])
def test_places_left_by_number(client, taken, word):
    take(events.workshop(capacity=40), taken)
    assert word in _body(client)


def test_cancelled_stays_in_sight_with_its_hours_of_the_day(client):
    catalog.cancel(events.workshop("Sleep").id, actor_id=None, reason="Snow")
    body = _body(client)
    assert "Cancelled</span>" in body
    assert "9:00 am to 12:00 pm CT" in body


def test_drafts_and_past_events_are_not_listed(client):
    events.workshop("Draft", published=False)
    events.workshop("Past", starts=events.at(-3))
    body = _body(client)
    assert "Draft" not in body
    assert "Past" not in body
    assert "Nothing is announced at the moment" in body


def test_what_began_and_is_not_over_is_under_way(client):
    events.cohort("Running cohort", starts=events.at(-10))
    events.workshop("Coming")
    body = _body(client)
    assert body.index("Coming") < body.index("Under way") < body.index("Running cohort")


def test_months_count_and_lead_into_the_list(client):
    events.workshop("First", starts=events.at(28))
    events.workshop("Second", starts=events.at(29))
    events.workshop("Third", starts=events.at(190))
    body = _body(client)
    assert 'href="/events?from=2026-08-01" aria-current="page">Aug<small>2 ' in body
    assert 'href="/events?from=2027-01-01">Jan 2027<small>1 ' in body
    later = _body(client, "/events?from=2027-01-01")
    assert "Third" in later
    assert "First" not in later


def test_nothing_found_teaches(client):
    events.workshop()
    body = _body(client, "/events?q=zebra")
    assert "Nothing coming fits all of that" in body
    assert 'href="/events">Show everything' in body


def test_pages_of_twenty_five(client):
    for number in range(27):
        events.workshop(f"Event {number:02}", starts=events.at(20 + number))
    first, second = _body(client), _body(client, "/events?page=2")
    assert "Events 1 to 25 of 27" in first
    assert "Event 24" in first
    assert "Event 25" not in first
    assert "Events 26 to 27 of 27" in second
    assert "Event 25" in second
    assert "The list ends before this page" in _body(client, "/events?page=9")


def test_thirty_events_cost_what_one_costs(client, query_count):
    events.workshop(days=2, member=500, non_member=500)
    with query_count() as one:
        _body(client)
    for number in range(24):
        events.workshop(f"Event {number}", days=2, starts=events.at(10 + number), member=500, non_member=500)
    with query_count() as many:
        _body(client)
    with query_count() as again:
        _body(client)
    assert len(many) == len(one) <= 7
    assert len(again) == 3


def test_a_change_in_the_catalog_is_seen_at_once(client):
    event = events.workshop("Sleep")
    assert "1 event in August 2026." in _body(client)
    sessions.update(events.sessions(event)[0].id, actor_id=None, start=events.at(60, 10), end=events.at(60, 13))
    body = _body(client)
    assert "1 event in September 2026." in body
    assert "10:00 am to 1:00 pm CT" in body


def test_the_calendar_has_the_same_filters(client):
    events.workshop(mode="online")
    body = _body(client, "/events?mode=online&q=sleep")
    assert 'value="http://attune.test/calendar.ics?q=sleep&amp;mode=online"' in body
    assert 'href="webcal://attune.test/calendar.ics?q=sleep&amp;mode=online"' in body
    assert client.get("/calendar.ics?q=sleep&mode=online").get_data().count(b"BEGIN:VEVENT") == 1


def test_a_head_request_is_answered(client):
    events.workshop()
    answer = client.head("/events")
    assert (answer.status_code, answer.get_data()) == (200, b"")


def test_a_memory_forgets_what_was_not_used_longest(db_session):
    kept = memory.of_catalog()
    for number in range(memory.MOST_PAGES + 1):
        kept.once(number, lambda number=number: number)
    assert kept.once(0, lambda: "made again") == "made again"
    assert kept.once(memory.MOST_PAGES, lambda: "made again") == memory.MOST_PAGES
