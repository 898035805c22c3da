"""In which ways the money of an order came, as far as it has not gone back. Reads only."""

from sqlalchemy import case, func, literal, select

from webapp.core.db import db
from webapp.payments.lots import bound
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.payments.rules.ways_back import BOUND


def of_order(order_id: int) -> frozenset[str]:
    """Methods of its payments, and `bound` for what waits for another date of its course when it comes back. One statement."""
    gone = (select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.payment_id == Payment.id, Refund.state != "failed")
            .scalar_subquery())
    from_course = (select(BalanceMovement.id).join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id)
                   .where(BalanceMovement.payment_id == Payment.id, bound.paid_bound()).exists())
    return frozenset(db.session.scalars(
        select(case((from_course, literal(BOUND)), else_=Payment.method)).distinct()
        .where(Payment.order_id == order_id, Payment.state == "succeeded", Payment.amount_cents > gone)))
