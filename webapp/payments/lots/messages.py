"""What a payer is told of her balance: that it is kept and until when, and again before it expires."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.catalog.models import Course
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Order, Payer, Registration


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

    `course`: of a place that was put off, for another date of which alone it can be used; '' for an ordinary balance.
    """
    put_off = aliased(Order)  # a date that was taken and given up again is of another order
    row: Any = db.session.execute(
        select(BalanceLot, Payer, Order.ref, Deferral.registration_id, put_off.ref.label("put_off_ref"), Deferral.then_months, Course.title)
        .join(Payer, Payer.id == BalanceLot.payer_id)
        .outerjoin(Deferral, Deferral.id == BalanceLot.deferral_id).outerjoin(Course, Course.id == Deferral.course_id)
        .outerjoin(Registration, Registration.id == Deferral.registration_id).outerjoin(put_off, put_off.id == Registration.order_id)
        .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).where(BalanceLot.id == facts["lot_id"])).one_or_none()
    if row is None or not row.BalanceLot.left_cents:
        return Withdrawn("The balance was used or given back.")
    lot = row.BalanceLot
    bound = row.registration_id is not None and lot.opened_after is None
    dates = f"/orders/{row.put_off_ref}/defer/{row.registration_id}" if bound else ""
    return {"course": row.title if bound else "", "then_months": row.then_months or 0, "dates": dates or "/events",
            "name": row.Payer.name, "amount_cents": lot.left_cents, "currency": lot.currency, "until": lot.expires_on,
            "reason": lot.reason, "order_ref": row.ref or "", "link": f"/orders/{row.ref}" if row.ref else "/events"}
