"""Invitations and the feed of one person over whole histories: whatever happens, each session she holds shows once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import time_machine
from flask.testing import FlaskClient
from hypothesis import event, example, given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import NOW
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import ics
from tests.support.program import Program, entries, said
from webapp.calendars import keys, standing, ways
from webapp.calendars.models import WAYS
from webapp.catalog.models import Event, Session
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.jobs import rendering
from webapp.notifications import courier
from webapp.notifications.mailers import Send, TryLater
from webapp.notifications.receipts import Receipts
from webapp.registration import programme, registrations
from webapp.registration.models import Registration, Seat

ACTS = ("move", "rename", "cancel", "restore", "leave", "come back", "post", "stumble", "google", "weeks", "choose", "hand over",
        "other date", "office")
HISTORY = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1), st.integers(1, 4)), min_size=3, max_size=10)
WEEKS = 3  # at most: the event is four weeks ahead


class Post:
    """A mail server that takes what it is given, or says once that it is busy."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.busy = False

    @contextmanager
    def connect(self) -> Iterator[Send]:
        """One conversation."""
        yield self._take

    def _take(self, message: EmailMessage) -> None:
        if self.busy:
            self.busy = False
            raise TryLater("451 busy")
        self.sent.append(message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=policy.default))


class Story:
    """One workshop, one person with a subscribed calendar, and one program that knows both her mail and her feed."""

    def __init__(self, client: FlaskClient, days: int, clock_: Any, folder: Path) -> None:
        self.client, self.clock, self.weeks = client, clock_, 0
        self.office = courier.Office("Attune <no-reply@attune.test>", "attune.test", Receipts(folder))
        self.post, self.program, self.read = Post(), Program(), 0
        with transaction():
            self.event, self.person = events.workshop(days=days).id, people.person("Maren").id
            self.other, self.unnamed = events.workshop("Other date", days=days, starts=events.at(90)).id, 0
            self.place: int | None = places.registered(db.session.get_one(Event, self.event), self._maren()).id
            key = keys.make(kind="person", name="", person_id=self.person)
        self.key, self.feed = key.id, f"/feeds/{key.token}.ics"
        self.sessions = list(db.session.scalars(select(Session.id).filter_by(event_id=self.event).order_by(Session.id)))[:2]

    def act(self, what: str, which: int, number: int) -> None:
        """One thing that happens; what cannot be just now is refused."""
        if what == "post":
            return self.deliver()
        if what in ("stumble", "weeks"):
            return getattr(self, f"_{what}")()
        try:
            with transaction():
                self._change(what, self.sessions[which % len(self.sessions)], number)
        except Refusal:
            event(f"refused: {what}")

    def _change(self, what: str, session: int, number: int) -> None:
        if what == "move":
            programme.move_session(session, events.at(60 + number), events.at(60 + number, 12), actor_id=None)
        elif what == "rename":
            programme.update_session(session, actor_id=None, title=f"Part {number}; part {session}")
        elif what in ("cancel", "restore"):
            getattr(programme, f"{what}_session")(session, actor_id=None, reason="Ill")
        elif what == "google":
            keys.log_fetch(self.key, "google", clock.now())
        elif what == "choose":
            ways.choose(self.person, WAYS[number - 1])
        elif what == "hand over":
            standing.move(standing.of_person(self.person, clock.now()))
        else:
            self._change_place(what)

    def _change_place(self, what: str) -> None:
        if what == "leave" and self.place:
            registrations.cancel(self.place, by_id=None)
            self.place = None
        elif what == "come back" and not self.place:
            self.place = places.registered(db.session.get_one(Event, self.event), self._maren()).id
        elif what == "other date" and self.place:
            to = self.other if db.session.get_one(Registration, self.place).event_id == self.event else self.event
            self.place = registrations.transfer(self.place, to, by_id=None, by_staff=True, reason="Ill").registration_id
        elif what == "office":
            self._office()

    def _office(self) -> None:
        """Books a place whose name follows; names her for it, when she has none."""
        if not self.unnamed:
            self.unnamed = places.unnamed(db.session.get_one(Event, self.event)).id
        elif not self.place:
            places.name(self.unnamed, self._maren())
            self.place, self.unnamed = self.unnamed, 0

    def deliver(self) -> None:
        """A few rounds of the courier: what was put off is sent as well. The program reads what came."""
        for _ in range(3):
            courier.deliver(clock.now(), rendering.render, self.post, self.office)
            self.clock.shift(timedelta(minutes=3))
        for mail in self.post.sent[self.read:]:
            self.program.take(mail)
        self.read = len(self.post.sent)

    def settle(self) -> None:
        """All mails go out, and those that calendars still lack are written and go out too."""
        self.deliver()
        self.clock.shift(standing.QUIET)
        with transaction():
            standing.catch_up(clock.now())
        self.deliver()

    def held(self) -> list[str]:
        """The UIDs of the sessions she holds that take place."""
        return sorted(db.session.scalars(
            select(Seat.ical_uid).join(Session, Session.id == Seat.session_id).join(Registration, Registration.id == Seat.registration_id)
            .where(Registration.person_id == self.person, Seat.state == "booked", Session.status == "scheduled")))

    def _stumble(self) -> None:
        self.post.busy = True

    def _weeks(self) -> None:
        if self.weeks < WEEKS - 1:
            self.weeks += 1
            self.clock.shift(timedelta(days=9))

    def _maren(self) -> Any:
        return db.session.get_one(people.Person, self.person)


@given(history=HISTORY, days=st.sampled_from((1, 2, 5)))
@example(history=[("post", 0, 1), ("google", 0, 1), ("hand over", 0, 1), ("move", 0, 1)], days=2)
@example(history=[("stumble", 0, 1), ("post", 0, 1), ("cancel", 0, 1), ("post", 0, 1), ("restore", 0, 1)], days=1)
@example(history=[("google", 0, 1), ("post", 0, 1), ("weeks", 0, 1), ("move", 1, 2), ("post", 0, 1), ("google", 0, 1)], days=5)
@example(history=[("post", 0, 1), ("other date", 0, 1), ("post", 0, 1), ("move", 0, 1), ("other date", 0, 1)], days=2)
@example(history=[("leave", 0, 1), ("office", 0, 1), ("move", 0, 2), ("post", 0, 1), ("office", 0, 1), ("rename", 0, 1)], days=1)
@example(history=[("choose", 0, 4), ("post", 0, 1), ("leave", 0, 1), ("come back", 0, 1)], days=2)
def test_each_session_she_holds_shows_once_whatever_happened(
        client: FlaskClient, undone: Callable[[], Any], tmp_path: Path, history: list[tuple[str, int, int]], days: int) -> None:
    with undone(), time_machine.travel(NOW, tick=False) as clock_:
        story = Story(client, days, clock_, tmp_path)
        for what, which, number in history:
            clock_.shift(timedelta(minutes=7))
            story.act(what, which, number)
        story.settle()
        way, feed = ways.of(None, story.person, clock.now()).choice, client.get(story.feed).data
        shown = story.program.shows(feed)
        assert (shown if way != "both" else sorted(set(shown))) == story.held()
        assert ics.check(feed) == []
        with transaction():
            ways.choose(story.person, "both")
        whole = entries(client.get(story.feed).data)
        assert {uid: said(one) for uid, one in story.program.mailed.items()} == {uid: said(whole[uid]) for uid in story.program.mailed}
