"""/agency/<id>/calendar: the trainings of an agency's staff in its supervisor's calendar, of those who agreed to show theirs."""

from flask import Blueprint, Response, render_template, request

from webapp.accounts import agencies, consents
from webapp.calendars import keys
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.web import access, subscribing
from webapp.web.forms import see

pages = Blueprint("agency_calendar", __name__)


@pages.get("/agency/<int:agency_id>/calendar")
@access.staff("supervisor")
def calendar(agency_id: int) -> str:
    """A button per program that makes an address; who agreed to be in it. Another agency is not found."""
    _refuse_others(agency_id)
    agreed = consents.sharing(agency_id, "calendar", clock.today(access.viewer().zone))
    return render_template("agency/calendar.html", agency=agencies.get(agency_id), programs=subscribing.PROGRAMS,
                           new=subscribing.shown_once(request.path), agreed=sorted(set(agreed.values())))


@pages.post("/agency/<int:agency_id>/calendar")
@access.staff("supervisor")
def subscribe(agency_id: int) -> Response:
    """Makes an address of the staff's calendar."""
    _refuse_others(agency_id)
    name = f"{agencies.get(agency_id).name}, {subscribing.program(request.form.get('program'))}"
    with transaction():
        key = keys.make(kind="agency", name=name[:80], person_id=access.viewer().person_id, agency_id=agency_id)
    subscribing.remember(f"/agency/{agency_id}/calendar", key.token, name)
    return see(f"/agency/{agency_id}/calendar#new")


def _refuse_others(agency_id: int) -> None:
    if not access.viewer().may(("supervisor",), agency_id=agency_id):
        raise NotFound
