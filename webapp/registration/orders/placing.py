"""From held to placed: free and on invoice at once, by card when payments says that the money came."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.accounts import names
from webapp.accounts.models import Agency
from webapp.core import clock, states, text
from webapp.core.db import db, insert_row
from webapp.core.errors import AlreadyDone, Closed, Stale, Unacceptable
from webapp.registration import ledger
from webapp.registration.models import ORDER_MOVES, Order, Payer
from webapp.registration.orders import confirming
from webapp.registration.orders.locking import locked

PAYING = timedelta(minutes=35)  # a payment page lives at least 30 minutes; the seats are kept as long
INVOICE_DAYS = 30


@dataclass(frozen=True)
class BillTo:
    """The agency that pays by invoice, as the buyer named it; `email` empty is the buyer's."""

    name: str
    email: str = ""
    address: str = ""
    agency_id: int | None = None


def place(order_id: int, method: str, *, po_number: str = "", bill_to: BillTo | None = None,
          seen_total_cents: int | None = None, approved: bool = False) -> str:
    """The buyer chose how to pay and accepted the policy. Returns the order's state afterwards.

    `free` (only when nothing is owed) and `invoice` confirm at once; an invoice keeps the places until a release date.
    `card` keeps the order held, long enough for the payment page; payments calls `confirm` when the money came.
    `seen_total_cents`: what the page showed; refused with Stale when the order says otherwise. `approved`: the agency that was asked
    says so itself. Refuses an order that is placed already (AlreadyDone), let go (Closed), one an agency is asked about, or an
    unknown method.
    """
    now = clock.now()
    order = locked(order_id)
    still_open(order, now)
    if order.approval_until is not None and not approved:
        raise AlreadyDone("Your agency is being asked whether it pays.", code="asked",
                          way_out="Choose another way to pay first; then the agency is not asked any more.")
    with db.session.no_autoflush:
        return _place(order, method, po_number, bill_to, seen_total_cents, now)


def same_total(order_id: int, seen_total_cents: int | None) -> int:
    """What the order owes, in cents; refused as Stale when the page showed something else."""
    total = ledger.owed(order_id)
    if seen_total_cents is not None and seen_total_cents != total:
        raise Stale("The amount changed since you opened this page.", way_out="Look at it again before you go on.", code="changed_price")
    return total


def _place(order: Order, method: str, po_number: str, bill_to: BillTo | None, seen_total_cents: int | None, now: datetime) -> str:
    total = same_total(order.id, seen_total_cents)
    order.method = _method(method, total)
    order.po_number = text.clean(po_number, field="po_number", limit=60)
    order.policy_accepted_at = now
    buyer = db.session.get_one(Payer, order.payer_id)
    if order.method == "invoice" and (billed := _billed(buyer, bill_to)) is not None:
        order.payer_id = agency_payer(buyer, billed, now)
    if order.method == "card":
        order.hold_until = max(order.hold_until or now, now + PAYING)
        return order.state
    release_on = (now + timedelta(days=INVOICE_DAYS)).date() if order.method == "invoice" else None
    confirming.complete(order, now, release_on=release_on, buyer=buyer)
    return order.state


def still_open(order: Order, now: datetime) -> None:
    """Refuses an order that waits for its buyer no more."""
    if order.state == "placed":
        raise AlreadyDone("This order is placed already; nothing was done twice.")
    if order.state != "held" or (order.hold_until is not None and order.hold_until <= now):
        raise Closed("The time for this order is over, so the seat was let go.", code="expired",
                     way_out="What you typed is kept: try again.")
    states.check(ORDER_MOVES, "order", order.state, "placed")


def _method(method: str, total_cents: int) -> str:
    if total_cents <= 0:
        return "free"
    if method not in ("card", "invoice"):
        raise Unacceptable("Choose how the place is paid.", field="method")
    return method


def _billed(buyer: Payer, typed: BillTo | None) -> BillTo | None:
    """Who is billed: the agency that books, as staff keep it, whatever was typed."""
    if buyer.agency_id is None:
        return typed
    agency = db.session.get_one(Agency, buyer.agency_id)
    return BillTo(agency.billing_name or agency.name, agency.billing_email, agency.billing_address, agency.id)


def agency_payer(first: Payer, bill_to: BillTo, now: datetime) -> int:
    """A payer of its own: an agency named by the buyer. The first one stays as the buyer's name and address."""
    if not bill_to.name.strip():
        raise Unacceptable("Write who the invoice is for: an agency, or your own name.", field="agency")
    return insert_row(Payer, {
        "kind": "agency", "agency_id": bill_to.agency_id, "person_id": first.person_id, "created_at": now,
        "name": text.clean(bill_to.name, field="agency", limit=200),
        "email": names.address(bill_to.email, field="billing_email") if bill_to.email.strip() else first.email,
        "address": text.clean(bill_to.address, field="address", limit=1000, lines=True)}).id
