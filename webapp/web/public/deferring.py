"""/orders/<ref>/defer/<id>: a place is put off, and later a date is chosen. By the order's unguessable reference, so by who pays."""

from flask import Blueprint, Response, flash, render_template, request

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments.queries import put_off
from webapp.web import access
from webapp.web.forms import see
from webapp.web.public.substituting import place_of
from webapp.web.registering import deciding, moving, putting_off, remembered, views
from webapp.web.registering.handing_on import seen_cents
from webapp.web.security import limiter

pages = Blueprint("deferring", __name__)


@pages.get("/orders/<ref>/defer/<int:registration_id>")
@access.by_secret
def deferring(ref: str, registration_id: int) -> str | Response:
    """What is kept, until when and what then, before it is done; once it is, the dates to choose from."""
    view = deciding.decided(ref)
    place = place_of(view, registration_id)
    kept = put_off.of_place(registration_id) if place.put_off_until else None
    if kept is not None:
        remembered.put_off(ref)
        return render_template("public/order_put_off.html", view=view, place=place, kept=kept, options=moving.options(place))
    try:
        found = putting_off.foreseen(place)
    except Refusal as refusal:
        return _refused(ref, refusal)
    return render_template("public/order_defer.html", view=view, place=place, found=found, when=views.when(place))


@pages.post("/orders/<ref>/defer/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def defer(ref: str, registration_id: int) -> Response:
    """Puts the place off; the page then lists the dates."""
    place = place_of(deciding.decided(ref), registration_id)
    try:
        with transaction():
            putting_off.done(place.id, seen_group_cents=seen_cents(request.form.get("group") or "0"))
        flash("The place is put off, and everybody was written to.")
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(ref, refusal)
    return see(f"/orders/{ref}/defer/{registration_id}")


def _refused(ref: str, refusal: Refusal) -> Response:
    flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}")
