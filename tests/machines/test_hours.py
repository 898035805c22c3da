"""Attendance, hours and certificates of one event, by any order of marks, corrections, awards and reversals."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import scoped_session

from tests.conftest import NOW
from tests.factories import events, hours, people, registrations
from tests.machines.acting import act, names_of, pick
from tests.machines.rewinding import Rewinding
from tests.machines.tally import Tally
from tests.machines.walking import SEEDS, Walking, drive, walk
from webapp.attendance import awarding, certifying, marking, presences
from webapp.attendance.models import Presence
from webapp.catalog.models import SessionCredit
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.hours import certificates, ledger, transcripts
from webapp.hours.models import Award, AwardTag, Certificate

pytestmark = [pytest.mark.machine, pytest.mark.concurrency, pytest.mark.slow]
NUMBER = range(10_000)
MINUTE = (-10, 0, 30, 80, 95, 120, 179, 180, 200)


class Hours(Walking, RuleBasedStateMachine):
    """Three people in a workshop of two days that is over."""

    replay = "pytest -s tests/machines/test_hours.py -k whatever"
    walks = {"long": 60}
    rewinding: Rewinding
    event_id: int
    sessions: tuple[tuple[int, datetime], ...]
    people: tuple[int, ...]
    staff: int
    after: datetime

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(self.after, tick=False)
        self.clock = self.travel.start()
        self.frozen: dict[tuple[str, int], Any] = {}

    @initialize(seed=SEEDS)
    def begin(self, seed: int | None) -> None:
        """Nothing is recorded yet."""
        self.set_out(seed)
        self.rewinding.back()

    def teardown(self) -> None:
        """The clock runs again."""
        db.session.remove()
        self.travel.stop()

    @rule()
    def somebody(self) -> None:
        """Somebody marks who was there, awards, takes back, certifies."""
        self.step()

    @act(weight=2, who=NUMBER, which=NUMBER, start=MINUTE, end=MINUTE, known=("both", "both", "in", "out"))
    def stay(self, who: int, which: int, start: int, end: int, known: str) -> None:
        """A stay, perhaps with one time unknown, perhaps of times that cannot be."""
        session_id, starts = pick(self.sessions, which)
        came, went = (starts + timedelta(minutes=one) for one in (start, end))
        self.do("stay", lambda: presences.record(pick(self.people, who), session_id, came if known != "out" else None,
                                                 went if known != "in" else None, source="sheet", by_id=self.staff))

    @act(who=NUMBER, which=NUMBER, end=(None, 60, 120))
    def mark(self, who: int, which: int, end: int | None) -> None:
        """One tap on the roster; awarded hours follow."""
        session_id, starts = pick(self.sessions, which)
        stays = None if end is None else [(starts, starts + timedelta(minutes=end))]
        self.do("mark", lambda: marking.mark(pick(self.people, who), session_id, stays, by_id=self.staff, reason="Seen by the leader"))

    @act(who=NUMBER, which=NUMBER)
    def absent(self, who: int, which: int) -> None:
        """Was not there after all."""
        session_id, _ = pick(self.sessions, which)
        self.do("absent", lambda: marking.mark(pick(self.people, who), session_id, [], by_id=self.staff, reason="Was not there"))

    @act(when=lambda self: self.has("presence"), which=NUMBER, start=MINUTE, end=MINUTE)
    def correct(self, which: int, start: int, end: int) -> None:
        """A row is corrected, perhaps one that was corrected before; hours follow."""
        row = pick(db.session.execute(select(Presence.id, Presence.person_id, Presence.session_id).order_by(Presence.id)).all(), which)
        starts = dict(self.sessions)[row.session_id]

        def whole() -> Any:
            came, went = starts + timedelta(minutes=start), starts + timedelta(minutes=end)
            presences.correct(row.id, came, went, by_id=self.staff, reason="The list")
            return awarding.follow_correction(row.person_id, row.session_id, by_id=self.staff, reason="The list") or True

        self.do("correct", whole)

    @act(weight=2)
    def award(self) -> None:
        """Awards what is recorded; a second time awards nothing more."""
        self.do("award", lambda: awarding.award_event(self.event_id, by_id=self.staff))
        before = len(db.session.scalars(select(Award.id)).all())
        self.do("award", lambda: awarding.award_event(self.event_id, by_id=self.staff))
        assert len(db.session.scalars(select(Award.id)).all()) == before

    @act(when=lambda self: self.has("award"), which=NUMBER)
    def reverse(self, which: int) -> None:
        """An award is taken back, perhaps a second time."""
        award = pick(db.session.scalars(select(Award.id).order_by(Award.id)).all(), which)
        self.do("reverse", lambda: ledger.reverse(award, by_id=self.staff, reason="By mistake"))

    @act(weight=2, who=NUMBER)
    def certify(self, who: int) -> None:
        """A certificate, where the rule is met."""
        self.do("certify", lambda: certifying.issue(self.event_id, pick(self.people, who), by_id=self.staff))

    @act(when=lambda self: self.has("certificate"), which=NUMBER)
    def withdraw(self, which: int) -> None:
        """A certificate is taken back."""
        certificate = pick(db.session.scalars(select(Certificate.id).order_by(Certificate.id)).all(), which)
        self.do("withdraw", lambda: certificates.withdraw(certificate, by_id=self.staff, reason="By mistake"))

    @invariant()
    def look_round(self) -> None:
        """Sums, limits, once, and nothing edited. A refusal that wrote nothing has broken nothing."""
        db.session.rollback()
        awards = db.session.execute(select(*Award.__table__.c).order_by(Award.id)).all()
        new = self._new_and_none_edited(awards)
        if new:
            self._sums_and_limits(awards, new)
        db.session.rollback()

    def _sums_and_limits(self, awards: Any, new: set[str]) -> None:
        credit = dict(db.session.execute(select(SessionCredit.id, SessionCredit.minutes)).all())
        gone = {one.reverses_id for one in awards if one.reverses_id is not None}
        by_id = {one.id: one for one in awards}
        assert all(by_id[one.reverses_id].minutes == -one.minutes for one in awards if one.reverses_id is not None)
        standing = [one for one in awards if one.reverses_id is None and one.id not in gone]
        once = Counter((one.person_id, one.session_credit_id) for one in standing)
        assert all(count == 1 for count in once.values()), ("awarded twice", once)
        assert all(0 < one.minutes <= credit[one.session_credit_id] for one in standing), "above the credit"
        for person_id in self.people if "award" in new else ():
            told = transcripts.of([person_id])
            assert told.minutes("training") == sum(one.minutes for one in standing if one.person_id == person_id)
        tags = db.session.execute(select(AwardTag.award_id, AwardTag.minutes)).all()
        assert all(abs(tag.minutes) <= abs(by_id[tag.award_id].minutes) for tag in tags)
        known = {stay["id"] for one in awards for stay in one.evidence["presences"]}
        assert known <= set(db.session.scalars(select(Presence.id))), "evidence that is not there"
        current = Counter(db.session.scalars(select(Certificate.person_id).where(
            Certificate.superseded_by_id.is_(None), Certificate.withdrawn_at.is_(None))))
        assert all(count == 1 for count in current.values()), current

    def has(self, kind: str) -> bool:
        """Whether there is such a row."""
        return any(key[0] == kind for key in self.frozen)

    def _new_and_none_edited(self, awards: Any) -> set[str]:
        """The kinds of rows that have come; every earlier one is as it was."""
        now = {("award", one.id): tuple(one) for one in awards}
        now |= {("presence", row.id): tuple(row) for row in db.session.execute(select(*Presence.__table__.c))}
        now |= {("certificate", row.id): (row.code, row.version, str(row.content))
                for row in db.session.execute(select(Certificate.id, Certificate.code, Certificate.version, Certificate.content))}
        for key, before in self.frozen.items():
            assert now.get(key) == before, ("edited or gone", key)
        new = {kind for kind, _ in now.keys() - self.frozen.keys()}
        self.frozen = now
        return new


@pytest.fixture
def machine(app: Flask, rewinding: Rewinding) -> type[Hours]:
    """The machine in a world of its own."""
    with time_machine.travel(NOW, tick=False), transaction():
        event = events.workshop(days=2)
        who = [people.person(f"Person {n}", "Hours") for n in range(3)]
        for one in who:
            registrations.registered(event, one)
        staff = people.person("Ora", "Nizer", roles=["organizer"]).id
        sessions = tuple((one.id, one.starts_at) for one in events.sessions(event))
        world = {"event_id": event.id, "sessions": sessions, "people": tuple(one.id for one in who), "staff": staff,
                 "after": max(one.ends_at for one in events.sessions(event)) + timedelta(hours=2)}
    rewinding.mark()
    return type("Hours", (Hours,), world | {"rewinding": rewinding, "tally": Tally()})


def test_every_act_once(machine: type[Hours]) -> None:
    walk(machine, WALK)
    machine.tally.check_done(names_of(machine))


def test_the_rules_of_hours_hold_whatever_happens(machine: type[Hours]) -> None:
    drive(machine)


WALK: list[tuple[str, dict[str, Any]]] = [
    ("stay", {"who": 0, "which": 0, "start": 0, "end": 120, "known": "both"}), ("mark", {"who": 0, "which": 1, "end": None}),
    ("mark", {"who": 1, "which": 0, "end": None}), ("award", {}), ("certify", {"who": 0}),
    ("correct", {"which": 0, "start": 0, "end": 180}),
    ("absent", {"who": 1, "which": 0}), ("reverse", {"which": 1}), ("mark", {"who": 2, "which": 0, "end": 60}), ("award", {}),
    ("certify", {"who": 2}), ("withdraw", {"which": -1}), ("award", {}),
]


def test_the_database_refuses_a_second_award_of_one_attendance(db_session: scoped_session[Any], frozen: time_machine.Traveller) -> None:
    event, (maren,) = hours.held_event(frozen)
    hours.awarded(maren, event)
    award = db.session.execute(select(*Award.__table__.c)).one()
    with pytest.raises(IntegrityError):
        db.session.execute(insert(Award).values({name: value for name, value in award._mapping.items() if name != "id"} | {
            "awarded_at": clock.now()}))
