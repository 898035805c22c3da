"""Sessions as awarding sees them: time, breaks, credit with areas and tags, and the rule of their event. Plain values."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from webapp.catalog.models import CreditArea, CreditTag, Event, Session, SessionBreak, SessionCredit
from webapp.core.db import db
from webapp.hours.minutes import Meeting

EDITION = "2026.1"  # of the arithmetic in `minutes` and `rules`; raise it when a number could come out differently
WITHOUT_HOURS = ("info_session", "awareness")  # kinds that never reach the ledger, whatever their sessions say


@dataclass(frozen=True)
class CreditFacts:
    """What full attendance awards of one kind, in minutes; area codes in order; minutes by tag."""

    id: int
    kind: str
    minutes: int
    areas: tuple[str, ...] = ()
    tags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionFacts:
    """One session: `day` is its date where it is; `rule` and `regimes` are the event's."""

    id: int
    event_id: int
    title: str
    event_title: str
    day: date
    zone: str
    status: str
    group_id: int | None
    meeting: Meeting
    credits: tuple[CreditFacts, ...]
    rule: dict[str, Any]
    regimes: tuple[str, ...]

    @property
    def full_title(self) -> str:
        """Event and session in one line of at most 400 characters."""
        same = self.title == self.event_title
        return (self.event_title if same else f"{self.event_title}: {self.title}")[:400]

    @property
    def rule_copy(self) -> dict[str, Any]:
        """What an award keeps of the rule in force."""
        return {"attendance": self.rule, "regimes": list(self.regimes), "edition": EDITION}


def of_event(event_id: int) -> list[SessionFacts]:
    """All sessions of an event, cancelled ones too, in order. Four statements."""
    return _load(Session.event_id == event_id)


def of_ids(session_ids: Collection[int]) -> list[SessionFacts]:
    """These sessions, in order of time. Four statements."""
    return _load(Session.id.in_(session_ids))


def _load(wanted: ColumnElement[bool]) -> list[SessionFacts]:
    rows = db.session.execute(
        select(Session.id, Session.event_id, Session.title, Session.zone, Session.status, Session.group_id, Session.wall_start,
               Session.starts_at, Session.ends_at, Event.title.label("event_title"), Event.kind, Event.attendance_rule, Event.hour_regimes)
        .join(Event, Event.id == Session.event_id).where(wanted).order_by(Session.starts_at, Session.position, Session.id)).all()
    breaks, credit = _breaks(wanted), _credits(wanted)
    return [
        SessionFacts(
            row.id, row.event_id, row.title, row.event_title, datetime.fromisoformat(row.wall_start).date(), row.zone, row.status,
            row.group_id, Meeting(row.starts_at, row.ends_at, tuple(breaks.get(row.id, ()))),
            () if row.kind in WITHOUT_HOURS else tuple(credit.get(row.id, ())), row.attendance_rule or {}, tuple(row.hour_regimes or ()))
        for row in rows
    ]


def _breaks(wanted: ColumnElement[bool]) -> dict[int, list[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for session_id, offset, length in db.session.execute(
            select(SessionBreak.session_id, SessionBreak.offset_minutes, SessionBreak.minutes)
            .join(Session, Session.id == SessionBreak.session_id).where(wanted).order_by(SessionBreak.offset_minutes)):
        found[session_id].append((offset, length))
    return found


def _credits(wanted: ColumnElement[bool]) -> dict[int, list[CreditFacts]]:
    rows = db.session.execute(
        select(SessionCredit.id, SessionCredit.session_id, SessionCredit.kind, SessionCredit.minutes, CreditArea.area)
        .join(Session, Session.id == SessionCredit.session_id).outerjoin(CreditArea, CreditArea.credit_id == SessionCredit.id)
        .where(wanted).order_by(SessionCredit.kind.desc(), CreditArea.position, CreditArea.area)).all()
    tags: dict[int, dict[str, int]] = defaultdict(dict)
    for credit_id, tag, minutes in db.session.execute(
            select(CreditTag.credit_id, CreditTag.tag, CreditTag.minutes).join(SessionCredit, SessionCredit.id == CreditTag.credit_id)
            .join(Session, Session.id == SessionCredit.session_id).where(wanted).order_by(CreditTag.tag)):
        tags[credit_id][tag] = minutes
    areas: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        areas[row.id] += [row.area] if row.area else []
    found: dict[int, list[CreditFacts]] = defaultdict(list)
    for row in {row.id: row for row in rows}.values():
        found[row.session_id].append(CreditFacts(row.id, row.kind, row.minutes, tuple(areas[row.id]), tags[row.id]))
    return found
