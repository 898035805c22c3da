"""Money that was sent back before the payment it came from turned out to be no money: its payer owes it on the payment's order.

No charge says so, because nothing was sold: less than nothing was received, and the order is open by so much more. The next money
of the order that pays nothing else covers it: the refund is booked as come back, and at the same moment as one of that money. Where
that money came by card and Stripe gives more of it back than is left then, so much is a debt again, in the same way.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from webapp.core import clock, tokens
from webapp.core.db import db
from webapp.payments.models import Payment, Refund


def of_order(order_id: int) -> int:
    """Cents that the order owes for what was sent back. Reads only."""
    return int(db.session.scalar(select(func.coalesce(func.sum(Refund.amount_cents), 0)).select_from(Refund).join(Payment).where(
        *_stands(order_id))) or 0)


def cover(order_id: int, free: Mapping[int, int]) -> None:
    """Covers what it can with cents of payments that pay nothing (by payment, the oldest first). The order is locked."""
    if not free:
        return
    left = dict(free)
    owed = db.session.scalars(select(Refund).join(Payment).where(*_stands(order_id)).order_by(Refund.id)
                              .with_for_update(of=Refund).execution_options(populate_existing=True)).all()
    for debt in owed:
        parts = _parts(debt.amount_cents, left)
        if parts:
            _replace(debt, parts, "The money it was taken of was none; what came later covers it.")


def stand_again(payment: Payment) -> None:
    """Stripe gave back more of a payment than was left of it: what it had covered is a debt again, the latest first.

    Its order is locked. Each goes to a payment of the order that was none, as far as that was one.
    """
    covers = db.session.scalars(select(Refund).where(
        Refund.payment_id == payment.id, Refund.state == "succeeded", Refund.provider_refund_id.is_(None), Refund.to_balance.is_(False),
    ).order_by(Refund.id.desc()).with_for_update().execution_options(populate_existing=True)).all()
    over, homes = -_left([payment.id]).get(payment.id, 0), _left(db.session.scalars(
        select(Payment.id).where(Payment.order_id == payment.order_id, Payment.state == "failed").order_by(Payment.id)).all())
    for cover in covers if over > 0 else ():
        parts = _parts(min(over, cover.amount_cents), homes)
        over -= sum(parts.values())
        if parts:
            _replace(cover, parts, "The money that covered it was given back at Stripe.")


def _left(payment_ids: Collection[int]) -> dict[int, int]:
    """What nothing was, or is to be, sent back of, by payment in cents."""
    gone = func.coalesce(func.sum(Refund.amount_cents).filter(Refund.state != "failed"), 0)
    rows = db.session.execute(
        select(Payment.id, Payment.amount_cents - gone).outerjoin(Refund, Refund.payment_id == Payment.id)
        .where(Payment.id.in_(payment_ids)).group_by(Payment.id, Payment.amount_cents).order_by(Payment.id))
    return {payment_id: int(cents) for payment_id, cents in rows}


def _stands(order_id: int) -> tuple[Any, ...]:
    return Payment.order_id == order_id, Payment.state == "failed", Refund.state == "succeeded", Refund.to_balance.is_(False)


def _parts(wanted: int, left: dict[int, int]) -> dict[int, int]:
    """Takes up to so many cents of what is left; how many of which payment."""
    parts: dict[int, int] = {}
    for payment_id, cents in left.items():
        if (part := min(wanted - sum(parts.values()), cents)) > 0:
            parts[payment_id] = part
            left[payment_id] -= part
    return parts


def _replace(sent: Refund, parts: Mapping[int, int], why: str) -> None:
    """The refund comes back, and goes again: so many cents of other payments, and the rest of its own like before."""
    now, rest = clock.now(), sent.amount_cents - sum(parts.values())
    whole = {**parts, sent.payment_id: rest} if rest else parts
    made = [Refund(payment_id=payment_id, amount_cents=cents, state="succeeded", reason=sent.reason, idempotency_key=tokens.secret(),
                   requested_by_id=sent.requested_by_id, cheque_number=sent.cheque_number, returned_on=sent.returned_on,
                   created_at=now, ended_at=now) for payment_id, cents in whole.items()]
    db.session.add_all(made)
    db.session.flush()
    sent.state, sent.failed_at, sent.again_id, sent.last_error = "failed", now, made[0].id, why
    db.session.flush()
