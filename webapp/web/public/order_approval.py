"""/orders/<ref>/approval: who ordered asks her agency whether it pays, has the question sent again, or takes it back."""

from typing import Any

from flask import Blueprint, Response, flash

from webapp.core import logs
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.payments import approvals, closing
from webapp.payments.approvals import asking
from webapp.payments.approvals.queries import latest
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.forms import see
from webapp.web.registering import reviewing
from webapp.web.security import limiter

pages = Blueprint("order_approval", __name__)
log = logs.logger(__name__)


@pages.post("/orders/<ref>/approval/again")
@access.by_secret
@limiter.limit("20 per hour")
def again(ref: str) -> Response:
    """Sends the question to the approver once more."""
    order_id = queries.id_of(ref)
    try:
        with transaction():
            approvals.remind(order_id)
        flash("The mail is on its way once more.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
    return see(f"/orders/{ref}")


@pages.post("/orders/<ref>/approval/withdraw")
@access.by_secret
def withdraw(ref: str) -> Response:
    """Nobody is asked any more; the seat is kept while she chooses another way to pay."""
    order_id = queries.id_of(ref)
    try:
        closing.close_live(order_id)  # the approver may stand on the payment page
        with transaction():
            if approvals.withdraw(order_id, reviewing.zone()):
                flash("Nobody is asked any more. Your seat is still kept: choose how it is paid.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(f"/orders/{ref}")
    return see(f"/orders/{ref}/review")


def asked(order_id: int, form: Any, seen_total_cents: int) -> str:
    """Asks the agency of the form, in the caller's transaction; the order stays held."""
    wish = asking.Wish(form.agency.data or "", form.approver_email.data or "", form.approver.data or "")
    approvals.ask(order_id, wish, reviewing.zone(), seen_total_cents=seen_total_cents)
    return "held"


def meant(form: Any) -> list[str]:
    """Agencies we know whose names are like the typed one, the first time it is typed so: she may have meant one of them."""
    typed = (form.agency.data or "").strip()
    if form.method.data != "approval" or not typed or typed == form.agency_meant.data:
        return []
    found = asking.like(typed)
    if found:
        form.agency_meant.data = typed
        form.agency.errors = [f"Do you mean {' or '.join(found)}? Write its name so, or send this once more to keep what you wrote."]
    return found


def shown(view: OrderView) -> dict[str, Any] | None:
    """The question as her page shows it while it is open; None when nobody is asked."""
    if view.order.state != "held" or view.order.approval_until is None:
        return None
    found = latest(view.order.id)
    if found is None or found.state != "asked":
        return None
    address = masked(found.approver_email) if found.by_contact else found.approver_email
    return {"who": found.approver_name or address, "address": address, "agency": found.agency_name, "asked_at": found.asked_at,
            "until": found.until, "hold_until": view.order.hold_until, "may_remind": found.reminded < asking.MOST_REMINDERS}


def masked(address: str) -> str:
    """`b…@dane.example`: the billing contact we know, whose address who ordered never typed."""
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"
