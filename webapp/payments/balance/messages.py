"""What a payer is told of her balance: that it is kept and until when, and again before it expires."""

from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.registration.models import Order, Payer


def kept(lot: BalanceLot) -> None:
    """Money is kept for her."""
    payer = db.session.get_one(Payer, lot.payer_id)
    outbox.write(fact=f"balance_kept:{lot.id}", kind="balance_kept", to_address=payer.email, to_name=payer.name,
                 person_id=payer.person_id, subject_of=f"payer:{payer.id}", facts={"lot_id": lot.id})


def expires(lot: BalanceLot) -> bool:
    """It can be used for a month more. False when she was told."""
    payer = db.session.get_one(Payer, lot.payer_id)
    fact = f"balance_expires:{lot.id}:{lot.expires_on.isoformat()}"
    return outbox.write(fact=fact, kind="balance_expires", to_address=payer.email, to_name=payer.name, person_id=payer.person_id,
                        subject_of=f"payer:{payer.id}", facts={"lot_id": lot.id}) is not None


def build(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """For `balance_kept` and `balance_expires`: what is left now, until when, and of which order it was."""
    row: Any = db.session.execute(
        select(BalanceLot, Payer, Order.ref).join(Payer, Payer.id == BalanceLot.payer_id)
        .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).where(BalanceLot.id == facts["lot_id"])).one_or_none()
    if row is None or not row.BalanceLot.left_cents:
        return Withdrawn("The balance was used or given back.")
    lot = row.BalanceLot
    return {"name": row.Payer.name, "amount_cents": lot.left_cents, "currency": lot.currency, "until": lot.expires_on,
            "reason": lot.reason, "order_ref": row.ref or "", "link": f"/orders/{row.ref}" if row.ref else "/events"}
