"""Carries refunds to Stripe: claims one in a transaction, asks Stripe, applies the answer in another. Safe to kill anywhere:
the same key is sent again, and Stripe gives the money back once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from webapp.core import logs
from webapp.core.db import db, transaction
from webapp.payments import gateway, returned
from webapp.payments.models import Payment, Refund
from webapp.payments.rules import waiting
from webapp.payments.rules.methods import AT_STRIPE

log = logs.logger(__name__)
LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Claim:
    """A refund that is ours to send until the lease ends."""

    id: int
    amount_cents: int
    key: str
    intent_id: str
    attempts: int


def send_due(now: datetime) -> int:
    """Sends every refund that waits for Stripe; answers how many were sent. One that fails waits longer each time."""
    due = list(db.session.scalars(
        select(Refund.id).join(Payment).where(
            Refund.state == "requested", Payment.method.in_(AT_STRIPE), Payment.provider_intent_id.is_not(None),
            or_(Refund.lease_until.is_(None), Refund.lease_until <= now)).order_by(Refund.id).limit(200)))
    return sum(send(refund_id, now) for refund_id in due)


def send(refund_id: int, now: datetime) -> bool:
    """Sends one; False when another courier has it or Stripe could not be reached."""
    claim = _claim(refund_id, now)
    if claim is None:
        return False
    try:
        told = gateway.refund(intent_id=claim.intent_id, amount_cents=claim.amount_cents, key=claim.key)
    except gateway.Unreachable as refusal:
        _put_off(claim, now, refusal.sentence)
        return False
    except gateway.Refused as refusal:
        _refused(claim, refusal)
        return False
    with transaction():
        returned.apply(told)
    return True


def _claim(refund_id: int, now: datetime) -> Claim | None:
    statement = update(Refund).where(
        Refund.id == refund_id, Refund.state == "requested", or_(Refund.lease_until.is_(None), Refund.lease_until <= now)
    ).values(lease_until=now + LEASE, attempts=Refund.attempts + 1).returning(Refund.payment_id, Refund.amount_cents,
                                                                              Refund.idempotency_key, Refund.attempts)
    with transaction():
        row: Any = db.session.execute(statement).one_or_none()
        if row is None:
            return None
        intent = db.session.scalar(select(Payment.provider_intent_id).where(Payment.id == row.payment_id))
    return Claim(refund_id, row.amount_cents, row.idempotency_key, str(intent), row.attempts)


def _put_off(claim: Claim, now: datetime, words: str) -> None:
    wait = waiting.after(claim.attempts, LONGEST_WAIT)
    with transaction():
        db.session.execute(update(Refund).where(Refund.id == claim.id, Refund.state == "requested")
                           .values(lease_until=now + wait, last_error=words[:500]))


def _refused(claim: Claim, refusal: gateway.Refused) -> None:
    log.error("refund_refused", refund=claim.id, reason=refusal.reason, words=refusal.words)
    with transaction():
        refund = db.session.get(Refund, claim.id, with_for_update=True)
        if refund is not None and refund.state == "requested":
            returned.move(refund, "failed", refusal.words)
