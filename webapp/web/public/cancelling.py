"""/orders/<ref>/cancel/<id>: a place of the order is given back. Who pays sees in dollars what comes back, before it is done."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, request

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.forms import see
from webapp.web.public.substituting import place_of
from webapp.web.registering import deciding, views
from webapp.web.registering.cancelling import cancelling_shown, give_back, seen_cents, wants_balance

pages = Blueprint("cancelling", __name__)


@pages.get("/orders/<ref>/cancel/<int:registration_id>")
@access.by_secret
def cancelling(ref: str, registration_id: int) -> str | Response:
    """What comes back, in dollars, before anything is cancelled; whose place an agency pays hands it back without it."""
    view = deciding.opened(ref)
    return asked(view, registration_id, f"/orders/{ref}", decides=deciding.may(view))


@pages.post("/orders/<ref>/cancel/<int:registration_id>")
@access.by_secret
def cancel(ref: str, registration_id: int) -> Response:
    """Cancels the place; what is paid beyond what is owed goes back the way it came."""
    view = deciding.opened(ref)
    return sent(view, registration_id, f"/orders/{ref}", decides=deciding.may(view))


def asked(view: OrderView, registration_id: int, address: str, *, decides: bool = True) -> str | Response:
    """The page, at that of who pays: `address` is that of the order, or the approver's link."""
    place = place_of(view, registration_id)
    if not views.may_cancel(place, clock.now()):
        return see(address)
    page: dict[str, Any] = {"place": place, "when": views.her_days(place), "address": address,
                            "action": f"{address}/cancel/{registration_id}"}
    if not decides:
        return render_template("public/place_cancel.html", **page, payer=view.order.payer_name)
    return render_template("public/order_cancel.html", **page, **cancelling_shown(registration_id, view.order.id))


def sent(view: OrderView, registration_id: int, address: str, *, decides: bool = True) -> Response:
    """Gives the place back. Only who decides about the money chooses a balance, or agrees to what the others cost more."""
    place = place_of(view, registration_id)
    if not views.may_cancel(place, clock.now()):
        return see(address)
    try:
        with transaction():
            give_back(registration_id, by_id=access.viewer().person_id or None,
                      seen_group_cents=seen_cents(request.form) if decides else None,
                      as_balance=decides and wants_balance(registration_id, place.order_id, request.form))
        flash("The place is cancelled.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    return see(address)
