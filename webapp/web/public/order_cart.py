"""/orders/<ref>/more and /places/<id>/out: several events and people on one order, before it is placed."""

import re

from flask import Blueprint, Response, flash, request

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import settlement
from webapp.registration import orders
from webapp.registration.queries import orders as queries
from webapp.web import access
from webapp.web.forms import see
from webapp.web.registering import remembered, reviewing

pages = Blueprint("order_cart", __name__)
SLUG = re.compile(r"[^a-z0-9-]")


@pages.post("/orders/<ref>/more")
@access.by_secret
def more(ref: str) -> Response:
    """Goes on to another event, or to somebody else for one that is on the order: what is registered for next goes on this order.
    With `stop` it is an order of its own again."""
    if slug := SLUG.sub("", request.form.get("stop", "")[:100]):
        remembered.stop_adding()
        return see(f"/events/{slug}/register")
    view = queries.by_ref(ref)
    if not reviewing.is_open(view) or view.order.method is not None or view.order.agency_id is not None:
        return see(f"/orders/{ref}")
    remembered.add(ref)
    remembered.begin_adding(ref)
    if (event := next((one for one in view.active if one.slug == request.form.get("event")), None)) is not None:
        return see(f"/events/{event.slug}/register?for=colleague")
    flash("Choose what to add. What you register for next goes on the same order, and is paid together.", "info")
    return see("/events")


@pages.post("/orders/<ref>/places/<int:registration_id>/out")
@access.by_secret
def take_out(ref: str, registration_id: int) -> Response:
    """One place less on an order that is not placed yet."""
    view = queries.by_ref(ref)
    if registration_id not in {one.id for one in view.own}:
        raise NotFound
    try:
        with transaction():
            orders.take_out(view.order.id, registration_id)
            settlement.bring_in_line(view.order.id)  # what is bound to its course pays nothing else
        flash("It is off your order; its seat is free for others.")
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}/review")
