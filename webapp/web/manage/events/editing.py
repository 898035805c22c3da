"""Changing everything about an event but its sessions, prices and questions; who is told is shown before it happens."""

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, render_template, request
from sqlalchemy import select

from webapp.catalog.models import Course, Event, Organization, Programme, Venue
from webapp.catalog.sessions import rooms
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.registration import accepted, programme
from webapp.registration.queries import rosters
from webapp.web import access
from webapp.web.events import words
from webapp.web.forms import again, see
from webapp.web.manage.events import counties, reading
from webapp.web.manage.events import form as forms
from webapp.web.manage.events.blueprint import ROLES, organizations, pages, the_event

NO_ROOM = "none until you choose rooms of the new place"


@dataclass(frozen=True)
class Preview:
    """What changes for those who have a place: term, before, after; and how many they are."""

    people: int
    changes: list[tuple[str, str, str]]


@pages.route("/manage/events/<slug>/edit", methods=("GET", "POST"))
@access.staff(*ROLES)
def edit(slug: str) -> str | Response:
    """The whole form. When people have places and the place, the zone or the link changes, it first shows who will be told."""
    event = the_event(slug)
    form = forms.build(event, _offered(event))
    if request.method == "GET":
        return render_template("manage/event_edit.html", **_context(event, form))
    if not form.validate():
        return again("manage/event_edit.html", **_context(event, form))
    try:
        if (preview := _preview(event, form)) is not None and "confirmed" not in request.form:
            return again("manage/event_edit.html", **_context(event, form, preview))
        lost = _rooms_lost(event, form)
        with transaction():
            told = _save(event.id, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("manage/event_edit.html", **_context(the_event(slug), form, stale=refusal.code == "stale"))
    flash(f"Saved. {told} {'person is' if told == 1 else 'people are'} told." if told else "Saved.", "done")
    if form.policy.data != form.policy.object_data and (kept := accepted.under_another(event.id, int(form.policy.data))):
        flash(f"{kept} {'place keeps the policy it was' if kept == 1 else 'places keep the policy they were'} sold under.", "info")
    if lost:
        flash(f"The sessions have no room any more (it was {', '.join(lost)}): choose rooms of the new place.", "warning")
        return see(f"/manage/events/{slug}/sessions")
    return see(f"/manage/events/{slug}")


def _save(event_id: int, form: forms.EventForm) -> int:
    event = db.session.get_one(Event, event_id)
    version = form.version.data or ""
    return programme.update_event(
        event_id,
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        actor_id=access.viewer().person_id,
        reason=form.reason.data or "",
        **reading.values(event, form),
    )


def _preview(event: Event, form: forms.EventForm) -> Preview | None:
    """None when nobody has a place, or nothing changes that they need to know."""
    people = rosters.states(event.id).get("confirmed", 0)
    changes = _changes(event, form) if people else []
    return Preview(people, changes) if changes else None


def _changes(event: Event, form: forms.EventForm) -> list[tuple[str, str, str]]:
    modes = {one[0]: one[1] for one in forms.MODES}
    found = [
        ("How people take part", modes.get(event.mode, ""), modes.get(form.mode.data, "")),
        ("Time zone", event.zone, form.zone.data),
        ("Joining link", event.online_url or "none", form.online_url.data or "none"),
    ]
    if not reading.same_venue(event, form):
        row = db.session.get(Venue, event.venue_id) if event.venue_id else None
        now = {name: getattr(row, name) for name in forms.VENUE} if row else {}
        found.append(("Place", _place(now), _place(reading.venue_typed(form))))
        found.append(("Rooms of the sessions", ", ".join(_rooms_lost(event, form)), ""))
    return [(term, before, after or NO_ROOM) for term, before, after in found if before != after]


def _rooms_lost(event: Event, form: forms.EventForm) -> list[str]:
    return [] if reading.same_venue(event, form) else rooms.lost(event.id, reading.venue_typed(form)["name"])


def _place(venue: dict[str, str]) -> str:
    said = ", ".join(part for part in (venue.get("name"), venue.get("street"), venue.get("city"), venue.get("county")) if part)
    return " \u00b7 ".join(part for part in (said, venue.get("access_notes")) if part) or "none"


def _offered(event: Event) -> list[Any]:
    mine = organizations(access.viewer())
    if event.organization_id not in {one.id for one in mine}:
        mine = [
            *db.session.execute(select(Organization.id, Organization.name).where(Organization.id == event.organization_id)).all(),
            *mine,
        ]
    return mine


def _context(event: Event, form: forms.EventForm, preview: Preview | None = None, stale: bool = False) -> dict[str, Any]:
    return {
        "event": event,
        "form": form,
        "preview": preview,
        "stale": stale,
        "counties": counties.WISCONSIN,
        "kind_word": words.kind(event),
        "courses": db.session.scalars(select(Course.title).order_by(Course.title).limit(500)).all(),
        "programmes": db.session.scalars(select(Programme.name).order_by(Programme.name)).all(),
        "may_change_kind": event.published_at is None,
    }
