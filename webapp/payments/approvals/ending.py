"""Questions that end without the approver's answer: nobody answered, the money came, who ordered chose another way."""

from datetime import datetime

from sqlalchemy import select

from webapp.accounts.models import Agency
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import settlement
from webapp.payments.approvals import asking, letters
from webapp.payments.approvals.deciding import bill_to, move
from webapp.payments.models import Payment, PaymentApproval
from webapp.payments.rules import approving
from webapp.registration import orders
from webapp.registration.models import Order, Payer
from webapp.registration.orders import placing

OVER = ("placed", "expired", "cancelled")


def due(now: datetime, limit: int = 200) -> list[int]:
    """Orders whose agency has not answered in time, or that ended while it was asked."""
    return list(db.session.scalars(
        select(PaymentApproval.order_id).join(Order, Order.id == PaymentApproval.order_id)
        .where(PaymentApproval.state == "asked", (PaymentApproval.until <= now) | Order.state.in_(OVER))
        .order_by(PaymentApproval.until, PaymentApproval.id).limit(limit)))


def end_due(order_id: int, zone: str) -> str:
    """Ends a question that is over; returns its state, or '' when it is open still. A payment a bank confirms is waited for."""
    order, now = settlement.lock(order_id), clock.now()
    found = _asked(order_id)
    if found is None:
        return ""
    if order.state in OVER:
        _withdrawn(found, now)
        return "withdrawn"
    if order.state != "held" or found.until > now or _bank_confirms(order_id):
        return ""
    move(found, "silent", now)
    orders.stop_asking(order, approving.grace(now, asking.starts(order_id), zone))
    letters.ended(found, order)
    return "silent"


def withdraw(order_id: int, zone: str) -> bool:
    """Who ordered chooses another way to pay, or lets the places go: the approver is told. False when nobody is asked."""
    order, now = settlement.lock(order_id), clock.now()
    found = _asked(order_id)
    if found is None:
        return False
    _withdrawn(found, now)
    orders.stop_asking(order, approving.grace(now, asking.starts(order_id), zone))
    return True


def paid(order: Order, payment: Payment) -> None:
    """The money came while the agency was asked: it is the payer, and gets the receipt. The order is locked and placed."""
    found = _asked(order.id)
    if found is None:
        return
    agency = db.session.get(Agency, found.agency_id) if found.agency_id else None
    order.payer_id = placing.agency_payer(db.session.get_one(Payer, order.payer_id), bill_to(found, agency), clock.now())
    payment.payer_id = order.payer_id
    move(found, "paid", clock.now())


def _asked(order_id: int) -> PaymentApproval | None:
    return db.session.scalar(select(PaymentApproval).where(PaymentApproval.order_id == order_id, PaymentApproval.state == "asked")
                             .execution_options(populate_existing=True))


def _withdrawn(found: PaymentApproval, now: datetime) -> None:
    move(found, "withdrawn", now)
    letters.taken_back(found)


def _bank_confirms(order_id: int) -> bool:
    return db.session.scalar(select(Payment.id).where(Payment.order_id == order_id, Payment.state == "processing")) is not None
