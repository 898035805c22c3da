"""Money that comes without Stripe: checks, transfers, cash. Recorded by finance; a check may bounce."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from webapp.core import audit, clock, money
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import arrivals, messages, settlement
from webapp.payments.models import Payment
from webapp.payments.rules import methods


@dataclass(frozen=True)
class Received:
    """What finance has in hand: cents, how, and its papers. `received_on` is a day of the association's zone."""

    method: str
    amount_cents: int
    received_on: date
    zone: str
    number: str = ""
    deposit_slip: str = ""
    note: str = ""
    submit_key: str | None = None


def record(order_id: int | None, received: Received, *, by_id: int) -> Payment:
    """Writes the payment; it pays what is open, the oldest due first. More than that stays on finance's list.

    Without an order it stands on finance's list. The same form sent twice (`submit_key`) is recorded once.
    """
    if received.submit_key and (earlier := _same(received.submit_key)):
        return earlier
    _check(received)
    order = settlement.lock(order_id) if order_id is not None else None
    if received.submit_key and (earlier := _same(received.submit_key)):
        return earlier
    noon = datetime.combine(received.received_on, time(12), ZoneInfo(received.zone))
    payment = Payment(
        order_id=order_id,
        payer_id=order.payer_id if order else None,
        method=received.method,
        state="succeeded",
        amount_cents=received.amount_cents,
        received_at=noon,
        cheque_number=received.number,
        deposit_slip=received.deposit_slip,
        cheque_on=received.received_on if received.method == "cheque" else None,
        note=received.note,
        recorded_by_id=by_id,
        submit_key=received.submit_key,
        created_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    audit.record(
        "payment_recorded",
        f"order:{order_id}" if order_id else f"payment:{payment.id}",
        actor_id=by_id,
        reason=received.note,
        after={"cents": received.amount_cents, "method": received.method, "number": received.number},
    )
    if order is not None:
        arrivals.received(payment, order)
    return payment


def bounce(payment_id: int, *, reason: str, by_id: int) -> Payment:
    """The bank gave a check back: what it paid is open again, and the payer is told. Its places stay; finance follows up."""
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    order = settlement.lock(order_id) if order_id is not None else None
    payment = db.session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        raise NotFound
    if payment.method not in ("cheque", "bank_transfer"):
        raise Unacceptable("Only a check or a transfer can come back.")
    if payment.state != "succeeded":
        raise AlreadyDone(f"This payment is already {payment.state}.")
    if not reason:
        raise Unacceptable("Say why the bank gave it back.", field="reason")
    found = settlement.money_of(payment_id)
    if found is not None and (found.returned_cents or found.leaving_cents):
        raise Unacceptable("Part of this payment was refunded.", way_out="Settle the refund first.")
    payment.state, payment.note = "failed", reason
    audit.record(
        "payment_bounced",
        f"order:{order_id}" if order_id else f"payment:{payment_id}",
        actor_id=by_id,
        reason=reason,
        before={"state": "succeeded"},
        after={"state": "failed"},
    )
    db.session.flush()
    if order is not None:
        settlement.give_back(payment_id)
        settlement.bring_in_line(order.id)
        messages.payment_failed(payment_id, order)
    return payment


def _check(received: Received) -> None:
    if received.method not in methods.BY_HAND:
        raise Unacceptable("Choose check, bank transfer or cash.", field="method")
    if not 0 < received.amount_cents <= money.MAX_CENTS:
        raise Unacceptable("The amount is more than $0.00.", field="amount")
    if received.method == "cheque" and not received.number:
        raise Unacceptable("Write the number of the check.", field="number")
    if received.received_on > clock.today(received.zone):
        raise Unacceptable("The day it came cannot be in the future.", field="received_on")


def _same(submit_key: str) -> Payment | None:
    return db.session.scalar(select(Payment).where(Payment.submit_key == submit_key))
