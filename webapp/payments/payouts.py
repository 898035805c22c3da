"""Payouts: Stripe tells of one, and a courier reads what it carried, so that each line of the bank statement opens into its parts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from webapp.core import logs
from webapp.core.db import db, insert_new, transaction
from webapp.payments import gateway
from webapp.payments.models import Dispute, Payment, Payout, PayoutLine, Refund
from webapp.payments.rules import waiting
from webapp.payments.rules.outcomes import Outcome

log = logs.logger(__name__)
LONGEST_WAIT = timedelta(days=1)
STEPS = ("pending", "in_transit", "paid", "failed", "canceled")  # told in any order, it only goes on


def apply(body: Mapping[str, Any]) -> Outcome:
    """Brings the payout to the state Stripe tells. Safe to repeat, in any order."""
    known = {"amount_cents": int(body["amount"]), "currency": str(body["currency"]).upper(),
             "arrives_on": _moment(body["arrival_date"]).date(), "created_at": _moment(body["created"])}
    state = str(body["status"])
    insert_new(Payout, on=("provider_id",), values={"provider_id": str(body["id"]), "state": state, "failure": "", **known})
    payout = db.session.execute(select(Payout).where(Payout.provider_id == str(body["id"])).with_for_update()
                                .execution_options(populate_existing=True)).scalar_one()
    if STEPS.index(state) >= STEPS.index(payout.state):
        payout.state, payout.failure = state, str(body.get("failure_message") or "")[:255]
    if payout.state == "failed":
        return Outcome("for_finance", f"The bank did not take the payout {payout.provider_id}: {payout.failure or 'no reason was given'}.")
    return Outcome("applied", f"The payout is {payout.state.replace('_', ' ')}.")


def read_due(now: datetime) -> int:
    """A courier: reads at Stripe what each paid payout carried, once; answers how many were read.

    One that Stripe refuses stays to be read, waits longer each time, and does not keep the others from it.
    """
    due = db.session.execute(
        select(Payout.id, Payout.provider_id).where(
            Payout.state == "paid", Payout.read_at.is_(None), or_(Payout.ask_after.is_(None), Payout.ask_after <= now))
        .order_by(Payout.id).limit(50)).all()
    return sum(_read(row.id, row.provider_id, now) for row in due)


def _read(payout_id: int, provider_id: str, now: datetime) -> bool:
    try:
        carried = gateway.carried_by(provider_id)
    except gateway.Refused as refusal:
        if not _is_by_hand(provider_id):
            log.warning("payout_unreadable", payout=payout_id, code=refusal.reason, words=refusal.words)
            _put_off(payout_id, now)
            return False
        carried = []
    with transaction():
        write(payout_id, carried, now)
    return True


def write(payout_id: int, carried: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Writes what a payout carried, as Stripe tells it: a line for each movement but the payout's own. Safe to repeat."""
    payout = db.session.get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
    payments = _payments(str(one.get("source") or "") for one in carried)
    for one in carried:
        if one["type"] != "payout":
            insert_new(PayoutLine, on=("provider_id",), values=_line(payout_id, one, payments))
    payout.read_at = now


def _put_off(payout_id: int, now: datetime) -> None:
    with transaction():
        payout = db.session.get_one(Payout, payout_id, with_for_update=True, populate_existing=True)
        payout.attempts += 1
        payout.ask_after = now + waiting.after(payout.attempts, LONGEST_WAIT)


def _is_by_hand(provider_id: str) -> bool:
    """Stripe refused to say what it carried; only of a payout made by hand that is an answer. Asked, not guessed from its words."""
    try:
        return gateway.is_by_hand(provider_id)
    except gateway.Refused:
        return False


def _line(payout_id: int, one: Mapping[str, Any], payments: Mapping[str, int]) -> dict[str, Any]:
    source = str(one.get("source") or "")[:100]
    return {
        "payout_id": payout_id, "provider_id": str(one["id"]), "kind": str(one["reporting_category"])[:40],
        "amount_cents": int(one["amount"]), "fee_cents": int(one["fee"]), "net_cents": int(one["net"]), "source_id": source,
        "text": str(one.get("description") or "")[:255],
        "payment_id": payments.get(source), "happened_at": _moment(one["created"]),
    }


def _payments(sources: Iterable[str]) -> dict[str, int]:
    """The payments behind charges, refunds and disputes of Stripe. Three statements."""
    wanted = [one for one in sources if one]
    found: dict[str, int] = {}
    for name, payment in ((Payment.provider_charge_id, Payment.id), (Refund.provider_refund_id, Refund.payment_id),
                          (Dispute.provider_id, Dispute.payment_id)):
        found |= {str(row[0]): row[1] for row in db.session.execute(select(name, payment).where(name.in_(wanted))) if row[1]}
    return found


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
