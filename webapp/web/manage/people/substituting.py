"""A colleague takes somebody's place, by staff: until the event begins, whatever its policy, with a reason that stays in the history."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.errors import Refusal
from webapp.registration import ledger, registrations
from webapp.registration.registrations import Substituted
from webapp.registration.substitution import Foreseen
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.people.blueprint import ROLES, pages, the_event
from webapp.web.manage.people.place import name_of, place_in
from webapp.web.registering import handing_on
from webapp.web.registering.handing_on import StaffColleagueForm


@pages.route("/manage/events/<slug>/people/<int:registration_id>/substitute", methods=("GET", "POST"))
@access.staff(*ROLES)
def substitute(slug: str, registration_id: int) -> str | Response:
    """Who comes instead, what it means in dollars, and then the change itself."""
    event = the_event(slug)
    place = place_in(event, registration_id)
    refusal = registrations.substitution_refused(place, clock.now(), by_staff=True)
    if refusal is not None:
        return refused(refusal, f"/manage/events/{slug}/people/{registration_id}")
    form, foreseen = StaffColleagueForm(), None
    if request.method == "POST":
        found = handing_on.proceed(form, registration_id, by_staff=True)
        if isinstance(found, Substituted):
            flash("The place is handed on; both were written to." if place.person_id else "She has the seat now and was written to.",
                  "done")
            return see(f"/manage/events/{slug}/people/{found.registration_id}")
        foreseen = found
        if form.errors or form.form_errors:
            return again("manage/event_people_substitute.html", **_page(the_event(slug), place, form))
    return render_template("manage/event_people_substitute.html", **_page(event, place, form, foreseen))


def refused(refusal: Refusal, back: str) -> Response:
    """Back to the page, with the reason why not."""
    flash(f"{refusal.sentence} {refusal.way_out}".strip(), "error")
    return see(back)


def _page(event: Event, place: Any, form: StaffColleagueForm, foreseen: Foreseen | None = None) -> dict[str, Any]:
    return {"event": event, "place": place, "name": name_of(place), "form": form, "foreseen": foreseen,
            "owed_cents": ledger.owed(place.order_id)}
