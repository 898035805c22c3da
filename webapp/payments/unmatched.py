"""Money that belongs to no order yet: finance attaches it to one, or gives it back (refunds.request_of_payment)."""

from sqlalchemy import func, select

from webapp.core import audit
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import arrivals, settlement
from webapp.payments.models import Allocation, Payment, Refund
from webapp.registration.models import Order


def attach(payment_id: int, order_ref: str, *, reason: str, by_id: int) -> Payment:
    """Gives a payment that pays nothing yet to an order: it pays what is open there, and confirms its places if they wait.

    Refuses an order nobody knows, money that already pays something or has gone back, and another currency.
    """
    was_of = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    order = settlement.lock_to_pay(order_of(order_ref), was_of)
    payment = db.session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        raise NotFound
    _check(payment, order)
    before = {"order_id": payment.order_id, "note": payment.note}
    payment.order_id, payment.payer_id, payment.note = order.id, order.payer_id, ""
    db.session.flush()
    audit.record(
        "payment_attached", f"order:{order.id}", actor_id=by_id, reason=reason, before=before, after={"payment_id": payment.id}
    )
    arrivals.received(payment, order)
    return payment


def order_of(order_ref: str, field: str = "order_ref") -> int:
    """The id of an order by its number, as finance types it."""
    found = db.session.scalar(select(Order.id).where(Order.ref == order_ref.strip().upper()))
    if found is None:
        raise Unacceptable("There is no order of this number.", field=field, way_out="It is in the payer's mails, 12 letters and digits.")
    return found


def payer_of(order_ref: str) -> int:
    """The payer of an order by its number, as finance types it."""
    found = db.session.scalar(select(Order.payer_id).where(Order.ref == order_ref.strip().upper()))
    if found is None:
        raise Unacceptable("There is no order of this number.", field="order_ref",
                           way_out="It is in the address of the order and in its mails.")
    return found


def _check(payment: Payment, order: Order) -> None:
    if payment.state != "succeeded":
        raise Unacceptable(f"This payment is {payment.state}.")
    if payment.currency != order.currency:
        raise Unacceptable(f"The payment is in {payment.currency}, the order in {order.currency}.", field="order_ref")
    if payment.order_id == order.id and order.state != "expired":
        raise AlreadyDone("The payment belongs to this order already.")
    used = db.session.scalar(
        select(func.coalesce(func.sum(Allocation.amount_cents), 0)).where(Allocation.payment_id == payment.id)
    )
    gone = db.session.scalar(select(func.count(Refund.id)).where(Refund.payment_id == payment.id, Refund.state != "failed"))
    if used or gone:
        raise Unacceptable(
            "Part of this payment pays for another order, or has gone back.", way_out="Refund what is left instead."
        )
