"""Attendance of an event: its sessions and their state, a session's roster with one tap for each person."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, url_for

from webapp.attendance import marking
from webapp.attendance.queries import roster
from webapp.attendance.rules import Times
from webapp.catalog.models import Event, Session
from webapp.core import clock, text, times
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal, Stale, Unacceptable
from webapp.web import access, forms
from webapp.web.manage import roster_shown

pages = Blueprint("manage_attendance", __name__)
ROLES = ("organizer", "coordinator", "presenter", "door")
FIELDS = (("in", "out"), ("in2", "out2"))


@pages.get("/manage/events/<slug>/attendance")
@access.staff(*ROLES)
def sessions(slug: str) -> str:
    """The sessions with how many are booked and marked."""
    event = access.event_of(slug, *ROLES)
    rows = roster_shown.sessions(roster.sessions(event.id), roster.marked(event.id), clock.now())
    return render_template("manage/attendance.html", event=event, rows=rows)


@pages.get("/manage/events/<slug>/attendance/<int:session_id>")
@access.staff(*ROLES)
def session(slug: str, session_id: int) -> str:
    """The roster of one session."""
    event, row = _session(slug, session_id)
    return render_template("manage/attendance_session.html", **_context(event, row))


@pages.post("/manage/events/<slug>/attendance/<int:session_id>/mark")
@access.staff(*ROLES)
def mark(slug: str, session_id: int) -> Response:
    """One person was there, was absent, or was there at the times given."""
    event, row = _session(slug, session_id)
    by_id, place = access.viewer().person_id, _number(request.form.get("place", ""))
    try:
        stays = _stays(request.form.get("act", ""), row)
        reason = text.clean(request.form.get("reason", ""), field="reason")
        person_id = _person(session_id, place)
        with transaction():
            done = marking.mark(person_id, session_id, stays, by_id=by_id, reason=reason, expected=request.form.get("seen"))
    except Stale as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        event, row = _session(slug, session_id)
        problem = {"place": place, "field": refusal.field or "in", "words": f"{refusal.sentence} {refusal.way_out}".strip(),
                   "typed": request.form}
        return forms.again("manage/attendance_session.html", **_context(event, row, problem))
    else:
        if done.hours_followed:
            flash(f"Saved. The hours awarded for it were corrected by {_signed(done.corrected_minutes)}.")
    return forms.see(_back(slug, session_id) + f"#place-{place}")


@pages.post("/manage/events/<slug>/attendance/<int:session_id>/all")
@access.staff(*ROLES)
def mark_all(slug: str, session_id: int) -> Response:
    """Everybody who is not marked yet was there for the whole session."""
    _session(slug, session_id)
    by_id, group_id = access.viewer().person_id, _group()
    try:
        with transaction():
            count = marking.mark_unmarked(session_id, by_id=by_id, group_id=group_id)
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    else:
        flash("Everybody was marked already." if not count else f"{count} marked as present from start to end.")
    return forms.see(_back(slug, session_id))


def _session(slug: str, session_id: int) -> tuple[Event, Session]:
    event = access.event_of(slug, *ROLES)
    row = db.session.get(Session, session_id)
    if row is None or row.event_id != event.id:
        raise NotFound("There is no such session in this event.")
    return event, row


def _context(event: Event, row: Session, problem: dict[str, Any] | None = None) -> dict[str, Any]:
    group_id, words = _group(), _words()
    attendees = roster.of_session(row.id, words=words, group_id=group_id)
    awarded = roster.awarded_people(row.id)
    return {
        "event": event, "session": row, "when": times.span_words(row.starts_at, row.ends_at, row.zone), "q": words,
        "group_id": group_id or "",
        "zone": times.zone_short(row.zone, row.starts_at), "groups": roster.groups(event.id) if row.group_id is None else [],
        "rows": [roster_shown.row(one, row, awarded, problem) for one in attendees], "counts": roster_shown.counts(attendees),
        "history": roster_shown.history(roster.history(row.id), row.zone), "problem": problem, "begun": row.starts_at <= clock.now(),
        "narrowed": {name: value for name, value in (("q", words), ("group", group_id)) if value},
    }


def _stays(act: str, row: Session) -> list[Times] | None:
    """What was tapped: None is the whole session, an empty list is absent, else the times typed."""
    if act == "present":
        return None
    if act == "absent":
        return []
    if act != "times":
        raise Unacceptable("Choose present, absent or times.")
    typed = [(_moment(first, row), _moment(last, row)) for first, last in FIELDS]
    given = [one for one in typed if one != (None, None)]
    if not given:
        raise Unacceptable("Give the time she came or left.", field="in")
    return given


def _moment(field: str, row: Session) -> datetime | None:
    """A time of day typed in the session's zone, on the session's date (the next one after midnight)."""
    typed = request.form.get(field, "").strip()
    if not typed:
        return None
    try:
        clock_time = time.fromisoformat(typed)
    except ValueError as error:
        raise Unacceptable("Write the time like 13:15.", field=field) from error
    begins = datetime.fromisoformat(row.wall_start)
    wall = datetime.combine(begins.date(), clock_time.replace(tzinfo=None))
    if wall < begins - timedelta(hours=12):
        wall += timedelta(days=1)
    return times.instant(wall, row.zone, fold=row.fold, field=field)


def _person(session_id: int, registration_id: int) -> int:
    found = next((one for one in roster.of_session(session_id) if one.registration_id == registration_id), None)
    if found is None or found.person_id is None:
        raise NotFound("There is no such place in this session.")
    return found.person_id


def _group() -> int | None:
    return _number(request.values.get("group", "")) or None


def _words() -> str:
    try:
        return text.clean(request.values.get("q", ""), limit=80)
    except Unacceptable:
        return ""


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _back(slug: str, session_id: int) -> str:
    return url_for("manage_attendance.session", slug=slug, session_id=session_id, q=_words() or None, group=_group())


def _signed(minutes: int) -> str:
    return times.hours_words(minutes) if minutes >= 0 else f"minus {times.hours_words(-minutes)}"
