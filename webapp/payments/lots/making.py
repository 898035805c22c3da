"""A lot comes to be: money leaves the payment it came by, and its order, by a refund that does not leave the house."""

from collections.abc import Mapping
from datetime import date

from webapp.core import audit, clock, tokens
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.payments.lots import bound, messages, rows
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.payments.rules import balance as rules
from webapp.payments.rules.allocations import Money
from webapp.registration.deferrals.models import Deferral

NOT_NEEDED = "Nothing of its course is left to pay here"


def make(payment: Payment, cents: int, payer_id: int | None, expires_on: date, reason: str, by_id: int | None,
         deferral_id: int | None = None) -> BalanceLot:
    """A lot of so many cents of the payment, which must have them; its payer is told. `payer_id`: whose, where the payment does not say.

    What was bound to a course is bound to it again, with the day it had, unless a place is put off with it now (`deferral_id`).
    """
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
    rows.note(lot.id, cents, "kept", by_id=by_id, reason=reason)
    messages.kept(lot)
    return lot


def return_part(payment: Payment, amount_cents: int, *, reason: str, by_id: int | None) -> int:
    """Money that came from a balance goes back to it, good for 30 days at least; the id of the refund that says so.

    What paid for the course it was bound to is bound to it again.
    """
    earlier, day = rows.of_payment(payment.id), clock.now().date() + rules.RETURNED_FOR
    return make(payment, amount_cents, None, max(day, earlier.expires_on) if earlier else day, reason, by_id).refund_id


def return_bound(order_id: int, free: Mapping[Money, int], put_off_id: int | None) -> int:
    """Of money that is bound to courses, the cents that pay for nothing of them in the order wait for other dates; how many.

    `put_off_id`: what is bound to the course of this place waits with it, for it was put off just now.
    """
    put_off = db.session.get_one(Deferral, put_off_id) if put_off_id is not None else None
    for money, cents in free.items():
        payment = db.session.get_one(Payment, money.id)
        if put_off is not None and put_off.course_id == money.course_id:
            make(payment, cents, None, put_off.expires_on, NOT_NEEDED, None, put_off.id)
        else:
            return_part(payment, cents, reason=NOT_NEEDED, by_id=None)
    total = sum(free.values())
    if total:
        audit.record("balance_kept", f"order:{order_id}", actor_id=None, reason=NOT_NEEDED, after={"cents": total})
    return total
