"""The bank gives a check back: all its parts are no money together, what they paid is open again, and the payers are told."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import corrections, settlement
from webapp.payments.balance import ending, using
from webapp.payments.checks import messages
from webapp.payments.models import BalanceLot, BalanceMovement, BankCheck, Payment, Refund


def bounce(check_id: int, *, reason: str, by_id: int, fee_cents: int = 0) -> BankCheck:
    """Takes the whole check back, a balance it left too. `fee_cents`: what the first of its orders owes more for it.

    Refuses a check that came back before, one of which money has gone back, and one whose balance was given back or expired.
    Locks every order it touches by ascending id, then the check.
    """
    parts = _parts(check_id)
    uses = _uses([part.id for part in parts])
    touched = sorted({one.order_id for one in (*parts, *uses) if one.order_id is not None})
    for order_id in touched:
        settlement.lock(order_id)
    check = db.session.get(BankCheck, check_id, with_for_update=True, populate_existing=True)
    if check is None:
        raise NotFound
    _may(check, reason)
    parts, uses = _parts(check_id), _uses([part.id for part in parts])
    _nothing_left([*parts, *uses])
    _take_back_uses(uses, reason)
    _take_back_rest([part.id for part in parts], reason, by_id)
    for part in parts:
        part.state, part.failed_at, part.note = "failed", clock.now(), reason[:500]
        db.session.flush()
        settlement.give_back(part.id)
    check.state, check.bounced_at, check.bounce_reason = "bounced", clock.now(), reason[:255]
    _follow(check, parts, touched, reason, by_id, fee_cents)
    return check


def _follow(check: BankCheck, parts: Sequence[Payment], touched: Sequence[int], reason: str, by_id: int, fee_cents: int) -> None:
    db.session.flush()
    for order_id in touched:
        settlement.bring_in_line(order_id)
        audit.record("payment_bounced", f"order:{order_id}", actor_id=by_id, reason=reason,
                     before={"state": "succeeded"}, after={"state": "failed", "check": check.number})
    first = next((part.order_id for part in parts if part.order_id is not None), None)
    if fee_cents and first is None:
        raise Unacceptable("No order can owe the fee: the check paid none.", field="fee")
    if fee_cents and first is not None:
        corrections.correct(first, fee_cents, reason=f"Fee: check {check.number} came back", by_id=by_id)
    audit.record("check_bounced", f"check:{check.id}", actor_id=by_id, reason=reason, after={"fee_cents": fee_cents})
    messages.bounced(check)


def _may(check: BankCheck, reason: str) -> None:
    if check.state != "received":
        raise AlreadyDone("This check has come back already.")
    if not reason:
        raise Unacceptable("Say why the bank gave it back.", field="reason")


def _parts(check_id: int) -> Sequence[Payment]:
    return db.session.scalars(select(Payment).where(Payment.check_id == check_id, Payment.state == "succeeded").order_by(Payment.id)
                              .execution_options(populate_existing=True)).all()


def _uses(part_ids: Sequence[int]) -> Sequence[Payment]:
    """Payments by balance of what this check had left over."""
    return db.session.scalars(
        select(Payment).join(BalanceMovement, BalanceMovement.payment_id == Payment.id)
        .join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id).join(Refund, Refund.id == BalanceLot.refund_id)
        .where(Refund.payment_id.in_(part_ids), BalanceMovement.kind == "used", Payment.state == "succeeded").order_by(Payment.id)
        .execution_options(populate_existing=True)).all()


def _nothing_left(payments: Sequence[Payment]) -> None:
    """Nothing of it has left the house: what was kept as a balance can be taken back, what was sent cannot."""
    ids = [one.id for one in payments]
    own = db.session.scalar(select(Refund.id).where(Refund.payment_id.in_(ids), Refund.state != "failed", Refund.to_balance.is_(False)))
    of_uses = db.session.scalar(select(Refund.id).join(Payment, Payment.id == Refund.payment_id).where(
        Refund.payment_id.in_(ids), Refund.state != "failed", Payment.method == "balance"))
    if own or of_uses:
        raise Unacceptable("Part of this payment was refunded.", way_out="Settle the refund first.")


def _take_back_uses(uses: Sequence[Payment], reason: str) -> None:
    for payment in uses:
        settlement.give_back(payment.id)
        using.undo(payment, reason=reason, by_id=None)


def _take_back_rest(part_ids: Sequence[int], reason: str, by_id: int) -> None:
    lots = db.session.scalars(
        select(BalanceLot).join(Refund, Refund.id == BalanceLot.refund_id)
        .where(Refund.payment_id.in_(part_ids), Refund.state != "failed").order_by(BalanceLot.id).with_for_update()
        .execution_options(populate_existing=True)).all()
    for lot in lots:
        if lot.left_cents != lot.amount_cents:
            raise Unacceptable("The balance this check left has expired or was given back.", way_out="Correct the order it was used for.")
        ending.unkeep(lot, reason=reason, by_id=by_id)
