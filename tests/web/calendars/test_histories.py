"""Calendars over whole histories: made, moved, renamed, cancelled, restored, registered again, in any order."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.conftest import NOW
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import ics
from webapp.calendars import keys
from webapp.calendars.models import FeedBody
from webapp.catalog import parts
from webapp.catalog.models import Session
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import programme, registrations
from webapp.registration.models import Registration, Seat

ACTS = ("move", "rename", "elsewhere", "cancel", "restore", "leave", "come back", "other date", "office", "look")
SHOWN = ("dtstart", "dtend", "status", "summary", "location")
HISTORY = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(1, 6)), min_size=3, max_size=9)


def entries(body: bytes) -> dict[str, Any]:
    """UID to VEVENT; no UID stands there twice."""
    found = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert len({str(one["uid"]) for one in found}) == len(found)
    return {str(one["uid"]): one for one in found}


class Story:
    """A workshop of two days and its other date, one person, and the three calendars: the public's, hers and the organizer's."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.event, self.maren = client, events.workshop(days=2), people.person("Maren")
        self.sessions = [one.id for one in events.sessions(self.event)]
        self.other, self.unnamed = events.workshop("Other date", starts=events.at(90)), 0
        self.place: int | None = places.registered(self.event, self.maren).id
        organizer = people.person("Joan", roles=["organizer"])
        tokens = [keys.make(kind=kind, name="", person_id=one.id).token for kind, one in (("person", self.maren), ("organizer", organizer))]
        self.feeds = ["/calendar.ics", *(f"/feeds/{token}.ics" for token in tokens)]
        self.known: dict[str, dict[str, Any]] = {feed: {} for feed in self.feeds}

    def act(self, what: str, which: int, days: int) -> None:
        """One thing that happens; what cannot be just now is refused."""
        session = self.sessions[which]
        try:
            if what == "move":
                start = events.at(28 + which + days)
                programme.move_session(session, start, start + timedelta(hours=3), actor_id=None)
            elif what == "rename":
                programme.update_session(session, actor_id=None, title=f"Part {which}; version {days}")
            elif what == "elsewhere":
                programme.update_session(session, actor_id=None, room_id=parts.room(self.event.venue_id, f"Room {days}").id)
            elif what in ("cancel", "restore"):
                getattr(programme, f"{what}_session")(session, actor_id=None, reason="Ill")
            elif what == "leave" and self.place:
                registrations.cancel(self.place, by_id=None)
                self.place = None
            elif what == "come back" and not self.place:
                self.place = places.registered(self.event, self.maren).id
            elif what == "other date" and self.place:
                to = self.other if db.session.get_one(Registration, self.place).event_id == self.event.id else self.event
                self.place = registrations.transfer(self.place, to.id, by_id=None, by_staff=True, reason="Ill").registration_id
            elif what == "office":
                self._office()
        except Refusal:
            return

    def _office(self) -> None:
        """Books a place whose name follows; names her for it, when she has none."""
        if not self.unnamed:
            self.unnamed = places.unnamed(self.event).id
        elif not self.place:
            places.name(self.unnamed, self.maren)
            self.place, self.unnamed = self.unnamed, 0

    def look(self) -> None:
        """UIDs stay, SEQUENCE never falls, nothing vanishes, nothing changes without a new SEQUENCE, and both forms are one."""
        for feed in self.feeds:
            body = self.client.get(feed).data
            now = entries(body)
            assert set(self.known[feed]) <= set(now), "an entry vanished"
            for uid, before in self.known[feed].items():
                after = now[uid]
                assert after["sequence"] >= before["sequence"]
                shown = [name for name in SHOWN if before[name].to_ical() != after[name].to_ical()]
                assert not shown or after["sequence"] > before["sequence"] or str(after["status"]) == str(before["status"]) == "CANCELLED"
                assert after["dtstamp"].dt >= before["dtstamp"].dt and (not shown or after["sequence"] == before["sequence"]
                                                                         or after["dtstamp"].dt == clock.now())
            self.agree(now)
            assert self.client.get(feed).data == body
            assert gzip.decompress(self.client.get(feed, headers={"Accept-Encoding": "gzip"}).data) == body
            self.known[feed] = now

    def agree(self, shown: dict[str, Any]) -> None:
        """DTSTAMP, LAST-MODIFIED and SEQUENCE are those of the rows."""
        rows = {row[0]: row for model in (Session, Seat) for row in db.session.execute(
            select(model.ical_uid, model.changed_at, model.sequence))}
        for uid, one in shown.items():
            _, changed_at, sequence = rows[uid.removeprefix("staff-")]
            assert one["dtstamp"].dt == one["last-modified"].dt
            assert (one["dtstamp"].dt, one["sequence"]) == (changed_at, sequence + uid.startswith("staff-"))


@given(history=HISTORY)
def test_any_history_keeps_the_rules_of_calendars(
        client: FlaskClient, undone: Callable[[], Any], history: list[tuple[str, int, int]]) -> None:
    with undone(), time_machine.travel(NOW, tick=False) as clock:
        story = Story(client)
        for what, which, days in history:
            clock.shift(timedelta(minutes=7))
            story.act(what, which, days)
            story.look()
        assert [ics.check(client.get(feed).data) for feed in story.feeds] == [[], [], []]


def test_who_registers_again_has_new_entries_beside_the_cancelled_ones(client: FlaskClient) -> None:
    story = Story(client)
    for what in ("leave", "come back"):
        story.act(what, 0, 1)
        story.look()
    states = sorted(str(one["status"]) for one in story.known[story.feeds[1]].values())
    assert states == ["CANCELLED", "CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_who_changes_dates_and_back_has_new_entries_each_time(client: FlaskClient) -> None:
    story = Story(client)
    for what in ("other date", "look", "other date"):
        story.act(what, 0, 1)
        story.look()
    shown = sorted(f"{one['status']} {one['summary']}"[:27] for one in story.known[story.feeds[1]].values())
    assert shown == ["CANCELLED CANCELLED \u2013 Other", *["CANCELLED CANCELLED \u2013 Sleep"] * 2, *["CONFIRMED Sleep and feeding"] * 2]


def test_a_place_of_an_office_is_in_her_feed_once_it_is_hers(client: FlaskClient) -> None:
    story, states = Story(client), []
    for what in ("leave", "office", "office"):
        story.act(what, 0, 1)
        story.look()
        states.append([str(one["status"]) for one in story.known[story.feeds[1]].values()].count("CONFIRMED"))
    assert states == [0, 0, 2]


@pytest.mark.parametrize("feed", [0, 1])
def test_a_change_moves_the_stamp_of_its_entry(client: FlaskClient, frozen: time_machine.Traveller, feed: int) -> None:
    story = Story(client)
    before = client.get(story.feeds[feed])
    frozen.shift(timedelta(hours=2))
    story.act("move", 0, 3)
    after = client.get(story.feeds[feed])
    assert before.headers["ETag"] != after.headers["ETag"]
    moved = [uid for uid, one in entries(after.data).items() if one["dtstamp"].dt == NOW + timedelta(hours=2)]
    assert len(moved) == 1 and str(entries(after.data)[moved[0]]["sequence"]) == "1"


def test_a_feed_made_anew_later_has_the_same_packed_octets(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    story = Story(client)
    packed = client.get("/calendar.ics", headers={"Accept-Encoding": "gzip"})
    frozen.shift(timedelta(hours=5))
    db.session.execute(delete(FeedBody))
    again = client.get("/calendar.ics", headers={"Accept-Encoding": "gzip"})
    assert (packed.data, packed.headers["ETag"]) == (again.data, again.headers["ETag"])
    assert re.search(rb"UID:\S+", gzip.decompress(again.data)) and story.place
