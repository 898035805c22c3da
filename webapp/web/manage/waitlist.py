"""The waitlists of an event for its organizers: who stands where, moved with a reason, offered now, a list closed or opened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration.queries import waitlist as queries
from webapp.registration.waitlist import moving, rules
from webapp.web import access
from webapp.web.forms import see

pages = Blueprint("manage_waitlist", __name__)
ROLES = ("organizer", "coordinator")
SHOWN = timedelta(days=30)  # what is over stays on the page as long
STATES = {"waiting": ("Waits", "plain"), "offered": ("Offered", "warn"), "accepted": ("Took it", "ok"), "lapsed": ("Offer ended", "bad"),
          "left": ("Left", "plain"), "closed": ("Told it ended", "plain")}


@pages.get("/manage/events/<slug>/waitlist")
@access.staff(*ROLES)
def index(slug: str) -> str:
    """Each list with its parties in order, the seats that are kept, and what can be done."""
    event = access.event_of(slug, *ROLES)
    parties = queries.parties(event.id, clock.now() - SHOWN)
    return render_template("manage/waitlist.html", event=event, rule=rules.SENTENCE, lists=[
        _list(event, one, [row for row in parties if row.waitlist_id == one.id]) for one in queries.lists(event.id)])


@pages.post("/manage/events/<slug>/waitlist/move")
@access.staff(*ROLES)
def move(slug: str) -> Response:
    """Puts a party at another position, with a reason; it stands in the event's history."""
    return _act(slug, "Moved.", lambda event_id, by_id: moving.move(
        _number("entry"), event_id, _number("position"), by_id=by_id, reason=request.form.get("reason", "")))


@pages.post("/manage/events/<slug>/waitlist/offer")
@access.staff(*ROLES)
def offer(slug: str) -> Response:
    """Offers a free seat to this party now, before all others of its list."""
    return _act(slug, "The seat is offered; a mail is on its way.", lambda event_id, by_id: moving.offer_now(
        _number("entry"), event_id, by_id=by_id, reason=request.form.get("reason", "")))


@pages.post("/manage/events/<slug>/waitlist/close")
@access.staff(*ROLES)
def close(slug: str) -> Response:
    """Ends a list; who waits is told so, with the reason."""
    return _act(slug, "The list is closed, and who waited is told so.", lambda event_id, by_id: moving.close(
        _number("list"), event_id, by_id=by_id, reason=request.form.get("reason", "")))


@pages.post("/manage/events/<slug>/waitlist/reopen")
@access.staff(*ROLES)
def reopen(slug: str) -> Response:
    """Lets people get in line again."""
    return _act(slug, "The list is open again.", lambda event_id, by_id: moving.reopen(
        _number("list"), event_id, by_id=by_id, reason=request.form.get("reason", "")))


def _act(slug: str, done: str, act: Callable[[int, int], None]) -> Response:
    event_id, by_id = access.event_of(slug, *ROLES).id, access.viewer().person_id
    try:
        with transaction():
            act(event_id, by_id)
        flash(done)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/manage/events/{slug}/waitlist")


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _list(event: Event, one: Any, parties: list[Any]) -> dict[str, Any]:
    waiting = [row for row in parties if row.state == "waiting"]
    positions = {row.id: at for at, row in enumerate(waiting, 1)}
    free = None if one.capacity is None else one.capacity - one.taken
    return {"id": one.id, "title": queries.what(one).replace("a seat", "A seat", 1), "closed": one.closed_at is not None,
            "closed_reason": one.closed_reason, "seats": _seats(one, free, waiting),
            "rows": [_row(event, row, positions) for row in parties],
            "waiting": [(str(row.id), f"{positions[row.id]}. {_name(row)}") for row in waiting],
            "positions": [(str(at), str(at)) for at in positions.values()], "free": free is None or free > 0}


def _seats(one: Any, free: int | None, waiting: list[Any]) -> str:
    sold = one.taken - one.aside
    whole = f"{sold} of {one.capacity} taken or offered" if one.capacity is not None else f"{sold} taken, no limit"
    aside = f", {one.aside} set aside" if one.aside else ""
    kept = f", {one.kept} kept for this list" if one.kept else ""
    lacks = f"; the first party needs {waiting[0].seats} together" if waiting and free and free < waiting[0].seats else ""
    return f"{whole}{aside}{kept}{lacks}."


def _row(event: Event, row: Any, positions: dict[int, int]) -> dict[str, Any]:
    until = times.moment_words(row.offer_until, event.zone) if row.state == "offered" else ""
    return {"id": row.id, "position": str(positions.get(row.id, "")), "name": _name(row), "email": row.email if row.given_name else "",
            "number": row.number, "seats": row.seats, "state": STATES[row.state], "until": until,
            "since": times.moment_words(row.created_at, event.zone)}


def _name(row: Any) -> str:
    return f"{row.given_name or ''} {row.family_name or ''}".strip() or str(row.email)
