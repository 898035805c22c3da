"""How feeds are answered: versions, dates, encodings; and that time alone takes out what is over."""

import gzip
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import func, select, update

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.calendars import feeds, keys, recipes
from webapp.calendars.models import CalendarEntry, FeedBody, FetchLog
from webapp.catalog import sessions
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.jobs.drains import DRAINS
from webapp.registration import programme, registrations
from webapp.registration.models import Registration

PACKED = {"Accept-Encoding": "gzip"}
BASE = "http://attune.test"


@pytest.fixture
def feed():
    """The path of the feed of somebody with a place in a workshop of two days."""
    maren = people.person("Maren", "Kowalczyk")
    places.registered(events.workshop(days=2), maren)
    return f"/feeds/{keys.make(kind='person', name='', person_id=maren.id).token}.ics"


def since(answer) -> dict[str, str]:
    """Asks again by date alone."""
    return {"If-Modified-Since": answer.headers["Last-Modified"]}


def drain(name: str) -> None:
    """The background work of this name, now."""
    next(one for one in DRAINS if one.name == name).run(clock.now())


@pytest.mark.parametrize("path", ["/calendar.ics", "feed"])
def test_unchanged_is_304_by_tag_and_by_date(client, feed, path):
    path = feed if path == "feed" else path
    answer = client.get(path)
    for asked in ({"If-None-Match": answer.headers["ETag"]}, since(answer), {"If-None-Match": f'"other", W/{answer.headers["ETag"]}'}):
        again = client.get(path, headers=asked)
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])


def test_a_change_within_the_same_second_is_told_to_who_asks_by_date(client, feed):
    event = events.workshop("Sleep")
    answer = client.get("/calendar.ics")
    programme.update_session(events.sessions(event)[0].id, actor_id=None, title="Sleep, anew")
    changed = client.get("/calendar.ics", headers=since(answer))
    assert (changed.status_code, b"Sleep\\, anew" in changed.data) == (200, True)


def test_two_changes_of_the_text_within_one_second_both_show(client):
    event = events.workshop("Sleep")
    session = events.sessions(event)[0].id
    client.get("/calendar.ics")
    for minutes in (60, 90):
        sessions.update(session, actor_id=None, credits=[sessions.Credit("training", minutes, ("TF-ATT",), {})])
        assert f"{minutes / 60:g} h".replace("1.5 h", "1 h 30 min") in client.get("/calendar.ics").text.replace("\r\n ", "")


def test_a_tag_outranks_a_date(client, feed):
    answer = client.get("/calendar.ics")
    assert client.get("/calendar.ics", headers=since(answer) | {"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(("accepted", "encoding"), [
    ("gzip", "gzip"), ("gzip, deflate, br", "gzip"), ("gzip;q=0", None), ("identity", None), ("", None), ("br", None)])
def test_gzip_is_sent_to_who_takes_it(client, feed, accepted, encoding):
    answer = client.get(feed, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding"), answer.headers["Vary"]) == (encoding, "Accept-Encoding")


def test_each_encoding_has_a_strong_tag_of_its_own(client, feed):
    plain, packed = client.get(feed), client.get(feed, headers=PACKED)
    tags = [plain.headers["ETag"], packed.headers["ETag"]]
    assert len(set(tags)) == 2 and not any(tag.startswith("W/") for tag in tags)
    assert gzip.decompress(packed.data) == plain.data
    assert client.get(feed, headers=PACKED | {"If-None-Match": tags[0]}).status_code == 200


def test_head_says_what_get_says_without_the_body(client, feed):
    got, asked = client.get(feed), client.head(feed)
    assert (asked.status_code, asked.data) == (200, b"")
    assert {name: asked.headers[name] for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length")} == {
        name: got.headers[name] for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length")}


@pytest.mark.parametrize("token", ["x", "x" * 500, "..", "%00", "a b", "%E2%9C%93", "' OR 1=1 --"])
def test_a_key_nobody_has_is_a_plain_404(client, token):
    answer = client.get(f"/feeds/{token}.ics")
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers


def test_a_withdrawn_key_is_410_and_logs_nothing_more(client, feed):
    maren = db.session.scalar(select(keys.FeedKey))
    keys.withdraw(maren.id, person_id=maren.person_id)
    assert (client.get(feed).status_code, client.head(feed).status_code) == (410, 410)
    assert db.session.scalar(select(func.count(FetchLog.id))) == 0


def test_who_has_nothing_reads_an_empty_calendar(client):
    nobody = people.person("New", "Here")
    answer = client.get(f"/feeds/{keys.make(kind='person', name='', person_id=nobody.id).token}.ics")
    assert answer.status_code == 200 and b"X-WR-CALNAME:New Here: my trainings" in answer.data and b"VEVENT" not in answer.data


@pytest.mark.parametrize("query", ["?kind=party", "?from=yesterday&hours_min=many", "?area=%00", "?q=" + "x" * 200])
def test_filters_that_mean_nothing_are_left_out(client, query):
    events.workshop()
    assert client.get(f"/calendar.ics{query}").data.count(b"BEGIN:VEVENT") == 1


# a change renders what changed, and nothing else

def of_person(feed: str) -> feeds.Feed:
    """The feed put together now, and kept."""
    key = keys.opened_by(feed.removeprefix("/feeds/").removesuffix(".ics"))
    made = feeds.assemble(recipes.person(key.person_id, name="Maren", zone="UTC", base_url=BASE, now=clock.now()), now=clock.now(),
                          base_url=BASE)
    feeds.keep(made)
    return made


def test_only_what_changed_is_rendered_again(feed, frozen):
    frozen.shift(timedelta(minutes=1))
    assert len(of_person(feed).to_keep.texts) == 2
    assert of_person(feed).to_keep is None
    moved = db.session.scalar(select(events.Session).order_by(events.Session.starts_at))
    programme.move_session(moved.id, events.at(35), events.at(35, 12), actor_id=None)
    frozen.shift(timedelta(minutes=1))
    assert len(of_person(feed).to_keep.texts) == 1  # its day, and not the event's other
    assert of_person(feed).to_keep is None


def test_what_an_entry_shows_of_its_event_renders_it_again(feed, frozen):
    frozen.shift(timedelta(minutes=1))
    of_person(feed)
    event = db.session.scalar(select(Event))
    programme.update_event(event.id, version=event.version, actor_id=None, title="Another title")
    frozen.shift(timedelta(minutes=1))
    assert all("Another title" in body for _, body in of_person(feed).to_keep.texts.values())


def test_another_events_change_renders_nothing_again(feed, frozen):
    other = events.workshop("Other")
    frozen.shift(timedelta(minutes=1))
    of_person(feed)
    programme.update_session(events.sessions(other)[0].id, actor_id=None, title="New title")
    frozen.shift(timedelta(minutes=1))
    assert of_person(feed).to_keep.texts == {}


# time alone

def shown_at(client, frozen, feed: str, moment: datetime) -> int:
    """How many entries the feed has at the moment."""
    frozen.move_to(moment)
    return client.get(feed).data.count(b"BEGIN:VEVENT")


def test_a_past_session_is_gone_after_90_days_to_the_second(client, feed, frozen):
    ends = [one.ends_at for one in db.session.scalars(select(events.Session).order_by(events.Session.starts_at))]
    days = timedelta(days=90)
    moments = [ends[0], ends[0] + days - timedelta(seconds=1), ends[0] + days, ends[1] + days - timedelta(seconds=1), ends[1] + days]
    assert [shown_at(client, frozen, feed, one) for one in moments] == [2, 2, 1, 1, 0]


def test_who_asks_by_date_hears_of_what_time_took_out(client, feed, frozen):
    last = max(db.session.scalars(select(events.Session.ends_at)))
    answer = client.get(feed)
    frozen.move_to(last + timedelta(days=91))
    assert client.get(feed, headers=since(answer)).status_code == 200


def test_a_cancelled_place_far_ahead_stays_to_a_week_after_its_day(client, feed, frozen):
    registrations.cancel(db.session.scalar(select(Registration.id)), by_id=None)
    first, last = sorted(db.session.scalars(select(events.Session.ends_at)))
    week = timedelta(days=7)
    moments = [clock.now() + timedelta(days=31), first + week - timedelta(seconds=1), first + week, last + week]
    assert [shown_at(client, frozen, feed, one) for one in moments] == [2, 2, 1, 0]


def test_a_place_cancelled_late_stays_for_30_days(client, feed, frozen):
    last = max(db.session.scalars(select(events.Session.ends_at)))
    frozen.move_to(last + timedelta(days=5))
    session = db.session.scalar(select(events.Session.id).order_by(events.Session.starts_at.desc()))
    programme.cancel_session(session, actor_id=None, reason="It did not take place")
    gone = clock.now() + timedelta(days=30)
    assert [shown_at(client, frozen, feed, one) for one in (gone - timedelta(seconds=1), gone)] == [2, 1]


# what is kept stays small

def test_the_sweep_forgets_what_no_feed_shows(client, feed, frozen):
    frozen.shift(timedelta(minutes=1))
    client.get(feed)
    kept = [select(func.count()).select_from(one) for one in (FeedBody, CalendarEntry, FetchLog)]
    drain("calendars")
    assert [db.session.scalar(one) for one in kept] == [1, 2, 1]
    frozen.move_to(max(db.session.scalars(select(events.Session.ends_at))) + timedelta(days=366))
    drain("calendars")
    assert [db.session.scalar(one) for one in kept] == [0, 0, 0]
    assert client.get(feed).status_code == 200


def test_a_text_made_by_the_first_release_is_forgotten_and_made_again(client, feed, frozen):
    frozen.shift(timedelta(minutes=1))
    before = client.get(feed).data
    with transaction():
        db.session.execute(update(CalendarEntry).values(fingerprint="0.6a5f1.6a5f1.6a5f1.CON"))
    drain("calendars")
    assert db.session.scalar(select(func.count()).select_from(CalendarEntry)) == 0
    assert client.get(feed).data == before


def test_dates_in_headers_are_whole_seconds_of_gmt(client, feed):
    assert client.get(feed).headers["Last-Modified"] == format_datetime(clock.now(), usegmt=True)
