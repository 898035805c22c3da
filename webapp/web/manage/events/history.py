"""What staff changed about an event, its sessions and its places: who, when, what and why."""

from typing import Any

from flask import render_template
from sqlalchemy import String, cast, func, literal, or_, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Session
from webapp.core import times
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.registration.queries import subjects
from webapp.web import access
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

MOST = 200
LONG = 160


@pages.get("/manage/events/<slug>/history")
@access.staff(*ROLES)
def history(slug: str) -> str:
    """The entries of the event, the latest first. Two statements."""
    event = the_event(slug)
    entries = [entry(row, event.zone) for row in entries_of(_about(event.id))]
    return render_template("manage/history.html", event=event, entries=entries, most=MOST)


def entries_of(about: Any) -> list[Any]:
    """Audit entries with the name of who made them, the latest first."""
    return list(db.session.execute(
        select(AuditEntry, func.trim(Person.given_name + " " + Person.family_name).label("who"))
        .outerjoin(Person, Person.id == AuditEntry.actor_id).where(about)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST)).all())


def entry(row: Any, zone: str) -> dict[str, str]:
    """One entry of `history_list`."""
    one = row.AuditEntry
    found = {"when": times.moment_words(one.at, zone), "iso": one.at.isoformat(), "who": row.who or "Attune",
             "what": one.action.replace(".", " ").replace("_", " ").capitalize()}
    for name, values in (("before", one.before), ("after", one.after)):
        if values:
            found[name] = "; ".join(f"{key.replace('_', ' ')} {_said(value)}" for key, value in values.items())
    return found | ({"why": one.reason} if one.reason else {})


def _about(event_id: int) -> Any:
    sessions = select(literal("session:") + cast(Session.id, String)).where(Session.event_id == event_id)
    return or_(AuditEntry.subject.in_(subjects.of_events(Event.id == event_id)), AuditEntry.subject.in_(sessions))


def _said(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "none"
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= LONG else words[:LONG] + "\u2026"
