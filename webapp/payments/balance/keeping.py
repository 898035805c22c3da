"""Money that stays with us for its payer: it leaves the payment it came by, and the order, and becomes a lot of her balance."""

from datetime import date

from sqlalchemy import select

from webapp.core import audit, clock, money, tokens
from webapp.core.db import db
from webapp.core.errors import NotFound, Unacceptable
from webapp.payments import settlement
from webapp.payments.balance import bound, lots, messages
from webapp.payments.models import BalanceLot, Payment, Refund
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
    made = [_keep(db.session.get_one(Payment, payment_id), cents, None, expires_on, reason, by_id, deferral_id)
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
    lot = _keep(payment, amount_cents, payer_id, expires_on, reason, by_id)
    audit.record("balance_kept", f"order:{order_id}" if order_id else f"payment:{payment_id}", actor_id=by_id, reason=reason,
                 after={"cents": amount_cents, "until": expires_on.isoformat()})
    return lot.id


def free_cents(payment: Payment) -> int:
    """Cents of a payment that pay nothing and have neither gone back nor are on their way. Lock it first."""
    found = settlement.money_of(payment.id)
    if found is None:
        raise Unacceptable(f"This payment is {payment.state}, so there is nothing to keep.")
    mine = settlement.allocated(settlement.shares(payment.order_id)) if payment.order_id else {}
    return refunding.refundable(found) - mine.get(payment.id, 0)


def return_part(payment: Payment, amount_cents: int, *, expires_on: date, reason: str, by_id: int | None) -> int:
    """Money that came from a balance goes back to it; the id of the refund that says so. `expires_on` at the earliest.

    What paid for the course it was bound to is bound to it again.
    """
    earlier = lots.of_payment(payment.id)
    day = max(expires_on, earlier.expires_on) if earlier else expires_on
    return _keep(payment, amount_cents, None, day, reason, by_id).refund_id


def _keep(payment: Payment, cents: int, payer_id: int | None, expires_on: date, reason: str, by_id: int | None,
          deferral_id: int | None = None) -> BalanceLot:
    if cents <= 0:
        raise Unacceptable("A balance is more than $0.00.", field="amount")
    if payment.method == "balance" and deferral_id is None:
        deferral_id, expires_on = bound.again(payment.id, expires_on)
    now = clock.now()
    refund = Refund(payment_id=payment.id, amount_cents=cents, state="succeeded", to_balance=True, reason=reason[:255],
                    idempotency_key=tokens.secret(), requested_by_id=by_id, created_at=now, ended_at=now)
    db.session.add(refund)
    db.session.flush()
    lot = BalanceLot(payer_id=payer_id or payment.payer_id, refund_id=refund.id, amount_cents=cents, left_cents=cents,
                     currency=payment.currency, expires_on=expires_on, deferral_id=deferral_id, reason=reason[:255], created_at=now)
    db.session.add(lot)
    db.session.flush()
    lots.note(lot.id, cents, "kept", by_id=by_id, reason=reason)
    messages.kept(lot)
    return lot
