"""A person's own data in payments. Nothing is erased: the books must be kept."""

from sqlalchemy import case, select

from webapp.core import records
from webapp.core.records import Records
from webapp.payments.models import BalanceLot, BalanceMovement, Payment
from webapp.payments.rules import methods
from webapp.registration.models import Order, Payer


def personal_data(person_ids: frozenset[int]) -> Records:
    """What she paid, and her balance with everything that happened to it."""
    return {
        "payments": records.of(
            select(
                Order.ref.label("order"),
                case(methods.WORDS, value=Payment.method).label("method"),
                Payment.state,
                Payment.amount_cents,
                Payment.currency,
                Payment.received_at,
            )
            .join(Payer, Payer.id == Payment.payer_id)
            .outerjoin(Order, Order.id == Payment.order_id)
            .where(Payer.person_id.in_(person_ids))
            .order_by(Payment.id)
        ),
        "balance": records.of(
            select(BalanceMovement.created_at, BalanceMovement.kind, BalanceMovement.cents, BalanceLot.currency, BalanceLot.expires_on,
                   BalanceMovement.reason)
            .join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id).join(Payer, Payer.id == BalanceLot.payer_id)
            .where(Payer.person_id.in_(person_ids), Payer.kind == "person").order_by(BalanceMovement.id)
        ),
    }
