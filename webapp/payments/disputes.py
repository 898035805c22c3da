"""Disputes: a buyer's bank takes a card payment back. Kept as Stripe tells them; answered at Stripe, with what finance's page gathers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from webapp.core.db import db, insert_new
from webapp.payments.models import Dispute, Payment

ENDED = ("won", "lost", "warning_closed", "prevented")


def apply(body: Mapping[str, Any], told_at: datetime, *, begins: bool = False) -> Dispute:
    """Brings the dispute to what Stripe tells. Safe to repeat, in any order: one that ended stays so.

    `begins`: Stripe tells how it began, which takes back nothing of what was told since.
    """
    charge = str(body.get("charge") or "")
    due = (body.get("evidence_details") or {}).get("due_by")
    insert_new(Dispute, on=("provider_id",), values={
        "provider_id": str(body["id"])[:100], "charge_id": charge[:100], "amount_cents": int(body["amount"]),
        "currency": str(body["currency"]).upper(), "reason": str(body.get("reason") or "")[:60], "state": str(body["status"])[:40],
        "due_by": datetime.fromtimestamp(due, UTC) if due else None, "opened_at": datetime.fromtimestamp(int(body["created"]), UTC)})
    dispute = db.session.execute(select(Dispute).where(Dispute.provider_id == str(body["id"])[:100]).with_for_update()
                                 .execution_options(populate_existing=True)).scalar_one()
    dispute.payment_id = dispute.payment_id or _payment(charge, str(body.get("payment_intent") or ""))
    if dispute.state not in ENDED and not begins:
        dispute.state = str(body["status"])[:40]
    if dispute.state in ENDED and dispute.ended_at is None:
        dispute.ended_at = told_at
    return dispute


def _payment(charge: str, intent: str) -> int | None:
    named = [one for one in (charge, intent) if one]
    mine = Payment.provider_charge_id.in_(named) | Payment.provider_intent_id.in_(named)
    return db.session.scalar(select(Payment.id).where(mine).order_by(Payment.id).limit(1))
