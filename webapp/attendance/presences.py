"""Presences: recorded, completed, corrected. Nothing is edited: a new row supersedes the old one and says why."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.attendance import rules
from webapp.attendance.models import Presence
from webapp.attendance.rules import Times
from webapp.catalog.models import Session
from webapp.core import clock, text
from webapp.core.db import db, insert_new
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Stale
from webapp.hours.minutes import Stay

SUPERSEDED = "Somebody else recorded this person at the same time."


@dataclass(frozen=True)
class Target:
    """Whose presence in which session is written, and by whom; `family` are all persons who are this one."""

    person_id: int
    family: frozenset[int]
    session: Session
    by_id: int | None


def record(person_id: int, session_id: int, in_at: datetime | None, out_at: datetime | None, *, source: str, by_id: int | None) -> Presence:
    """Adds a stay to what is recorded; either time may be unknown. A mark of absence is superseded by it.

    Refuses times out of order or far from the session, a cancelled session, and one that has not opened.
    """
    target = _target(person_id, session_id, by_id)
    _check(target, [(in_at, out_at)])
    absent = next((row for row in effective(target.family, [session_id]) if row.is_void), None)
    return _write(target, (in_at, out_at), source, absent, "")


def mark_full(person_id: int, session_id: int, *, source: str = "roster", by_id: int | None, reason: str = "",
              expected: str | None = None) -> list[Presence]:
    """The person was there from start to end; replaces what was recorded."""
    target = _target(person_id, session_id, by_id)
    return _settle(target, [(target.session.starts_at, target.session.ends_at)], source, reason, expected)


def mark_all(person_ids: Collection[int], session_id: int, *, source: str = "roster", by_id: int | None) -> None:
    """These persons, of whom nothing is recorded, were there from start to end. The same statements for any number."""
    session = _open_session(session_id)
    db.session.add_all(Presence(person_id=person_id, session_id=session_id, in_at=session.starts_at, out_at=session.ends_at, source=source,
                                recorded_by_id=by_id, recorded_at=clock.now()) for person_id in person_ids)
    db.session.flush()


def mark_absent(person_id: int, session_id: int, *, source: str = "roster", by_id: int | None, reason: str = "",
                expected: str | None = None) -> list[Presence]:
    """The person was not there; replaces what was recorded."""
    return _settle(_target(person_id, session_id, by_id), [], source, reason, expected)


def settle(person_id: int, session_id: int, stays: Sequence[Times], *, source: str = "roster", by_id: int | None, reason: str = "",
           expected: str | None = None) -> list[Presence]:
    """Makes the person's presence exactly `stays` (none: absent) and returns the rows written; the same again writes nothing.

    `expected` is the `version` a form was opened with: refused with Stale when somebody recorded something since. Rows that are
    replaced are superseded with the reason.
    """
    return _settle(_target(person_id, session_id, by_id), stays, source, reason, expected)


def correct(presence_id: int, in_at: datetime | None, out_at: datetime | None, *, by_id: int, reason: str) -> Presence:
    """A new row instead of this one. A reason is needed; a row that was corrected already is refused with Stale."""
    row = db.session.get(Presence, presence_id)
    if row is None:
        raise NotFound("There is no such presence.")
    target = _target(row.person_id, row.session_id, by_id)
    _check(target, [(in_at, out_at)])
    return _write(target, (in_at, out_at), "correction", row, needed(reason))


def arrive(person_id: int, session_id: int, at: datetime, *, by_id: int | None) -> Presence:
    """At the door: in now. Refused when she is in already."""
    target = _target(person_id, session_id, by_id)
    if _open_stay(target) is not None:
        raise AlreadyDone("She is checked in already; nothing was done twice.")
    return record(person_id, session_id, at, None, source="door", by_id=by_id)


def leave(person_id: int, session_id: int, at: datetime, *, by_id: int | None) -> Presence:
    """At the door: out now. Completes the open stay; refused when there is none."""
    target = _target(person_id, session_id, by_id)
    row = _open_stay(target)
    if row is None:
        raise Refusal("She is not checked in, so she cannot be checked out.", way_out="Check her in first.", code="not_in")
    if row.in_at is not None and at <= row.in_at:
        raise AlreadyDone("She was checked in this moment.", way_out="Wait a second and tap again.")
    _check(target, [(row.in_at, at)])
    return _write(target, (row.in_at, at), "door", row, "")


def effective(person_ids: Collection[int], session_ids: Collection[int]) -> list[Presence]:
    """The rows that nothing supersedes, marks of absence too, in order of recording. One statement."""
    later = aliased(Presence)
    return list(db.session.scalars(
        select(Presence).outerjoin(later, later.supersedes_id == Presence.id)
        .where(Presence.person_id.in_(person_ids), Presence.session_id.in_(session_ids), later.id.is_(None)).order_by(Presence.id)))


def stays_of(rows: Sequence[Presence]) -> list[Stay]:
    """What hours are counted from: the presences without the marks of absence."""
    return [Stay(row.in_at, row.out_at, row.id) for row in rows if not row.is_void]


def version(rows: Sequence[Presence]) -> str:
    """What a form carries to notice that somebody else recorded something since: ids of the rows that count."""
    return "-".join(str(row.id) for row in rows)


def needed(reason: str) -> str:
    """The reason, cleaned; refused when there is none."""
    why = text.clean(reason, field="reason", limit=255)
    if not why:
        raise Refusal("Say why: the correction stays in the history with it.", field="reason", code="reason_needed")
    return why


def _settle(target: Target, stays: Sequence[Times], source: str, reason: str, expected: str | None) -> list[Presence]:
    rows = effective(target.family, [target.session.id])
    if expected is not None and expected != version(rows):
        raise Stale(SUPERSEDED, way_out="Look at what stands now.", code="stale")
    wanted = list(dict.fromkeys(stays))
    _check(target, wanted)
    kept = [row for row in rows if not row.is_void and (row.in_at, row.out_at) in wanted]
    replaced = [row for row in rows if row not in kept and (wanted or not row.is_void)]
    fresh: list[Times | None] = [times for times in wanted if times not in [(row.in_at, row.out_at) for row in kept]]
    if not wanted and not rows:
        fresh = [None]
    if not fresh:
        replaced = [row for row in replaced if not row.is_void]
    why, written = text.clean(reason, field="reason", limit=255), []
    for position in range(max(len(fresh), len(replaced))):
        old = replaced[position] if position < len(replaced) else None
        new = fresh[position] if position < len(fresh) else None
        if new is None and old is not None and old.is_void:
            continue
        written.append(_write(target, new, source, old, why))
    return written


def _write(target: Target, times: Times | None, source: str, supersedes: Presence | None, reason: str) -> Presence:
    """Writes one row; a row that somebody else superseded meanwhile is refused with Stale, also in a race."""
    in_at, out_at = times or (None, None)
    corrects = supersedes is not None and not supersedes.is_void and bool(reason)
    row = insert_new(Presence, on=("supersedes_id",), values={
        "person_id": target.person_id, "session_id": target.session.id, "in_at": in_at, "out_at": out_at, "is_void": times is None,
        "source": "correction" if corrects else source, "supersedes_id": supersedes.id if supersedes else None, "reason": reason,
        "recorded_by_id": target.by_id, "recorded_at": clock.now()})
    if row is None:
        raise Stale(SUPERSEDED, way_out="Look at what stands now.", code="stale")
    return row


def _target(person_id: int, session_id: int, by_id: int | None) -> Target:
    return Target(person_id, people.family_ids(person_id), _open_session(session_id), by_id)


def _open_session(session_id: int) -> Session:
    session = db.session.get(Session, session_id)
    if session is None:
        raise NotFound("There is no such session.")
    rules.check_open(session.status, session.starts_at, session.zone, clock.now())
    return session


def _check(target: Target, stays: Sequence[Times]) -> None:
    session = target.session
    for in_at, out_at in stays:
        rules.check_times(in_at, out_at, session.starts_at, session.ends_at, session.zone)


def _open_stay(target: Target) -> Presence | None:
    rows = effective(target.family, [target.session.id])
    return next((row for row in rows if row.in_at is not None and row.out_at is None), None)
