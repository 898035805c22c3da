"""The log of what was written to the people of an event, and another try for what could not be delivered."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.notifications import log
from webapp.registration.queries import subjects
from webapp.web import access
from webapp.web.forms import see
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

STATES = {"waiting": ("Waiting", "plain"), "sending": ("On its way", "plain"), "sent": ("Sent", "ok"), "failed": ("Not delivered", "bad"),
          "withdrawn": ("Withdrawn", "plain")}


@pages.get("/manage/events/<slug>/messages")
@access.staff(*ROLES)
def messages(slug: str) -> str:
    """Every message about the event, its places, their orders and its applications; a hundred at a time."""
    event = the_event(slug)
    about = subjects.of_events(Event.id == event.id)
    state = request.args.get("state", "")
    state, page, counts = state if state in STATES else "", _page(), log.counts(about)
    total = counts.get(state, 0) if state else sum(counts.values())
    base = f"/manage/events/{slug}/messages"
    tabs = [{"label": "All", "href": base, "current": not state, "total": sum(counts.values())}]
    tabs += [{"label": word, "href": f"{base}?state={name}", "current": name == state, "total": counts[name]}
             for name, (word, _) in STATES.items() if name in counts or (name == state and not counts.setdefault(name, 0))]
    more = f"&state={state}" if state else ""
    return render_template(
        "manage/messages.html", event=event, rows=[_row(event, one) for one in log.listed(about, state, (page - 1) * log.PAGE)], tabs=tabs,
        state=state, total=total, earlier=f"{base}?page={page - 1}{more}" if page > 1 else "",
        later=f"{base}?page={page + 1}{more}" if page * log.PAGE < total else "")


@pages.post("/manage/events/<slug>/messages/<int:message_id>/again")
@access.staff(*ROLES)
def try_again(slug: str, message_id: int) -> Response:
    """Sends a message that was given up once more."""
    event = the_event(slug)
    try:
        with transaction():
            log.try_again(message_id, subjects.of_events(Event.id == event.id))
        flash("It waits to be sent again.", "done")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "error")
    return see(f"/manage/events/{slug}/messages")


def _page() -> int:
    typed = request.args.get("page", "1")
    return max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1


def _row(event: Event, one: Any) -> dict[str, Any]:
    kind = one.kind.replace("_", " ").capitalize()
    return {
        "id": one.id, "subject": one.subject or kind, "kind": kind if one.subject else "", "to": one.to_name or one.to_address,
        "address": one.to_address if one.to_name else "", "state": STATES[one.state], "failed": one.state == "failed",
        "when": times.moment_words(one.sent_at or one.not_before, event.zone), "why": one.last_error if one.state == "failed" else one.note,
    }
