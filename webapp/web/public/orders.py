"""/orders/<ref>: choose breakouts, review and place, see the order, more time, let go. By the unguessable reference."""

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import AlreadyDone, Closed, Refusal, Stale
from webapp.payments import additions, approvals, balance, closing, invoices
from webapp.registration import orders, registrations
from webapp.registration.orders import BillTo
from webapp.registration.queries import blocks
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.public import order_approval, order_code
from webapp.web.public.pay import to_stripe
from webapp.web.registering import order_page, picking, remembered, reviewing, views
from webapp.web.registering.cancelling import cents

pages = Blueprint("orders", __name__)


@pages.get("/orders/<ref>/review")
@access.by_secret
def review(ref: str) -> str | Response:
    """What it costs, what happens when plans change, how it is paid; with the time that is left."""
    view = reviewing.opened(ref)
    if not reviewing.is_open(view):
        return see(f"/orders/{ref}")
    return render_template("public/order_review.html", **reviewing.context(view, reviewing.asked(view)))


@pages.post("/orders/<ref>/place")
@access.by_secret
def place(ref: str) -> Response:
    """Places the order: free and on invoice at once, by card after the payment page. A code that was typed is tried first."""
    form, found = reviewing.PayForm(), queries.state_of(ref)
    if found.state != "held":
        return see(f"/orders/{ref}")
    if (form.code.data or "").strip():
        return order_code.tried(ref, form)
    if not form.validate() or order_approval.meant(form):
        return again("public/order_review.html", **reviewing.context(reviewing.opened(ref), form))
    try:
        if form.method.data == "approval":
            closing.close_live(found.id)  # she may have been on the payment page before
        with transaction():
            state = _place(found.id, form, is_addition=found.part_of_id is not None)
    except (AlreadyDone, Closed):
        return see(f"/orders/{ref}")
    except Stale as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
        return see(f"/orders/{ref}/review")
    except Refusal as refusal:
        form.refuse(refusal)
        return again("public/order_review.html", **reviewing.context(reviewing.opened(ref), form))
    if state == "placed" or form.method.data == "approval":
        return see(f"/orders/{ref}")
    return to_stripe(found.id, back=f"/orders/{ref}/review")


def _place(order_id: int, form: reviewing.PayForm, *, is_addition: bool) -> str:
    """What the form says, in the caller's transaction; the order's state afterwards."""
    seen = cents(form.total.data)
    if form.method.data == "approval":
        return order_approval.asked(order_id, form, seen)
    state = orders.place(order_id, form.method.data or "", po_number=form.po_number.data or "", seen_total_cents=seen,
                         bill_to=BillTo(form.agency.data or "", form.billing_email.data or "", form.address.data or ""))
    if state == "placed" and is_addition:
        additions.settle(order_id, clock.now())
    if state == "placed" and form.method.data == "invoice":
        invoices.issue(order_id, po_number=form.po_number.data or "")
    if state == "held" and balance.cover(order_id, clock.today(reviewing.zone())):
        return "placed"  # its balance covers what it costs by now
    return state


@pages.get("/orders/<ref>/breakouts")
@access.by_secret
def breakouts(ref: str) -> str | Response:
    """The blocks of one place, one session to pick of each; where there are none, on to the review."""
    view = queries.by_ref(ref)
    if not view.active:
        return see(f"/orders/{ref}")
    chosen = _place_of(view, request.args.get("place", ""))
    choices = blocks.of_registration(chosen.id)
    if not choices or not views.may_choose(chosen, clock.now()):
        return see(f"/orders/{ref}" + ("/review" if reviewing.is_open(view) else ""))
    return render_template("public/order_breakouts.html", **_picking(view, chosen, choices, picking.picked(request.args)))


@pages.post("/orders/<ref>/breakouts")
@access.by_secret
def choose(ref: str) -> Response:
    """Takes what was picked, all or none; what is full by now is said beside its block."""
    view = queries.by_ref(ref)
    if not view.active:
        return see(f"/orders/{ref}")
    chosen = _place_of(view, request.form.get("place", ""))
    picked = picking.picked(request.form)
    try:
        with transaction():
            registrations.choose_breakouts(chosen.id, picked)
    except Refusal as refusal:
        choices = blocks.of_registration(chosen.id)
        return make_response(render_template("public/order_breakouts.html", **_picking(view, chosen, choices, picked, refusal)), 422)
    if reviewing.is_open(view):
        return see(f"/orders/{ref}/review")
    flash("Your breakouts are saved.")
    return see(f"/orders/{ref}")


@pages.post("/orders/<ref>/time")
@access.by_secret
def more_time(ref: str) -> Response:
    """Ten minutes more, twice at most."""
    try:
        with transaction():
            until = orders.give_more_time(queries.id_of(ref))
        flash(f"Kept for you until {reviewing.until_words(until)}.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    return see(f"/orders/{ref}/review")


@pages.post("/orders/<ref>/release")
@access.by_secret
def release(ref: str) -> Response:
    """Gives the held seat back."""
    order_id = queries.id_of(ref)
    with transaction():
        orders.let_go(order_id)
        approvals.withdraw(order_id, reviewing.zone())
    return see(f"/orders/{ref}")


@pages.get("/orders/<ref>")
@access.by_secret
def order(ref: str) -> str | Response:
    """Where the order stands, what comes next, and what can be done. What was added later is shown with the order it is part of."""
    parts = order_page.opened(ref)
    view = parts[0].view
    if view.order.whole_ref and view.order.state in ("placed", "cancelled"):
        return see(f"/orders/{view.order.whole_ref}")
    if not view.places:  # it owes parts of others' places: a grant's, or another payer's
        return render_template("public/order_parts.html", view=view, balance=parts[0].balance, bills=parts[0].bills)
    return render_template("public/order.html", **order_page.context(parts, clock.now()))


def _picking(view: OrderView, chosen: Any, choices: Any, picked: Any, refusal: Refusal | None = None) -> dict[str, Any]:
    left, whole, until = reviewing.time_left(view)
    return {"left_seconds": left, "whole_seconds": whole, "until": until, "hold_until": view.order.hold_until,
            "is_open": reviewing.is_open(view), "steps": remembered.steps(True), "full": picking.full(choices, chosen.id),
            **picking.page(f"/orders/{view.order.ref}", chosen, choices, picked, refusal)}


def _place_of(view: OrderView, wanted: str) -> Any:
    """The active place that is named; else the first that has anything to choose."""
    named = next((one for one in view.active if str(one.id) == wanted), None)
    return named or next((one for one in view.active if one.has_blocks), view.active[0])
