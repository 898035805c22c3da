"""What staff changed about an event, its sessions and its places: who, when, what and why."""

from collections.abc import Mapping
from types import MappingProxyType
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
from webapp.web.manage.events import history_words as words
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

MOST = 200
EMPTY: Mapping[int, str] = MappingProxyType({})


@pages.get("/manage/events/<slug>/history")
@access.staff(*ROLES)
def history(slug: str) -> str:
    """The entries of the event, the latest first. Two statements beside the event's."""
    event = the_event(slug)
    titles = {row.id: row.title for row in db.session.execute(select(Session.id, Session.title).where(Session.event_id == event.id))}
    entries = [entry(row, event.zone, titles) for row in entries_of(_about(event.id))]
    return render_template("manage/history.html", event=event, entries=entries, most=MOST)


def entries_of(about: Any) -> list[Any]:
    """Audit entries with the name of who made them, the latest first."""
    return list(db.session.execute(
        select(AuditEntry, func.trim(Person.given_name + " " + Person.family_name).label("who"))
        .outerjoin(Person, Person.id == AuditEntry.actor_id).where(about)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST)).all())


def entry(row: Any, zone: str, titles: Mapping[int, str] = EMPTY) -> dict[str, str]:
    """One entry of `history_list`; `titles` of the sessions it may tell of."""
    one = row.AuditEntry
    found = {"when": times.moment_words(one.at, zone), "iso": one.at.isoformat(), "who": row.who or "Attune",
             "what": words.what(one.action, one.before, one.after, titles)}
    found |= {name: said for name, changed in (("before", one.before), ("after", one.after)) if (said := words.values(changed, zone))}
    return found | ({"why": one.reason} if one.reason else {})


def _about(event_id: int) -> Any:
    sessions = select(literal("session:") + cast(Session.id, String)).where(Session.event_id == event_id)
    return or_(AuditEntry.subject.in_(subjects.of_events(Event.id == event_id)), AuditEntry.subject.in_(sessions))
