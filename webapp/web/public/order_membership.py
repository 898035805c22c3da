"""/orders/<ref>/membership: who ordered makes somebody on her held order a member with it, or takes that back."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request

from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import orders
from webapp.registration.queries import orders as queries
from webapp.web import access
from webapp.web.forms import see, whole

pages = Blueprint("order_membership", __name__)


@pages.post("/orders/<ref>/membership")
@access.by_secret
def add(ref: str) -> Response:
    """Puts a membership year on the order; her places on it cost the member price from now on."""
    place, plan = whole(request.form.get("place")), whole(request.form.get("plan"))
    if place is None or plan is None:
        raise NotFound
    return _done(ref, lambda order_id: orders.add_year(order_id, place, plan),
                 "The membership is on your order, with the member price. You have paid nothing yet.")


@pages.post("/orders/<ref>/membership/<int:year_id>/off")
@access.by_secret
def remove(ref: str, year_id: int) -> Response:
    """Takes it off again; the places cost what they did."""
    return _done(ref, lambda order_id: orders.remove_year(order_id, year_id), "The membership is off your order.")


def _done(ref: str, act: Callable[[int], None], words: str) -> Response:
    order_id = queries.id_of(ref)
    try:
        with transaction():
            act(order_id)
        flash(words)
    except NotFound:
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}/review")
