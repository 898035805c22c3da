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
    view = queries.by_ref(ref)
    places = _confirmed(view)
    by_mail = {row.registration_id for row in standing.of_registrations([one.id for one in places], clock.now())}
    return render_template("public/order_calendar.html", view=view, places=places, programs=subscribing.PROGRAMS, by_mail=by_mail,
                           new=subscribing.shown_once(request.path))


@pages.post("/orders/<ref>/calendar/<int:registration_id>")
@access.by_secret
@limiter.limit("30 per hour")
def make(ref: str, registration_id: int) -> Response:
    """Makes an address for one attendee's place; what came by mail changes over to it, so that nothing shows twice."""
    title = _place(ref, registration_id).title
    with transaction():
        key = keys.make(kind="registration", name=subscribing.program(request.form.get("program")), registration_id=registration_id)
        standing.move(standing.of_registrations([registration_id], clock.now()))
    subscribing.remember(f"/orders/{ref}/calendar", key.token, title)
    return see(f"/orders/{ref}/calendar#new")


@pages.get("/orders/<ref>/calendar/<int:registration_id>.ics")
@access.by_secret
def file(ref: str, registration_id: int) -> Response:
    """All sessions of one place as a file, to be opened once."""
    place, settings = _place(ref, registration_id), current_app.config["SETTINGS"]
    body = invitations.file_of(registration_id, now=clock.now(), base_url=settings.base_url, zone=place.zone)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{place.slug}.ics"'
    return answer


def _confirmed(view: queries.OrderView) -> list[Any]:
    return [one for one in view.places if one.state == "confirmed"]


def _place(ref: str, registration_id: int) -> Any:
    found = next((one for one in _confirmed(queries.by_ref(ref)) if one.id == registration_id), None)
    if found is None:
        raise NotFound
    return found
