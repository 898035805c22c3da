"""/orders/<ref>/substitute/<id>: a colleague takes a place of the order. By the order's unguessable reference, so by who pays."""

from typing import Any

from flask import Blueprint, Response, flash, render_template

from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.registration import registrations
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.registration.registrations import Substituted
from webapp.registration.substitution import Foreseen
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.registering import deciding, handing_on, views
from webapp.web.registering.handing_on import ColleagueForm
from webapp.web.security import limiter

pages = Blueprint("substituting", __name__)


@pages.get("/orders/<ref>/substitute/<int:registration_id>")
@access.by_secret
def naming(ref: str, registration_id: int) -> str | Response:
    """Asks who comes instead; where nobody may any more, says why."""
    return asked(deciding.decided(ref), registration_id, f"/orders/{ref}")


@pages.post("/orders/<ref>/substitute/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def substitute(ref: str, registration_id: int) -> str | Response:
    """First shows what it means in dollars, then, sent again from there, hands the place on."""
    return sent(deciding.decided(ref), registration_id, f"/orders/{ref}")


def asked(view: OrderView, registration_id: int, address: str) -> str | Response:
    """The form, at the page of who pays: `address` is that of the order, or the approver's link."""
    place = place_of(view, registration_id)
    refusal = registrations.substitution_refused(place, clock.now())
    if refusal is not None:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(address)
    return render_template("public/order_substitute.html", **_page(view, place, ColleagueForm(), address))


def sent(view: OrderView, registration_id: int, address: str) -> str | Response:
    """What the form brings."""
    place, form, ref = place_of(view, registration_id), ColleagueForm(), view.order.ref
    found = handing_on.proceed(form, registration_id)
    if isinstance(found, Substituted):
        told = " has the place now. Both were written to." if place.person_id is not None else " has the seat now, and was written to."
        flash(f"{form.given_name.data} {form.family_name.data or ''}".strip() + told)
        return see(address)
    if found is None and (form.errors or form.form_errors):
        return again("public/order_substitute.html", **_page(queries.by_ref(ref), place, form, address))
    return render_template("public/order_substitute.html", **_page(view, place, form, address, found))


def place_of(view: OrderView, registration_id: int) -> Any:
    """A place of the order; NotFound otherwise."""
    found = next((one for one in view.own if one.id == registration_id), None)
    if found is None:
        raise NotFound
    return found


def _page(view: OrderView, place: Any, form: ColleagueForm, address: str, foreseen: Foreseen | None = None) -> dict[str, Any]:
    return {"address": address, "view": view, "place": place, "form": form, "foreseen": foreseen, "when": views.her_days(place),
            "where": views.where(place)}
