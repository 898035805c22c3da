"""What Stripe says about money going back: its word moves the refund, the allocations and the message, nothing else does."""

from typing import Any

from sqlalchemy import or_, select

from webapp.core import clock, logs, money, work
from webapp.core.db import db, insert_new
from webapp.payments import debts, messages, settlement
from webapp.payments.models import REFUND_MOVES, Payment, Refund
from webapp.payments.rules.outcomes import Outcome

log = logs.logger(__name__)
STATES = {"succeeded": "succeeded", "pending": "pending", "requires_action": "pending", "failed": "failed", "canceled": "failed"}


def apply(body: dict[str, Any]) -> Outcome:
    """Brings a refund to the state Stripe tells. One made at Stripe itself gets its row here. Safe to repeat, in any order."""
    state = STATES.get(str(body.get("status")), "pending")
    payment = _payment_of(body)
    if payment is None:
        return Outcome("for_finance", "A refund of a payment that is not known here.")
    order = settlement.lock(payment.order_id) if payment.order_id else None
    refund = _refund_of(body, payment)
    refund.provider_refund_id = body["id"]
    if refund.state == state or state not in REFUND_MOVES[refund.state]:
        return Outcome("ignored", f"Already known: the refund is {refund.state}.")
    move(refund, state, str(body.get("failure_reason") or ""))
    db.session.flush()
    if order is not None:
        if state != "failed":
            debts.stand_again(payment)
        settlement.bring_in_line(order.id)
    if state == "failed":
        amount = money.written(refund.amount_cents, payment.currency)
        return Outcome("for_finance", f"Stripe could not give {amount} back: {refund.last_error}.")
    if state == "succeeded":
        messages.refund(refund.id, payment, order)
    return _beyond(payment)


def _beyond(payment: Payment) -> Outcome:
    """Applied; for finance where Stripe gave back what had been kept for the payer already."""
    left = settlement.money_of(payment.id)
    if left is None or left.usable_cents >= 0:
        return Outcome("applied")
    over = money.written(-left.usable_cents, payment.currency)
    return Outcome("for_finance", f"Stripe gave {over} more back than was left: so much of it is its payer's balance. Take that back.")


def move(refund: Refund, state: str, failure: str = "") -> None:
    """Puts the refund into the state, with its end and, when it failed, the reason. What had gone and comes back has both moments."""
    if state == "failed" and refund.state == "succeeded":
        refund.failed_at = clock.now()
    elif state in ("succeeded", "failed"):
        refund.ended_at = clock.now()
    refund.state = state
    refund.lease_until = None
    if state == "failed":
        refund.last_error = (failure or "no reason was given").replace("_", " ")[:500]
    log.info("refund_moved", state=state, refund=refund.id, cents=refund.amount_cents)
    work.waits("refunds")


def _payment_of(body: dict[str, Any]) -> Payment | None:
    intent, charge = (str(body.get(name) or "") for name in ("payment_intent", "charge"))
    return db.session.scalar(select(Payment).where(
        or_(Payment.provider_intent_id == intent, Payment.provider_charge_id == charge, Payment.provider_intent_id == charge))
        .order_by(Payment.id).limit(1)) if intent or charge else None


def _refund_of(body: dict[str, Any], payment: Payment) -> Refund:
    """Our row: by the key we sent along, by Stripe's id, or a new one for a refund made at Stripe's own pages."""
    own_key = str((body.get("metadata") or {}).get("attune_refund", ""))
    foreign_key = f"stripe:{body['id']}"[:64]
    mine = (select(Refund).where(Refund.idempotency_key.in_([own_key, foreign_key]), Refund.payment_id == payment.id)
            .with_for_update().execution_options(populate_existing=True))
    if found := db.session.scalar(mine):
        return found
    insert_new(Refund, on=("idempotency_key",), values={
        "payment_id": payment.id, "amount_cents": int(body["amount"]), "state": "requested", "attempts": 1,
        "reason": "Refunded at Stripe's own pages.", "idempotency_key": foreign_key, "created_at": clock.now()})
    return db.session.execute(mine).scalar_one()
