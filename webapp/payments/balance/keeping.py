"""Money that stays with us for its payer: it leaves the payment it came by, and the order, and becomes a lot of her balance."""

from datetime import date

from sqlalchemy import select

from webapp.core import audit, money
from webapp.core.db import db
from webapp.core.errors import NotFound, Unacceptable
from webapp.payments import settlement
from webapp.payments.lots import making
from webapp.payments.models import Payment
from webapp.payments.rules import refunding


def keep(order_id: int, amount_cents: int, *, expires_on: date, reason: str, by_id: int | None,
         deferral_id: int | None = None) -> list[int]:
    """Keeps what was paid for the order as its payers' balance; the ids of the lots (one for each payment it came by).

    Call after the charges were changed: money that pays nothing any more goes first, the newest payment first, as with a refund.
    `expires_on` is the last day it can be used. Refuses an amount of nothing, and more than was paid and has not gone back.
    `deferral_id`: for another date of that course only. What was bound to a course before stays so. The payer is told. Locks the order.
    """
    settlement.lock(order_id)
    settlement.bring_in_line(order_id)
    payments = settlement.moneys(order_id)[::-1]
    parts = refunding.split(amount_cents, payments, settlement.allocated(settlement.shares(order_id)))
    made = [making.make(db.session.get_one(Payment, payment_id), cents, None, expires_on, reason, by_id, deferral_id)
            for payment_id, cents in parts]
    settlement.bring_in_line(order_id)
    audit.record("balance_kept", f"order:{order_id}", actor_id=by_id, reason=reason,
                 after={"cents": amount_cents, "until": expires_on.isoformat()})
    return [lot.id for lot in made]


def keep_payment(payment_id: int, amount_cents: int, *, expires_on: date, reason: str, by_id: int | None,
                 payer_id: int | None = None) -> int:
    """Keeps money of one payment that pays nothing (finance's list); the id of the lot. `payer_id`: whose, when no order says it.

    Refuses a payment that is no money, one nobody's payer is known of, and more than pays nothing.
    """
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is not None:
        settlement.lock(order_id)
    payment = db.session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        raise NotFound
    free = free_cents(payment)
    if amount_cents > free:
        raise Unacceptable(f"At most {money.written(free)} of this payment pay for nothing.", field="amount", code="beyond_paid")
    if payer_id is None and payment.payer_id is None:
        raise Unacceptable("Say whose balance it is: the number of an order of this payer.", field="order_ref")
    lot = making.make(payment, amount_cents, payer_id, expires_on, reason, by_id)
    audit.record("balance_kept", f"order:{order_id}" if order_id else f"payment:{payment_id}", actor_id=by_id, reason=reason,
                 after={"cents": amount_cents, "until": expires_on.isoformat()})
    return lot.id


def free_cents(payment: Payment) -> int:
    """Cents of a payment that pay nothing and have neither gone back nor are on their way. Lock it first."""
    found = settlement.money_of(payment.id)
    if found is None:
        raise Unacceptable(f"This payment is {payment.state}, so there is nothing to keep.")
    mine = settlement.allocated(settlement.shares(payment.order_id)) if payment.order_id else {}
    return found.usable_cents - mine.get(payment.id, 0)
