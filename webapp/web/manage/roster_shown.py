"""Rosters as pages show them: words and states, finished."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.attendance import presences
from webapp.attendance.queries.roster import Attendee
from webapp.catalog.models import Session
from webapp.core import times
from webapp.hours.minutes import Stay

WHOLE = "from start to end"
STATES = {"present": ("Present", "ok"), "open": ("Time missing", "warn"), "absent": ("Absent", "bad"), "unmarked": ("Not marked", "plain")}


def sessions(rows: Iterable[Any], marked: Mapping[int, tuple[int, int, int]], now: datetime) -> list[dict[str, Any]]:
    """The sessions with their state: how many of those booked are marked."""
    return [_session(row, marked.get(row.id, (0, 0, 0)), now) for row in rows]


def row(one: Attendee, session: Session, awarded: frozenset[int], problem: dict[str, Any] | None) -> dict[str, Any]:
    """One attendee; `problem` holds what was refused, and what was typed, for the place it belongs to."""
    stays = presences.stays_of(one.rows)
    mine = problem if problem and problem["place"] == one.registration_id else None
    word, kind = STATES[one.state]
    return {
        "id": one.registration_id, "name": one.name, "note": " · ".join(part for part in (one.group, one.type) if part),
        "version": one.version, "is_named": one.person_id is not None, "state": word, "kind": kind, "times": _times(stays, session),
        "is_awarded": one.person_id in awarded, "fields": _fields(stays, session, mine), "problem": mine,
        "is_whole": _times(stays, session) == WHOLE, "is_absent": one.state == "absent",
        "reason": mine["typed"].get("reason", "") if mine else "",
    }


def counts(attendees: Sequence[Attendee]) -> dict[str, int]:
    """How many are in each state, and in all."""
    found = {state: sum(one.state == state for one in attendees) for state in STATES}
    return found | {"all": len(attendees)}


def history(rows: Iterable[Any], zone: str) -> list[dict[str, Any]]:
    """Corrections as the history list shows them."""
    return [{"when": times.moment_words(row.recorded_at, zone), "iso": row.recorded_at.isoformat(),
             "who": f"{row.by_given or ''} {row.by_family or ''}".strip() or "Attune",
             "what": f"{row.given_name} {row.family_name}".strip(),
             "before": _stretch(row.was_in, row.was_out, row.was_void, zone), "after": _stretch(row.in_at, row.out_at, row.is_void, zone),
             "why": row.reason} for row in rows]


def _session(row: Any, marked: tuple[int, int, int], now: datetime) -> dict[str, Any]:
    present, missing, absent = marked
    left = max(0, row.booked - present - absent)
    word, kind = _state(row, present, missing, left, now)
    return {"id": row.id, "title": row.title, "when": times.span_words(row.starts_at, row.ends_at, row.zone),
            "where": " · ".join(part for part in (row.group, row.room) if part), "booked": row.booked, "present": present, "absent": absent,
            "left": left, "state": word, "kind": kind, "hours": times.hours_words(row.credit) if row.credit else "no hours"}


def _state(row: Any, present: int, missing: int, left: int, now: datetime) -> tuple[str, str]:
    if row.status == "cancelled":
        return "Cancelled", "bad"
    if missing:
        return f"{missing} {'time' if missing == 1 else 'times'} missing", "warn"
    if row.booked and not left:
        return "Complete", "ok"
    if row.starts_at > now and not present:
        return "Not begun", "plain"
    return (f"{left} not marked", "warn") if row.booked else ("Nobody booked", "plain")


def _times(stays: Sequence[Stay], session: Session) -> str:
    if len(stays) == 1 and (stays[0].in_at, stays[0].out_at) == (session.starts_at, session.ends_at):
        return WHOLE
    return "; ".join(_stretch(stay.in_at, stay.out_at, False, session.zone) for stay in stays)


def _stretch(since: datetime | None, until: datetime | None, is_void: bool, zone: str) -> str:
    if is_void:
        return "absent"
    return f"{_clock(since, zone) or 'time in missing'} to {_clock(until, zone) or 'time out missing'}"


def _clock(moment: datetime | None, zone: str) -> str:
    return times.clock_words(times.local(moment, zone)) if moment is not None else ""


def _fields(stays: Sequence[Stay], session: Session, mine: dict[str, Any] | None) -> dict[str, str]:
    if mine is not None:
        return {name: mine["typed"].get(name, "") for name in ("in", "out", "in2", "out2")}
    found = {"in": "", "out": "", "in2": "", "out2": ""}
    for stay, (first, last) in zip(stays[:2], (("in", "out"), ("in2", "out2")), strict=False):
        for moment, name in ((stay.in_at, first), (stay.out_at, last)):
            found[name] = times.local(moment, session.zone).strftime("%H:%M") if moment is not None else ""
    return found
