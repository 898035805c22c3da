"""The overview of an event: how it stands, what keeps it from being published, places, money, the next session."""

from typing import Any

from flask import render_template
from sqlalchemy import select

from webapp.catalog import readiness
from webapp.catalog.models import Event, Session
from webapp.core import clock, money, times
from webapp.core.db import db
from webapp.notifications import log
from webapp.payments.queries import events as event_money
from webapp.payments.queries.events import EventMoney
from webapp.registration import offers
from webapp.registration.queries import rosters, subjects
from webapp.web import access
from webapp.web.events import words
from webapp.web.manage.events import pace
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

STATES = {
    "draft": ("Draft", "plain"),
    "published": ("Published", "ok"),
    "closed": ("Closed", "plain"),
    "cancelled": ("Cancelled", "bad"),
}
MENDED = {
    "Add at least one session.": ("sessions/new", "Add a session"),
    "Say where it takes place.": ("edit#venue_name", "Name the place"),
    "Say on which platform it meets online.": ("edit#platform", "Name the platform"),
}


@pages.get("/manage/events/<slug>")
@access.staff(*ROLES)
def overview(slug: str) -> str:
    """How the event stands, and the acts on it as a whole."""
    event, viewer = the_event(slug), access.viewer()
    missing = _missing(event) if event.status in ("draft", "closed") else []
    states, levels = rosters.states(event.id), rosters.capacity(event.id)
    sums = event_money.of_events([event.id]).get(event.id, EventMoney())
    return render_template(
        "manage/event_overview.html",
        event=event,
        kind_word=words.kind(event),
        state=STATES[event.status],
        missing=missing,
        when=_when(event),
        states=states,
        whole=told_apart(levels[0], states),
        levels=levels[1:],
        sums=sums,
        next=_next(event),
        waits=_waits(event),
        may_copy=viewer.may(ROLES, organization_id=event.organization_id),
        may_finance=viewer.can_finance,
        people=states.get("confirmed", 0),
        never_public=event.published_at is None,
        pace=pace.of(rosters.confirmed_at(event.id), event.zone, event.starts_at, levels[0]["capacity"]),
    )


def told_apart(level: dict[str, Any], states: dict[str, int]) -> dict[str, Any]:
    """The event's places told apart: `sold`, and those offered to or kept for who waits (`waits`)."""
    ours = states.get("confirmed", 0) + states.get("held", 0)
    offered = max(level["taken"] - level["aside"] - ours, 0)
    return level | {"sold": level["taken"] - level["aside"] - offered - states.get("held", 0), "waits": level["kept"] + offered}


def _missing(event: Event) -> list[dict[str, str]]:
    """Each reason with where it is mended."""
    base = f"/manage/events/{event.slug}"
    found = [(sentence, *MENDED.get(sentence, ("sessions", "Open the sessions"))) for sentence in readiness.problems(event.id)]
    found += [(sentence, "prices", "Open the prices") for sentence in offers.problems(event.id)]
    return [
        {"word": "Missing", "kind": "warn", "text": text, "href": f"{base}/{path}", "label": label} for text, path, label in found
    ]


def _waits(event: Event) -> list[dict[str, Any]]:
    base = f"/manage/events/{event.slug}"
    found = []
    if failed := log.counts(subjects.of_events(Event.id == event.id)).get("failed", 0):
        found.append(
            {
                "word": "Mail",
                "kind": "bad",
                "text": f"{failed} {'mail' if failed == 1 else 'mails'} could not be delivered.",
                "label": "See which",
                "href": f"{base}/messages?state=failed",
            }
        )
    if event.sign_up == "application":
        waiting = sum(one.state in ("submitted", "reviewing", "lapsed") for one in rosters.applications(event.id))
        if waiting:
            found.append(
                {
                    "word": f"{waiting} to decide",
                    "kind": "warn",
                    "text": "Applications wait for an answer.",
                    "label": "Read them",
                    "href": f"{base}/applications",
                }
            )
    return found


def _next(event: Event) -> dict[str, str] | None:
    row = db.session.execute(
        select(Session.id, Session.title, Session.starts_at, Session.ends_at, Session.zone)
        .where(Session.event_id == event.id, Session.status == "scheduled", Session.ends_at > clock.now())
        .order_by(Session.starts_at, Session.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return {
        "title": row.title,
        "when": times.span_words(row.starts_at, row.ends_at, row.zone),
        "href": f"/manage/events/{event.slug}/sessions/{row.id}",
    }


def _when(event: Event) -> str:
    if event.starts_at is None or event.ends_at is None:
        return "No session yet"
    first, last = (times.local(moment, event.zone).date() for moment in (event.starts_at, event.ends_at))
    if first == last:
        return times.span_words(event.starts_at, event.ends_at, event.zone)
    return f"{words.days_span(first, last)}, {event.session_count} sessions"


def amounts(sums: EventMoney) -> list[tuple[str, str]]:
    """The money of the event as lines of a summary."""
    return [("Owed in all", money.written(sums.owed_cents)), ("Paid", money.written(sums.paid_cents))]
