"""/orders/<ref>/transfer/<id>: a place of the order moves to another date. By the order's unguessable reference, so by who pays."""

from typing import Any

from flask import Blueprint, Response, flash, render_template

from webapp.registration.other_date import Foreseen
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.registration.registrations import Transferred
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.public.substituting import place_of
from webapp.web.registering import deciding, moving, other_dates, views
from webapp.web.registering.moving import DateForm
from webapp.web.security import limiter

pages = Blueprint("transferring", __name__)


@pages.get("/orders/<ref>/transfer/<int:registration_id>")
@access.by_secret
def choosing(ref: str, registration_id: int) -> str | Response:
    """The other dates of the course; where the place cannot move any more, says why."""
    return asked(deciding.decided(ref), registration_id, f"/orders/{ref}")


@pages.post("/orders/<ref>/transfer/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def transfer(ref: str, registration_id: int) -> str | Response:
    """First shows what it means in dollars, then, sent again from there, moves the place."""
    return sent(deciding.decided(ref), registration_id, f"/orders/{ref}")


def asked(view: OrderView, registration_id: int, address: str) -> str | Response:
    """The dates, at the page of who pays: `address` is that of the order, or the approver's link."""
    place = place_of(view, registration_id)
    refusal = other_dates.transfer_refused(place)
    if refusal is not None:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(address)
    return render_template("public/order_transfer.html", **_page(view, place, DateForm(), address))


def sent(view: OrderView, registration_id: int, address: str) -> str | Response:
    """What the form brings."""
    place, form, ref = place_of(view, registration_id), DateForm(), view.order.ref
    found = moving.proceed(form, registration_id, moving.number(form.event.data))
    if isinstance(found, Transferred):
        flash("The place is at the other date now, and everybody was written to.")
        return see(address)
    if found is None and (form.errors or form.form_errors):
        return again("public/order_transfer.html", **_page(queries.by_ref(ref), place, form, address))
    return render_template("public/order_transfer.html", **_page(view, place, form, address, found))


def _page(view: OrderView, place: Any, form: DateForm, address: str, foreseen: Foreseen | None = None) -> dict[str, Any]:
    options = moving.options_to_move(place)
    return {"address": address, "view": view, "place": place, "form": form, "foreseen": foreseen,
            "when": views.her_days(place), "where": views.where(place),
            "options": options, "chosen": next((one for one in options if one["value"] == form.event.data), None)}
