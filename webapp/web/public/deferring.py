"""/orders/<ref>/defer/<id>: a place is put off, and later a date is chosen. By the order's unguessable reference, so by who pays."""

from flask import Blueprint, Response, flash, render_template, request

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments.queries import put_off
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.forms import see
from webapp.web.public.substituting import place_of
from webapp.web.registering import deciding, moving, putting_off, remembered, views
from webapp.web.registering.cancelling import cancelling_shown
from webapp.web.registering.handing_on import seen_cents
from webapp.web.security import limiter

pages = Blueprint("deferring", __name__)


@pages.get("/orders/<ref>/defer/<int:registration_id>")
@access.by_secret
def deferring(ref: str, registration_id: int) -> str | Response:
    """What is kept, until when and what then, before it is done; once it is, the dates to choose from."""
    return asked(deciding.decided(ref), registration_id, f"/orders/{ref}")


@pages.post("/orders/<ref>/defer/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def defer(ref: str, registration_id: int) -> Response:
    """Puts the place off; the page then lists the dates."""
    return sent(deciding.decided(ref), registration_id, f"/orders/{ref}")


def asked(view: OrderView, registration_id: int, address: str, *, agency: str = "") -> str | Response:
    """The page, at that of who pays: `address` is that of the order, or the approver's link, who never sees the order's (`agency`)."""
    place = place_of(view, registration_id)
    kept = put_off.of_place(registration_id) if place.put_off_until else None
    if kept is not None:
        if not agency:
            remembered.put_off(view.order.ref)
        return render_template("public/order_put_off.html", address=address, agency=agency, view=view, place=place, kept=kept,
                               options=moving.options(place))
    try:
        found = putting_off.foreseen(place)
    except Refusal as refusal:
        return _refused(address, refusal)
    return render_template("public/order_defer.html", address=address, view=view, place=place, found=found, when=views.her_days(place),
                           back_cents=cancelling_shown(place.id, place.order_id)["back_cents"])


def sent(view: OrderView, registration_id: int, address: str) -> Response:
    """Puts the place off."""
    place = place_of(view, registration_id)
    try:
        with transaction():
            putting_off.done(place.id, seen_group_cents=seen_cents(request.form.get("group") or "0"))
        flash("The place is put off, and everybody was written to.")
    except NotFound:
        raise
    except Refusal as refusal:
        return _refused(address, refusal)
    return see(f"{address}/defer/{registration_id}")


def _refused(address: str, refusal: Refusal) -> Response:
    flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(address)
