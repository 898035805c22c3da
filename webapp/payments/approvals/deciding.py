"""What the approver says: yes on invoice, no with a word why, or on to the payment page. Each under the order's lock."""

from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Agency, EmailAddress, RoleGrant
from webapp.core import clock, states, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, NotFound, Unacceptable
from webapp.payments import additions, invoices, settlement
from webapp.payments.approvals import asking, letters
from webapp.payments.models import APPROVAL_MOVES, Invoice, Payment, PaymentApproval
from webapp.payments.rules import approving
from webapp.registration import orders
from webapp.registration.models import Order
from webapp.registration.orders import BillTo


def approve(approval_id: int, *, po_number: str = "") -> Invoice | None:
    """The agency pays on invoice: the order is placed, the invoice issued to the approver, the attendee confirmed and told.

    Refused without a purchase order number where the agency demands one, and when the question is not open any more.
    """
    order, found = open_question(approval_id)
    agency = db.session.get(Agency, found.agency_id) if found.agency_id else None
    number = text.clean(po_number, field="po_number", limit=60)
    if agency is not None and agency.po_required and not number:
        raise Unacceptable(f"{agency.name} pays no invoice without a purchase order number.", field="po_number", code="po_required")
    orders.place(order.id, "invoice", po_number=number, bill_to=bill_to(found, agency), approved=True)
    found.po_number = number
    move(found, "approved", clock.now())
    additions.settle(order.id, clock.now())
    return invoices.issue(order.id)


def decline(approval_id: int, *, reason: str, zone: str) -> None:
    """The agency does not pay; who ordered is told why and may pay herself. Refused without a word why."""
    why = text.clean(reason, field="reason", limit=500, lines=True)
    if not why:
        raise Unacceptable("Write a word why: the person reads it.", field="reason")
    order, found = open_question(approval_id)
    now = clock.now()
    found.reason = why
    move(found, "declined", now)
    orders.stop_asking(order, approving.grace(now, asking.starts(order.id), zone))
    letters.ended(found, order)


def to_card(approval_id: int) -> int:
    """The approver goes to the payment page; returns the order's id. The question stays open until the money comes."""
    order, _ = open_question(approval_id)
    order.method = "card"
    return order.id


def open_question(approval_id: int) -> tuple[Order, PaymentApproval]:
    """The order, locked, and the question, while it can be answered. Anything else is refused with what became of it."""
    order_id = db.session.scalar(select(PaymentApproval.order_id).where(PaymentApproval.id == approval_id))
    if order_id is None:
        raise NotFound
    order = settlement.lock(order_id)
    found = db.session.get_one(PaymentApproval, approval_id, populate_existing=True)
    if found.state != "asked":
        raise AlreadyDone("This was answered already; nothing was done twice.", code=found.state)
    if order.state != "held":
        raise Closed("The request was taken back.", code="withdrawn")
    if found.until <= clock.now():
        raise Closed("The time to answer is over.", code="silent", way_out="The person was told, and may still pay herself or ask again.")
    if db.session.scalar(select(Payment.id).where(Payment.order_id == order_id, Payment.state == "processing")) is not None:
        raise AlreadyDone("A bank is confirming a payment for this order.", code="processing")
    return order, found


def bill_to(found: PaymentApproval, agency: Agency | None) -> BillTo:
    """The agency as payer. It is tied to the agency we know only when the approver is known to belong to it."""
    if agency is None or not speaks_for(found.approver_email, agency):
        return BillTo(found.agency_name, found.approver_email)
    return BillTo(found.agency_name, found.approver_email, agency.billing_address, agency.id)


def speaks_for(email: str, agency: Agency) -> bool:
    """Whether the address is the agency's billing contact, or proved by one of its supervisors."""
    if email == agency.billing_email.lower():
        return True
    return db.session.scalar(
        select(RoleGrant.id).join(EmailAddress, EmailAddress.person_id == RoleGrant.person_id)
        .where(RoleGrant.agency_id == agency.id, RoleGrant.ended_at.is_(None), EmailAddress.address == email,
               EmailAddress.verified_at.is_not(None)).limit(1)) is not None


def move(found: PaymentApproval, state: str, at: datetime) -> None:
    """Ends the question in this state; what still waits to be sent about it is not sent."""
    states.check(APPROVAL_MOVES, "question", found.state, state)
    found.state, found.ended_at = state, at
    letters.forget(found)
