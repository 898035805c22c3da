"""Paying by card: out to Stripe's page and back. The buyer comes back before or after Stripe's webhook; both are right."""

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request
from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.payments import checkout, gateway, inbox
from webapp.payments.models import CheckoutPage, Invoice, Payment
from webapp.payments.pages import ORDER, CameFrom
from webapp.registration.models import Order
from webapp.web import access
from webapp.web.forms import see
from webapp.web.public import approve
from webapp.web.registering import deciding

pages = Blueprint("pay", __name__)


@pages.post("/orders/<ref>/card")
@access.by_secret
def start(ref: str) -> Response:
    """Opens Stripe's page for what is due on the order (`whole=1`: everything still open) and goes there."""
    return to_stripe(deciding.decided(ref).order.id, back=f"/orders/{ref}", whole=request.form.get("whole") == "1")


@pages.get("/orders/<ref>/paid")
@access.by_secret
def paid(ref: str) -> Response:
    """The buyer is back from Stripe. When no webhook has told of the payment yet, Stripe is asked now, by the same inbox."""
    order_id = order_id_of(ref)
    session_id = request.args.get("session", "")
    session_id = session_id if session_id.replace("_", "").isalnum() else ""
    page = db.session.execute(
        select(CheckoutPage.id, CheckoutPage.state).where(CheckoutPage.provider_session_id == session_id[:100],
                                                          CheckoutPage.order_id == order_id)).one_or_none()
    if page is None:
        return see(f"/orders/{ref}")
    if page.state != "complete" and not _ask_stripe(session_id):
        return _waiting(f"/orders/{ref}/paid?session={session_id}", own=True)
    return _state(ref, order_id)


@pages.get("/paid/<key>")
@access.by_secret
def paid_elsewhere(key: str) -> Response:
    """Who paid from an invoice's or an approver's page is back (`paid=no`: she turned round): on to that page, never to the order's."""
    page = db.session.execute(
        select(CheckoutPage.state, CheckoutPage.provider_session_id, CheckoutPage.order_id, CheckoutPage.approval_id, Invoice.ref)
        .outerjoin(Invoice, Invoice.id == CheckoutPage.invoice_id)
        .where(CheckoutPage.idempotency_key == key, CheckoutPage.invoice_id.is_not(None) | CheckoutPage.approval_id.is_not(None))
    ).one_or_none()
    if page is None:
        raise NotFound
    turned_back = request.args.get("paid") == "no"
    if page.state != "complete" and not turned_back and page.provider_session_id and not _ask_stripe(page.provider_session_id):
        return _waiting(f"/paid/{key}", own=False)
    said = _said(page.order_id, key)
    back = f"/invoices/{page.ref}" if page.ref else approve.way_back(page.approval_id)
    if not back:
        return make_response(render_template("public/pay_done.html", said=said))
    flash(*said)
    return see(back)


def to_stripe(order_id: int, *, back: str, whole: bool = False, came_from: CameFrom = ORDER) -> Response:
    """303 to the payment page, or back with the reason why there is none."""
    today = clock.today(current_app.config["SETTINGS"].association_timezone)
    try:
        return see(checkout.open_page(order_id, today, whole=whole, came_from=came_from))
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "info" if refusal.code == "just_paid" else "warning")
        return see(back)


def order_id_of(ref: str) -> int:
    """The order behind an unguessable reference; 404 when there is none."""
    order_id = db.session.scalar(select(Order.id).where(Order.ref == ref))
    if order_id is None:
        raise NotFound
    return order_id


def _ask_stripe(session_id: str) -> bool:
    """Whether Stripe could be asked; what it answers goes through the inbox like a webhook."""
    try:
        told = gateway.retrieve_session(session_id)
    except Refusal:
        return False
    if told.status != "open":
        inbox.hear(told, "return")
    return True


def _state(ref: str, order_id: int) -> Response:
    """On to the order; a person who stopped at Stripe goes back to where she can choose again."""
    state = db.session.scalar(select(Order.state).where(Order.id == order_id))
    newest = db.session.scalar(select(Payment.state).where(Payment.order_id == order_id).order_by(Payment.id.desc()).limit(1))
    if newest == "processing":
        flash("Your bank is confirming the payment; that can take a few days. Your place is kept, and we write to you.")
    if state == "held" and newest is None:
        flash("Stripe has not received a payment. Your place is kept; you can try again.", "warning")
        return see(f"/orders/{ref}/review")
    return see(f"/orders/{ref}")


def _said(order_id: int, key: str) -> tuple[str, str]:
    """What became of the page she comes from, and the kind of the notice."""
    state = db.session.scalar(select(CheckoutPage.state).where(CheckoutPage.idempotency_key == key))
    newest = db.session.scalar(select(Payment.state).where(Payment.order_id == order_id).order_by(Payment.id.desc()).limit(1))
    if state != "complete":
        return "Stripe has not received a payment: nothing was charged. You can try again.", "warning"
    if newest == "processing":
        return "Your bank is confirming the payment; that can take a few days. You need not pay again.", "info"
    return "Your payment has arrived. The receipt comes by mail.", "info"


def _waiting(address: str, *, own: bool) -> Response:
    """Stripe could not be asked just now: the page says so and looks again by itself."""
    answer = make_response(render_template("public/pay_waiting.html", address=address, own=own))
    answer.headers["Refresh"] = "5"
    return answer
