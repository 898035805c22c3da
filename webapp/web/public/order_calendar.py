"""/orders/<ref>/calendar: each attendee's place in her own calendar, without an account. By the order's unguessable reference."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from webapp.calendars import invitations, keys, standing
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.registration.queries import orders as queries
from webapp.web import access, subscribing
from webapp.web.forms import see
from webapp.web.security import limiter

pages = Blueprint("order_calendar", __name__)


@pages.get("/orders/<ref>/calendar")
@access.by_secret
def calendar(ref: str) -> str:
    """For each confirmed place: an address per program, or once as a file. A new address is shown here once."""
    view = _whole(ref)
    if not view.places:  # an order that only owes parts of others' places
        raise NotFound
    return page(f"/orders/{ref}", view.first.title, _confirmed(view))


@pages.post("/orders/<ref>/calendar/<int:registration_id>")
@access.by_secret
@limiter.limit("30 per hour")
def make(ref: str, registration_id: int) -> Response:
    """Makes an address for one attendee's place; what came by mail changes over to it, so that nothing shows twice."""
    return subscribe(f"/orders/{ref}", _place(ref, registration_id))


@pages.get("/orders/<ref>/calendar/<int:registration_id>.ics")
@access.by_secret
def file(ref: str, registration_id: int) -> Response:
    """All sessions of one place as a file, to be opened once."""
    return download(_place(ref, registration_id))


def page(address: str, title: str, places: list[Any]) -> str:
    """The ways into a calendar for these confirmed places, from the page at `address`."""
    places = _outer([one for one in places if one.person_id is not None])
    by_mail = {one for row in standing.of_registrations([place.id for place in places], clock.now())
               for one in (row.registration_id, row.inclusion_of_id)}
    return render_template("public/order_calendar.html", address=address, title=title, places=places, programs=subscribing.PROGRAMS,
                           by_mail=by_mail, new=subscribing.shown_once(f"{address}/calendar"))


def subscribe(address: str, place: Any) -> Response:
    """Makes the address of one place's feed and shows it once."""
    with transaction():
        key = keys.make(kind="registration", name=subscribing.program(request.form.get("program")), registration_id=place.id)
        standing.move(standing.of_registrations([place.id], clock.now()))
    subscribing.remember(f"{address}/calendar", key.token, place.title)
    return see(f"{address}/calendar#new")


def download(place: Any) -> Response:
    """The sessions of one place as a file."""
    base_url = current_app.config["SETTINGS"].base_url
    body = invitations.file_of(place.id, now=clock.now(), base_url=base_url, zone=place.zone)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{place.slug}.ics"'
    return answer


def _confirmed(view: queries.OrderView) -> list[Any]:
    return [one for one in view.places if one.state == "confirmed" and one.person_id is not None and view.opens(one)]


def _whole(ref: str) -> queries.OrderView:
    view = queries.by_ref(ref)
    return view.joined(queries.additions(view))


def _outer(places: list[Any]) -> list[Any]:
    """Without those that came with another one of them: its calendar shows them."""
    ids = {one.id for one in places}
    return [one for one in places if one.inclusion_of_id not in ids]


def _place(ref: str, registration_id: int) -> Any:
    found = next((one for one in _confirmed(_whole(ref)) if one.id == registration_id), None)
    if found is None:
        raise NotFound
    return found
