"""/orders/<ref>/membership: who ordered makes somebody on her held order a member with it, takes that back, or says she is one already."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.registration import orders
from webapp.registration.queries import orders as queries
from webapp.registration.years import claiming
from webapp.web import access
from webapp.web.forms import again, see, whole
from webapp.web.registering import order_page, reviewing
from webapp.web.security import limiter

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


@pages.post("/orders/<ref>/membership/claim")
@access.by_secret
@limiter.limit("20 per hour")
def claim(ref: str) -> Response:
    """Somebody with a place on the order says that she is a member; the price stays until staff have looked."""
    view, place = queries.by_ref(ref), whole(request.form.get("place"))
    if place is None or place not in {one.id for one in view.own}:
        raise NotFound
    typed = request.form.get("number", "")
    try:
        return _done(ref, lambda _: claiming.claim(place, typed),
                     "We look at the member list and write to you. The price stays as it is until then.")
    except Unacceptable as refusal:
        return _claim_again(ref, {place: (typed, refusal.sentence)})


def _claim_again(ref: str, refused: dict[int, tuple[str, str]]) -> Response:
    """The page she came from, with what she typed and why it cannot be used."""
    if queries.state_of(ref).state == "held":
        view = reviewing.opened(ref)
        return again("public/order_review.html", **reviewing.context(view, reviewing.asked(view)), refused_claims=refused)
    whole_ref = queries.whole(ref).ref
    return again("public/order.html", **order_page.context(order_page.opened(whole_ref), clock.now()), refused_claims=refused)


def _done(ref: str, act: Callable[[int], None], words: str) -> Response:
    found = queries.state_of(ref)
    try:
        with transaction():
            act(found.id)
        flash(words)
    except (NotFound, Unacceptable):
        raise
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}/review" if found.state == "held" else f"/orders/{ref}")
