"""The door: today's events, and a list with one huge target for each person: in now, out now. Plain forms; no script needed."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from sqlalchemy import select

from webapp.attendance import presences, rules
from webapp.attendance.queries import roster
from webapp.attendance.queries.roster import Attendee
from webapp.catalog.models import Event, Session
from webapp.core import clock, money, text, times
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.payments import at_door, unpaid
from webapp.registration.badges import reading as badges
from webapp.registration.badges.reading import Holder
from webapp.web import access, forms

pages = Blueprint("door", __name__)
ROLES = ("organizer", "door")
UNPAID = {"admit": "Invoice open: admit", "refuse": "Invoice open: refuse", "hold_certificate": "Invoice open: admit, certificate later"}
MOST = 80  # names on one screen; the search finds the others


@pages.get("/door")
@access.staff(*ROLES)
def today() -> str:
    """The events of today that she may check people in for, and those of the coming week."""
    since, until = _day(clock.now(), _zone(), 7)
    viewer = access.viewer()
    rows = db.session.execute(
        select(Event.id, Event.slug, Event.title, Event.zone, Event.organization_id, Session.starts_at)
        .join(Session, Session.event_id == Event.id)
        .where(Session.status == "scheduled", Event.status.in_(("published", "closed")), Session.starts_at < until, Session.ends_at > since)
        .order_by(Session.starts_at))
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if viewer.may(ROLES, event_id=row.id, organization_id=row.organization_id):
            found.setdefault(row.slug, {"title": row.title, "slug": row.slug, "when": times.moment_words(row.starts_at, row.zone),
                                        "opens": _opens(row)})
    return render_template("door/today.html", events=list(found.values()))


@pages.get("/door/<slug>")
@access.staff(*ROLES)
def people(slug: str) -> str:
    """The names of the session that is on or comes next today."""
    event = access.event_of(slug, *ROLES)
    return render_template("door/people.html", **_context(event))


@pages.post("/door/<slug>/tap")
@access.staff(*ROLES)
def tap(slug: str) -> Response:
    """In now, or out now. A second tap of the same kind does nothing and says so."""
    event = access.event_of(slug, *ROLES)
    session = _chosen(_sessions(event))
    if session is None:
        raise NotFound("There is no session to check people in for.")
    session_id, by_id, way = session.id, access.viewer().person_id, request.form.get("way", "")
    one = next((row for row in roster.of_session(session_id) if str(row.registration_id) == request.form.get("place")), None)
    if one is None or one.person_id is None:
        raise NotFound("There is no such place in this session.")
    try:
        if way != "out":
            _refuse_unpaid(one, event.unpaid_at_start, event.zone)
        with transaction():
            act = presences.leave if way == "out" else presences.arrive
            act(one.person_id, session_id, clock.now(), by_id=by_id)
        flash(f"{one.name} is {'out' if way == 'out' else 'in'}, {times.clock_words(times.local(clock.now(), event.zone))}.")
    except Refusal as refusal:
        flash(f"{one.name}: {refusal.sentence} {refusal.way_out}".strip(), "warning")
    return forms.see(url_for("door.people", slug=slug, session=session_id, q=_words() or None))


def _refuse_unpaid(one: Attendee, rule: str, zone: str) -> None:
    """Whose invoice is open is turned away where the event says so."""
    if rule == "refuse" and one.registration_id in unpaid.open_by_place([one.registration_id], clock.today(zone)):
        raise Refusal("The invoice is open, and this event lets in only who has paid.", code="unpaid",
                      way_out="Send them to the desk: once the payment is recorded, or paid by card on the invoice's page, they come in.")


def _context(event: Event) -> dict[str, Any]:
    listed = _sessions(event)
    session, words = _chosen(listed), _words()
    found = roster.of_session(session.id, words=words) if session is not None else []
    shown = found[:MOST]
    ids, day = [one.registration_id for one in shown], clock.today(event.zone)
    due, owed = unpaid.open_by_place(ids, day), at_door.open_by_place(ids, day)
    return {
        "event": event, "q": words, "session_id": session.id if session is not None else "",
        "session": session.title if session is not None else "", "tabs_entries": _tabs(event, listed, session),
        "when": times.span_words(session.starts_at, session.ends_at, session.zone) if session is not None else "",
        "rows": [_row(one, event, due.get(one.registration_id, 0), owed.get(one.registration_id, 0)) for one in shown],
        "badges": [{"name": one.name or "Name to follow",
                    "note": " · ".join(part for part in (one.organization, one.thing, one.which) if part)}
                   for one in _holders(event.id, words)],
        "more": max(0, len(found) - MOST),
        "present": sum(_is_in(one) for one in found), "total": len(found),
        "opens": _opens(session) if session is not None else "",
    }


def _holders(event_id: int, words: str) -> list[Holder]:
    """Who is let in by a badge of a table and has no seat; with words, those they fit."""
    sought = text.searchable(words)
    return [one for one in badges.of_event(event_id)
            if not one.is_registered and (not sought or sought in text.searchable(one.name, one.organization))]


def _opens(session: Any) -> str:
    """When people can be checked in, where that is still ahead; else nothing."""
    at = session.starts_at - rules.EARLY
    return times.moment_words(at, session.zone) if clock.now() < at else ""


def _row(one: Attendee, event: Event, due_cents: int, owed_cents: int) -> dict[str, Any]:
    zone = event.zone
    since = next((row.in_at for row in one.rows if row.in_at is not None and row.out_at is None), None)
    last = max((row.out_at for row in one.rows if row.out_at is not None), default=None)
    words = f"In since {_clock(since, zone)}" if since else (f"Out at {_clock(last, zone)}" if last else one.type)
    return {"id": one.registration_id, "name": one.name, "note": words, "is_in": since is not None, "is_named": one.person_id is not None,
            "unpaid": UNPAID[event.unpaid_at_start] if due_cents else "", "owed": money.written(owed_cents) if owed_cents else "",
            "refused": bool(due_cents) and event.unpaid_at_start == "refuse"}


def _is_in(one: Attendee) -> bool:
    return any(row.in_at is not None and row.out_at is None for row in one.rows)


def _sessions(event: Event) -> list[Any]:
    """Today's sessions; the next ones when today has none."""
    since, until = _day(clock.now(), event.zone, 1)
    rows = [row for row in roster.sessions(event.id) if row.status == "scheduled" and row.ends_at > since]
    return [row for row in rows if row.starts_at < until] or rows[:1]


def _chosen(listed: list[Any]) -> Any:
    """The session asked for; else the one that is on or comes next; else the last of today."""
    asked, now = request.values.get("session", ""), clock.now()
    wanted = [row for row in listed if str(row.id) == asked] or [row for row in listed if row.ends_at > now] or listed[-1:]
    return wanted[0] if wanted else None


def _tabs(event: Event, listed: list[Any], chosen: Any) -> list[dict[str, Any]]:
    if len(listed) < 2:
        return []
    return [{"label": f"{_clock(row.starts_at, row.zone)} {row.title}", "href": url_for("door.people", slug=event.slug, session=row.id),
             "current": chosen is not None and row.id == chosen.id} for row in listed]


def _day(moment: datetime, zone: str, days: int) -> tuple[datetime, datetime]:
    """From midnight of the moment's day in the zone, so many days."""
    midnight = times.local(moment, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=days)


def _words() -> str:
    try:
        return text.clean(request.values.get("q", ""), limit=80)
    except Unacceptable:
        return ""


def _clock(moment: datetime | None, zone: str) -> str:
    return times.clock_words(times.local(moment, zone)) if moment is not None else ""


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)
