"""What a balance paid comes back to it, as if it had never been: the order came to nothing, or the money was none."""

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.payments import lots, settlement
from webapp.payments.balance import keeping
from webapp.payments.lots import making
from webapp.payments.models import Allocation, Payment
from webapp.payments.rules import balance as rules


def return_unused(order_id: int, *, reason: str = "The hold ended before the rest was paid.") -> int:
    """The order came to nothing: what its balance had paid and no place needs goes back to the balance; the cents.

    Only of an order that ended before it was placed; one that was placed gives money back by a refund. Locks the order.
    """
    order = settlement.lock(order_id)
    if order.ended_at is None or order.placed_at is not None:
        return 0
    paid = db.session.scalars(
        select(Payment).where(Payment.order_id == order_id, Payment.method == "balance", Payment.state == "succeeded",
                              Payment.id.not_in(select(Allocation.payment_id))).order_by(Payment.id).with_for_update()).all()
    if len(paid) > 1:
        lots.stand_still([payment.id for payment in paid])
    return sum(_return(payment, reason) for payment in paid)


def _return(payment: Payment, reason: str) -> int:
    """All of it as if it had never been; or, when staff gave a part back already, what is left of it, as a refund to the balance."""
    left = keeping.free_cents(payment)
    if left == payment.amount_cents:
        return undo(payment, reason=reason, by_id=None)
    if left:
        making.return_part(payment, left, reason=reason, by_id=None)
    return left


def undo(payment: Payment, *, reason: str, by_id: int | None) -> int:
    """A payment by balance was no money after all: its lot has it again. What it paid is the caller's to take back."""
    lot = lots.of_payment(payment.id)
    if lot is None or payment.state != "succeeded":
        return 0
    payment.state, payment.failed_at, payment.note = "failed", clock.now(), reason[:500]
    lots.move(lot.id, payment.amount_cents, "returned", payment_id=payment.id, by_id=by_id, reason=reason)
    lots.prolong(lot.id, clock.now().date() + rules.RETURNED_FOR)
    return payment.amount_cents
