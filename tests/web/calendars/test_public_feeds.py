"""Public calendars and files over HTTP."""

import pytest

from tests.factories import events
from tests.support import ics
from webapp.catalog import parts
from webapp.catalog.sessions import Credit
from webapp.registration import programme


def test_calendar_of_a_workshop_is_strictly_valid(client):
    events.workshop(days=2)
    answer = client.get("/calendar.ics")
    assert ics.check(answer.data) == []
    assert answer.data.count(b"BEGIN:VEVENT") == 2


def test_calendar_says_what_it_is(client):
    answer = client.get("/calendar.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers


def test_unchanged_calendar_is_the_same_to_the_octet(client):
    events.workshop()
    assert client.get("/calendar.ics").data == client.get("/calendar.ics").data


def test_unchanged_calendar_answers_304(client):
    events.workshop()
    tag = client.get("/calendar.ics").headers["ETag"]
    again = client.get("/calendar.ics", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("since", "status"), [
    ("Thu, 01 Jan 2099 00:00:00 GMT", 304), ("Thu, 01 Jan 2099 00:00:00 -0000", 304), ("Thu, 01 Jan 2015 00:00:00 -0000", 200),
    ("yesterday", 200), ("Thu, 01 Jan 2099 00:00:00 +999999", 200)])
def test_a_date_of_any_form_is_answered(client, since, status):
    events.workshop()
    assert client.get("/calendar.ics", headers={"If-Modified-Since": since}).status_code == status


def test_unchanged_calendar_is_one_read(client, query_count):
    events.workshop()
    client.get("/calendar.ics")
    with query_count() as counted:
        client.get("/calendar.ics")
    assert len(counted) == 1


@pytest.mark.parametrize(("query", "is_kept"), [
    ("kind=workshop", True), ("mode=online&free=yes", True), ("open=yes", False), ("q=workshop", False), ("from=2026-01-01", False)])
def test_a_calendar_of_few_facets_is_kept_and_one_of_any_words_is_not(client, query_count, query, is_kept):
    events.workshop()
    client.get(f"/calendar.ics?{query}")
    with query_count() as counted:
        client.get(f"/calendar.ics?{query}")
    assert (len(counted) == 1) == is_kept


def test_a_kept_calendar_of_a_kind_follows_its_events(client):
    event = events.workshop()
    before = client.get("/calendar.ics?kind=workshop")
    programme.cancel_event(event.id, reason="No room", actor_id=None)
    after = client.get("/calendar.ics?kind=workshop", headers={"If-None-Match": before.headers["ETag"]})
    assert (before.data.count(b"STATUS:CONFIRMED"), after.status_code, after.data.count(b"STATUS:CANCELLED")) == (1, 200, 1)


@pytest.mark.parametrize("packing", [{}, {"Accept-Encoding": "gzip"}])
def test_a_program_that_holds_the_other_packing_is_sent_the_calendar(client, packing):
    events.workshop()
    other = client.get("/calendar.ics", headers={} if packing else {"Accept-Encoding": "gzip"}).headers["ETag"]
    assert client.get("/calendar.ics", headers=packing | {"If-None-Match": other}).status_code == 200


def test_gzip_has_its_own_tag_and_the_same_content(client):
    import gzip

    events.workshop()
    plain = client.get("/calendar.ics")
    packed = client.get("/calendar.ics", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_head_says_what_get_says(client):
    events.workshop()
    assert client.head("/calendar.ics").headers["ETag"] == client.get("/calendar.ics").headers["ETag"]


def test_filters_narrow_the_calendar(client):
    events.workshop("Sleep and feeding")
    events.workshop("Trauma before age three")
    assert client.get("/calendar.ics?q=three").data.count(b"BEGIN:VEVENT") == 1


def test_drafts_are_in_no_calendar(client):
    draft = events.workshop(published=False)
    assert b"BEGIN:VEVENT" not in client.get("/calendar.ics").data
    assert client.get(f"/events/{draft.slug}.ics").status_code == 404


@pytest.mark.parametrize("query", [
    "", "?kind=workshop", "?from=2026-08-01", "?from=2026-08-01&to=2026-08-31", "?hours_min=1", "?area=TF-ATT"])
def test_an_event_that_lost_every_session_stays_as_cancelled(client, query):
    event = events.workshop(days=2)
    for one in events.sessions(event):
        programme.cancel_session(one.id, actor_id=None, reason="Ill")
    assert client.get(f"/calendar.ics{query}").data.count(b"STATUS:CANCELLED") == 2


@pytest.mark.parametrize(("query", "shown"), [
    ("area=TF-DEV", (1, 1)), ("tag=AGE_3_6", (1, 1)), ("age=3-6", (1, 1)), ("tag=RSC", (1, 1)), ("hours_min=4", (1, 1)),
    ("area=TF-PREG", (0, 0)), ("hours_min=9", (0, 0))])
def test_the_last_session_that_counted_stays_as_cancelled_though_the_event_goes_on(client, query, shown):
    last = events.sessions(events.workshop(days=2))[-1]
    programme.update_session(last.id, actor_id=None, credits=[
        Credit("training", 60, ("TF-DEV",), {"AGE_3_6": 60}), Credit("rsc", 60, (), {})])
    programme.cancel_session(last.id, actor_id=None, reason="Ill")
    found = client.get(f"/calendar.ics?{query}").data
    assert (found.count(b"STATUS:CONFIRMED"), found.count(b"STATUS:CANCELLED")) == shown


def test_file_of_an_event_holds_all_its_sessions(client):
    event = events.conference()
    answer = client.get(f"/events/{event.slug}.ics")
    assert ics.check(answer.data) == []
    assert answer.data.count(b"BEGIN:VEVENT") == len(events.sessions(event))


def test_file_of_a_session_holds_it_alone(client):
    session = events.sessions(events.workshop(days=3))[1]
    answer = client.get(f"/sessions/{session.id}.ics")
    assert answer.data.count(b"BEGIN:VEVENT") == 1
    assert session.ical_uid.encode() in answer.data


def test_unknown_file_is_404(client):
    assert client.get("/events/nothing.ics").status_code == 404
    assert client.get("/sessions/999999.ics").status_code == 404


def test_an_online_entry_says_where_without_its_link(client):
    events.workshop(mode="online", online_url="https://meet.example/room", platform="Zoom")
    body = client.get("/calendar.ics").data
    assert ics.check(body) == []
    assert (b"LOCATION:Online\\, Zoom\r\n" in body, b"meet.example" in body) == (True, False)


def test_an_entry_says_everything_a_program_can_show(client):
    venue = parts.venue(name="Lakeview Hall", street="1 Shore Drive", city="Madison", county="Dane", postcode="53703", latitude=43.07,
                        longitude=-89.38)
    event = events.workshop("Sleep", venue_id=venue.id)
    lines = client.get(f"/events/{event.slug}.ics").text.replace("\r\n ", "").split("\r\n")
    said = {"STATUS:CONFIRMED", "TRANSP:OPAQUE", "LOCATION:Lakeview Hall\\, 1 Shore Drive\\, Madison\\, WI 53703", "GEO:43.07;-89.38",
            f"URL:http://attune.test/events/{event.slug}", "CATEGORIES:Workshop,Training hours", "NAME:Sleep", "X-WR-CALNAME:Sleep",
            "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H", "COLOR:teal", "SEQUENCE:0"}
    assert said <= set(lines)
    text = next(line for line in lines if line.startswith("DESCRIPTION:Wed 12 Aug"))
    assert "2 h 45 min training (2.75 clock hours)" in text and "Competency areas: " in text


def test_no_feed_names_an_organizer_or_attendee(client):
    events.workshop()
    body = client.get("/calendar.ics").data
    assert not any(word in body for word in (b"ORGANIZER", b"ATTENDEE", b"METHOD", b"VALARM"))
