"""Money that was sent back before the payment it came from turned out to be no money: its payer owes it on the payment's order.

No charge says so, because nothing was sold: less than nothing was received, and the order is open by so much more. The next money
of the order that pays nothing else covers it: the refund is booked as come back, and at the same moment as one of that money.
"""

from collections.abc import Mapping
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
            _replace(debt, parts)


def _stands(order_id: int) -> tuple[Any, ...]:
    return Payment.order_id == order_id, Payment.state == "failed", Refund.state == "succeeded", Refund.to_balance.is_(False)


def _parts(wanted: int, left: dict[int, int]) -> dict[int, int]:
    """Takes up to so many cents of what is left; how many of which payment."""
    parts: dict[int, int] = {}
    for payment_id, cents in left.items():
        if part := min(wanted - sum(parts.values()), cents):
            parts[payment_id] = part
            left[payment_id] -= part
    return parts


def _replace(debt: Refund, parts: Mapping[int, int]) -> None:
    """The refund comes back, and goes again: of the money that covers it, and for the rest as a debt like before."""
    now, rest = clock.now(), debt.amount_cents - sum(parts.values())
    whole = {**parts, debt.payment_id: rest} if rest else parts
    made = [Refund(payment_id=payment_id, amount_cents=cents, state="succeeded", reason=debt.reason, idempotency_key=tokens.secret(),
                   requested_by_id=debt.requested_by_id, cheque_number=debt.cheque_number, returned_on=debt.returned_on,
                   created_at=now, ended_at=now) for payment_id, cents in whole.items()]
    db.session.add_all(made)
    db.session.flush()
    debt.state, debt.failed_at, debt.again_id = "failed", now, made[0].id
    debt.last_error = "The money it was taken of was none; what came later covers it."
    db.session.flush()
