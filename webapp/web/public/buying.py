"""/orders/<ref>/things/<id>: something more for a place of the order. By the order's unguessable reference, so by who pays."""

from typing import Any

from flask import Blueprint, Response, flash, render_template

from webapp.core import clock
from webapp.registration import registrations, sale
from webapp.registration.queries.orders import OrderView
from webapp.registration.registrations import Bought
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.public.pay import to_stripe
from webapp.web.public.substituting import place_of
from webapp.web.registering import buying, deciding
from webapp.web.security import limiter

pages = Blueprint("buying", __name__)


@pages.get("/orders/<ref>/things/<int:registration_id>")
@access.by_secret
def choosing(ref: str, registration_id: int) -> str | Response:
    """What can be bought for the place; where nothing can any more, says why."""
    view = deciding.decided(ref)
    place = place_of(view, registration_id)
    refusal = registrations.buying_refused(place, clock.now())
    if refusal is not None:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(f"/orders/{ref}")
    of = sale.load_by_id(place.event_id)
    return render_template("public/order_things.html", **_page(view, place, of, buying.build(of)))


@pages.post("/orders/<ref>/things/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def buy(ref: str, registration_id: int) -> str | Response:
    """First shows what it costs, then, sent again from there, buys it and goes on to the payment where it is not on invoice."""
    view = deciding.decided(ref)
    place = place_of(view, registration_id)
    of = sale.load_by_id(place.event_id)
    form = buying.build(of)
    found, is_done = buying.proceed(form, of, registration_id)
    if is_done and found is not None:
        flash(buying.what_next(found, view.order.method, ref))
        if found.change_cents and view.order.method != "invoice":
            return to_stripe(found.order_id, back=f"/orders/{ref}")
        return see(f"/orders/{ref}")
    if form.errors or form.form_errors:
        return again("public/order_things.html", **_page(deciding.decided(ref), place, of, form))
    return render_template("public/order_things.html", **_page(view, place, of, form, found))


def _page(view: OrderView, place: Any, of: Sale, form: Any, found: Bought | None = None) -> dict[str, Any]:
    how = "An invoice of its own comes for this." if view.order.method == "invoice" else "You pay it by card on the next page."
    return {"view": view, "place": place, **buying.page(of, form, found, view.total_cents, how)}
