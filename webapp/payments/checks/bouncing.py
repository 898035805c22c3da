"""The bank gives a check back: all its parts are no money together, all that came of them is undone, and the payers are told."""

from sqlalchemy import select

from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import chains, corrections, settlement, undoing, unmatched
from webapp.payments.chains import Chain
from webapp.payments.checks import messages
from webapp.payments.models import BankCheck, Payment


def bounce(check_id: int, *, reason: str, by_id: int, fee_cents: int = 0, owes_ref: str = "") -> BankCheck:
    """Takes the whole check back, and what it left: balances end, what they paid is open again, what expired is no income, what was
    not sent yet stays here, and what was sent is a debt on an order of its payer (`owes_ref`: where nobody knows one).

    `fee_cents`: what the first of its orders owes more for it. Refuses a check that came back before. Locks every order it
    touches, the check, then the payments and lots.
    """
    owes_id = unmatched.order_of(owes_ref, field="owes") if owes_ref else None
    ids = _parts(check_id)
    found = chains.of(ids, owes_id)
    settlement.lock_all(found.order_ids)
    check = db.session.get(BankCheck, check_id, with_for_update=True, populate_existing=True)
    if check is None:
        raise NotFound
    _may(check, reason)
    found = undoing.stand_still(found, ids, owes_id)
    check.state, check.bounced_at, check.bounce_reason = "bounced", clock.now(), reason[:255]
    undoing.bounced(found, reason=reason, by_id=by_id, papers={"check": check.number})
    _follow(check, found, reason, by_id, fee_cents)
    return check


def foresee(check_id: int) -> Chain:
    """What hangs on the check, for a page. Reads only."""
    return chains.of(_parts(check_id))


def _follow(check: BankCheck, found: Chain, reason: str, by_id: int, fee_cents: int) -> None:
    first = next((part.order_id for part in found.levels[0].payments if part.order_id is not None), None) if found.levels else None
    if fee_cents and first is None:
        raise Unacceptable("No order can owe the fee: the check paid none.", field="fee")
    if fee_cents and first is not None:
        corrections.correct(first, fee_cents, reason=messages.fee_words(check), by_id=by_id, of_event=False)
    audit.record("check_bounced", f"check:{check.id}", actor_id=by_id, reason=reason, after={"fee_cents": fee_cents})
    messages.bounced(check, found.order_ids)


def _may(check: BankCheck, reason: str) -> None:
    if check.state != "received":
        raise AlreadyDone("This check has come back already.")
    if not reason:
        raise Unacceptable("Say why the bank gave it back.", field="reason")


def _parts(check_id: int) -> list[int]:
    return list(db.session.scalars(select(Payment.id).where(Payment.check_id == check_id).order_by(Payment.id)))
