"""What a payer is told of her balance: that it is kept and until when, and again before it expires."""

from typing import Any

from sqlalchemy import select

from webapp.catalog.models import Course
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Payer, Registration


def kept(lot: BalanceLot) -> None:
    """Money is kept for her."""
    _write(lot, f"balance_kept:{lot.id}", "balance_kept")


def opened(lot: BalanceLot) -> None:
    """What was kept for another date of a course is an ordinary balance now."""
    _write(lot, f"balance_opened:{lot.id}", "balance_kept")


def expires(lot: BalanceLot) -> bool:
    """It can be used for a month more. False when she was told."""
    return _write(lot, f"balance_expires:{lot.id}:{lot.expires_on.isoformat()}", "balance_expires")


def _write(lot: BalanceLot, fact: str, kind: str) -> bool:
    payer = db.session.get_one(Payer, lot.payer_id)
    return outbox.write(fact=fact, kind=kind, to_address=payer.email, to_name=payer.name, person_id=payer.person_id,
                        subject_of=f"payer:{payer.id}", facts={"lot_id": lot.id}) is not None


def build(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """For `balance_kept` and `balance_expires`: what is left now, until when, and of which order it was.

    `course`: of a place that was put off (`place_id`), for another date of which alone it can be used; '' for an ordinary balance.
    """
    row: Any = db.session.execute(
        select(BalanceLot, Payer, Payment.order_id, Deferral.registration_id, Registration.order_id.label("put_off_id"),
               Deferral.then_months, Course.title)
        .join(Payer, Payer.id == BalanceLot.payer_id)
        .outerjoin(Deferral, Deferral.id == BalanceLot.deferral_id).outerjoin(Course, Course.id == Deferral.course_id)
        .outerjoin(Registration, Registration.id == Deferral.registration_id)
        .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
        .where(BalanceLot.id == facts["lot_id"])).one_or_none()
    if row is None or not row.BalanceLot.left_cents:
        return Withdrawn("The balance was used or given back.")
    lot = row.BalanceLot
    bound = row.registration_id is not None and lot.opened_after is None
    return {"course": row.title if bound else "", "then_months": row.then_months or 0, "place_id": row.registration_id,
            "order_id": row.put_off_id if bound else row.order_id,  # a date that was taken and given up again is of another order
            "name": row.Payer.name, "amount_cents": lot.left_cents, "currency": lot.currency, "until": lot.expires_on,
            "reason": lot.reason}
