"""Payments that turn out to be no money: all that came of them is undone, the last first (docs/decisions/balances.md).

A balance they left ends, what it paid is open again, what expired is no income any more, what was not sent yet is not sent. What was
sent has gone: it stands as a debt of its payer, which the next money on that order pays first (payments.debts).
"""

from collections.abc import Mapping

from sqlalchemy import select

from webapp.core import audit, clock, money
from webapp.core.db import db
from webapp.core.errors import Stale, Unacceptable
from webapp.payments import chains, lots, returned, settlement
from webapp.payments.balance import ending, returning
from webapp.payments.chains import Chain, Level
from webapp.payments.models import BalanceLot, Payment


def stand_still(found: Chain, payment_ids: list[int], owes_id: int | None = None) -> Chain:
    """The chain once nobody can lengthen it, read afresh: its payments and lots are locked, its orders were. Refuses one that grew
    meanwhile, and what was sent to somebody of whom no order is known."""
    known = {one.id for one in found.payments}
    db.session.execute(select(Payment.id).where(Payment.id.in_(known)).order_by(Payment.id).with_for_update()).all()
    lots.stand_still(known)
    again = chains.of(payment_ids, owes_id)
    if not {one.id for one in again.payments} <= known or not set(again.order_ids) <= set(found.order_ids):
        raise Stale("What this money left was used meanwhile.", way_out="Look at what follows, and try again.")
    if again.unowned_cents:
        raise Unacceptable(f"{money.written(again.unowned_cents)} of it were sent back, and nobody knows an order of who got them.",
                           field="owes", way_out="Write the number of an order of this payer: it owes them from now on.", code="unowned")
    return again


def bounced(found: Chain, *, reason: str, by_id: int, papers: Mapping[str, str]) -> None:
    """The bank gave the first payments back: undoes every level, and brings each order in line. `papers`: what its history names."""
    undo(found, reason=reason, by_id=by_id)
    for order_id in found.order_ids:
        settlement.bring_in_line(order_id)
        audit.record("payment_bounced", f"order:{order_id}", actor_id=by_id, reason=reason, before={"state": "succeeded"},
                     after={"state": "failed", **papers})


def undo(found: Chain, *, reason: str, by_id: int | None) -> None:
    """Undoes every level. The caller brings the orders in line afterwards."""
    for level in reversed(found.levels):
        for payment in level.payments:
            _undo(payment, level, reason, by_id)
    for payment in found.payments:
        if payment.id in found.debtors:
            payment.order_id = found.debtors[payment.id]
    db.session.flush()


def _undo(payment: Payment, level: Level, reason: str, by_id: int | None) -> None:
    for refund in level.waiting:
        if refund.payment_id == payment.id:
            returned.move(refund, "failed", reason)
    for payment_id, lot in level.lots:
        if payment_id == payment.id:
            _end(lot, reason, by_id)
    settlement.give_back(payment.id)
    if payment.method == "balance":
        returning.undo(payment, reason=reason, by_id=by_id)
    else:
        payment.state, payment.failed_at, payment.note = "failed", clock.now(), reason[:500]
    db.session.flush()


def _end(lot: BalanceLot, reason: str, by_id: int | None) -> None:
    """What it paid has come back to it already; what expired does now, and then all of it ends."""
    if expired := chains.expired_cents(lot.id):
        lots.move(lot.id, expired, "revived", by_id=by_id, reason=reason)
    ending.unkeep(lot, reason=reason, by_id=by_id)
