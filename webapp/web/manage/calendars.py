"""/manage/calendars: the events she looks after in a calendar of hers, and calendars of rooms; /manage/widget: our list on other sites."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from sqlalchemy import select

from webapp.calendars import keys, links
from webapp.catalog import filters
from webapp.catalog.models import Programme, Room, Venue
from webapp.core.db import db, transaction
from webapp.web import access, subscribing
from webapp.web.events import widget
from webapp.web.forms import see
from webapp.web.manage.home.blueprint import MANAGERS, side
from webapp.web.security import POLICY

pages = Blueprint("manage_calendars", __name__)
HERE = "/manage/calendars"


@pages.get(HERE)
@access.staff(*MANAGERS)
def calendars() -> str:
    """Secret addresses of her own events, drafts too; public ones of a place (`venue` or `room` in the query)."""
    places = _places()
    asked = [("venues", request.args.get("venue", "")), ("rooms", request.args.get("room", ""))]
    chosen = next((_place(places, kind, typed) for kind, typed in asked if typed), None)
    return render_template("manage/calendars.html", places=places, chosen=chosen, programs=subscribing.PROGRAMS,
                           new=subscribing.shown_once(HERE), side=side(access.viewer(), HERE))


@pages.post(HERE)
@access.staff(*MANAGERS)
def subscribe() -> Response:
    """Makes an address of the events she looks after."""
    name = f"My events, {subscribing.program(request.form.get('program'))}"
    with transaction():
        key = keys.make(kind="organizer", name=name, person_id=access.viewer().person_id)
    subscribing.remember(HERE, key.token, name)
    return see(f"{HERE}#new")


@pages.get("/manage/widget")
@access.staff(*MANAGERS)
def snippet() -> Response:
    """The lines that put our coming events on another site, and how they look there."""
    wanted = widget.parse(request.args.to_dict())
    base_url, settings = _base(), current_app.config["SETTINGS"]
    programmes = db.session.execute(select(Programme.slug, Programme.name).order_by(Programme.name)).all()
    answer = make_response(render_template(
        "manage/widget.html", wanted=wanted, kinds=list(filters.KIND_WORDS.items()), programmes=[tuple(one) for one in programmes],
        script=widget.script_tag(wanted, base_url), frame=widget.frame_tag(wanted, base_url, settings.association_name),
        link=f"{base_url}{widget.address(wanted)}", preview=widget.address(wanted), side=side(access.viewer(), "/manage/widget")))
    pay = settings.stripe_api_base if settings.demo else ""
    answer.headers["Content-Security-Policy"] = POLICY.format(pay=pay, frames="'none'") + "; frame-src 'self'"
    return answer


def _places() -> list[dict[str, Any]]:
    """Venues by name, each with its rooms. One statement."""
    found: dict[int, dict[str, Any]] = {}
    rows = db.session.execute(
        select(Venue.id, Venue.name, Venue.city, Room.id.label("room_id"), Room.name.label("room"))
        .outerjoin(Room, Room.venue_id == Venue.id).order_by(Venue.name, Venue.id, Room.position, Room.name))
    for row in rows:
        venue = found.setdefault(row.id, {"id": str(row.id), "name": row.name, "city": row.city, "rooms": []})
        if row.room_id:
            venue["rooms"].append({"id": str(row.room_id), "name": row.room})
    return list(found.values())


def _place(places: list[dict[str, Any]], kind: str, typed: str) -> dict[str, Any] | None:
    named = {("venues", one["id"]): one["name"] for one in places}
    named |= {("rooms", room["id"]): f"{room['name']}, {one['name']}" for one in places for room in one["rooms"]}
    name = named.get((kind, typed))
    return {"name": name, "links": links.subscribe(f"{_base()}/{kind}/{typed}.ics", name)} if name else None


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url)
