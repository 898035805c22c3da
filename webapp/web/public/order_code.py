"""/orders/<ref>/code: a discount code put on an order that is held, and taken off again. By the order's unguessable reference."""

from flask import Blueprint, Response, flash, request

from webapp.core.db import transaction
from webapp.core.errors import Closed, NotFound, Refusal
from webapp.registration import orders
from webapp.registration.queries import orders as queries
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.registering import remembered, reviewing
from webapp.web.security import limiter

pages = Blueprint("order_code", __name__)


@pages.post("/orders/<ref>/code")
@access.by_secret
@limiter.limit("60 per hour")
def put(ref: str) -> Response:
    """Puts the typed code on the order and shows what it does; a code that cannot be used says why, beside its field."""
    return tried(ref, reviewing.PayForm())


@pages.post("/orders/<ref>/code/remove")
@access.by_secret
def remove(ref: str) -> Response:
    """Takes the code off again."""
    order_id = queries.id_of(ref)
    try:
        with transaction():
            by_fund = request.form.get("what") == "fund"
            (orders.remove_fund if by_fund else orders.remove_code)(order_id)
        flash("What you typed is taken off your order." if by_fund else "The code is off your order, and may be used again.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}/review")


def tried(ref: str, form: reviewing.PayForm) -> Response:
    """What became of the code in the form; the rest of what was typed is still there afterwards."""
    order_id, typed = queries.id_of(ref), form.code.data or ""
    if not form.code.validate(form) or not typed.strip():
        form.code.errors = form.code.errors or ["Write the code, or leave the field empty and go on."]
        return _again(ref, form)
    try:
        with transaction():
            note = orders.apply_code(order_id, typed)
    except Closed as refusal:
        return _again(ref, form, refusal) if refusal.field else see(f"/orders/{ref}")
    except NotFound:
        raise
    except Refusal as refusal:
        return _again(ref, form, refusal)
    remembered.keep_paying(ref, form)
    flash(note or "The code is on your order; the amount has changed. You have paid nothing yet.", "info" if note else "done")
    return see(f"/orders/{ref}/review")


def _again(ref: str, form: reviewing.PayForm, refusal: Refusal | None = None) -> Response:
    if refusal is not None:
        form.refuse(refusal)
    view = reviewing.opened(ref)
    return again("public/order_review.html", **reviewing.context(view, form)) if reviewing.is_open(view) else see(f"/orders/{ref}")
