"""A place moves to another date or event, by staff: whatever the policy, with a reason that stays in the history."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.payments.lots import bound
from webapp.registration import ledger, registrations
from webapp.registration.other_date import Foreseen
from webapp.registration.registrations import Transferred
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.people.blueprint import ROLES, pages, the_event
from webapp.web.manage.people.place import name_of, place_in
from webapp.web.manage.people.substituting import refused
from webapp.web.registering import moving, views
from webapp.web.registering.moving import StaffDateForm


@pages.route("/manage/events/<slug>/people/<int:registration_id>/transfer", methods=("GET", "POST"))
@access.staff(*ROLES)
def transfer(slug: str, registration_id: int) -> str | Response:
    """Where to, what it means in dollars, and then the move itself."""
    event = the_event(slug)
    place = place_in(event, registration_id)
    refusal = registrations.transfer_refused(place, clock.now(), by_staff=True)
    if refusal is not None:
        return refused(refusal, f"/manage/events/{slug}/people/{registration_id}")
    form, foreseen, waits_cents = StaffDateForm(), None, 0
    if request.method == "POST":
        wanted = _wanted(form, moving.options_to_move(place))
        found = moving.proceed(form, registration_id, wanted.id if wanted else None, by_staff=True)
        if isinstance(found, Transferred) and wanted is not None:
            flash("The place is at the other date now, and everybody was written to.", "done")
            return see(f"/manage/events/{wanted.slug}/people/{found.registration_id}")
        foreseen = found if isinstance(found, Foreseen) else None
        if foreseen is not None and wanted is not None and wanted.course_id != event.course_id:
            waits_cents = max(bound.spare_of(registration_id), 0)
        if form.errors or form.form_errors:
            return again("manage/event_people_transfer.html", **_page(the_event(slug), place, form))
    return render_template("manage/event_people_transfer.html", **_page(event, place, form, foreseen, waits_cents))


def _wanted(form: StaffDateForm, options: list[dict[str, Any]]) -> Event | None:
    """The event that was typed or else chosen, where it is one of theirs; None otherwise."""
    typed = (form.slug.data or "").strip().strip("/").rpartition("/")[2]
    chosen = next((one["slug"] for one in options if one["value"] == form.event.data), "")
    try:
        return access.event_of(typed or chosen, *ROLES)
    except NotFound:
        return None


def _page(event: Event, place: Any, form: StaffDateForm, foreseen: Foreseen | None = None, waits_cents: int = 0) -> dict[str, Any]:
    return {"event": event, "place": place, "name": name_of(place), "form": form, "foreseen": foreseen, "waits_cents": waits_cents,
            "options": moving.options_to_move(place), "when": views.her_days(place), "owed_cents": ledger.owed(place.order_id)}
