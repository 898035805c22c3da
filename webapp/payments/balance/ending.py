"""How a balance ends: it expires, it is given back by hand, or the money stands with its payment again."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from webapp.core import audit, clock, money, tokens, work
from webapp.core.db import db
from webapp.core.errors import NotFound, Unacceptable
from webapp.payments import lots, payers, returned, settlement
from webapp.payments.balance.using import draw
from webapp.payments.lots import bound, messages
from webapp.payments.models import BalanceLot, Payment, Refund
from webapp.payments.rules import balance as rules

YOUNG = timedelta(days=14)  # nobody is reminded of what she was told so recently


def expire_due(today: date) -> int:
    """Ends every lot whose last day is over; answers how many. A movement says so, and finance sees what expired.

    What was kept for a course, and its policy leaves to the payer, is an ordinary balance from then on, and she is told.
    """
    ids = db.session.scalars(select(BalanceLot.id).where(BalanceLot.expires_on < today, BalanceLot.left_cents > 0)
                             .order_by(BalanceLot.id).limit(500)).all()
    found = bound.with_the_rest(ids)
    due = [lot for lot in found if lot.expires_on < today and lot.left_cents > 0]
    kept = bound.prolonged(due, found, today)
    for lot in kept:
        messages.opened(lot)
    for lot in (one for one in due if one not in kept):
        lots.move(lot.id, -lot.left_cents, "expired", reason=f"Its last day was {lot.expires_on.isoformat()}.")
    return len(due)


def warn_due(today: date, now: datetime) -> int:
    """Reminds of every lot that expires within a month; answers how many were told of it now. Once for each lot and day."""
    soon = db.session.scalars(
        select(BalanceLot).where(BalanceLot.expires_on.between(today, today + rules.WARNED), BalanceLot.left_cents > 0,
                                 BalanceLot.created_at < now - YOUNG).order_by(BalanceLot.id)).all()
    return sum(messages.expires(lot) for lot in soon)


def give_back(payer_id: int, amount_cents: int, *, today: date, reason: str, by_id: int) -> list[int]:
    """Asks for a refund of a balance, sent by hand and noted under refunds; the ids of the refunds.

    Refuses nothing, and more than she has.
    """
    found = lots.locked(payers.same(payer_id), today, "USD")
    there = sum(lot.left_cents for lot in found)
    if not 0 < amount_cents <= there:
        raise Unacceptable(f"At most {money.written(there)} can be given back.", field="amount", code="beyond_balance")
    kept = {lot.id: lot for lot in found}
    parts = rules.spent(amount_cents, [rules.Lot(lot.id, lot.left_cents, lot.expires_on) for lot in found])
    now = clock.now()
    made = [Refund(payment_id=draw(kept[lot_id], cents, payer_id, None, by_id, now).id, amount_cents=cents, reason=reason[:255],
                   idempotency_key=tokens.secret(), requested_by_id=by_id, created_at=now) for lot_id, cents in parts]
    db.session.add_all(made)
    db.session.flush()
    audit.record("balance_given_back", f"payer:{payer_id}", actor_id=by_id, reason=reason, after={"cents": amount_cents})
    work.waits("refunds")
    return [refund.id for refund in made]


def take_back(lot_id: int, *, reason: str, by_id: int) -> None:
    """The whole lot stands with its payment again, to be refunded the way it came or matched. Refused when some of it was used, and
    when it came back from a date of a course it is bound to: the money could pay for nothing else there."""
    refund_id = db.session.scalar(select(BalanceLot.refund_id).where(BalanceLot.id == lot_id))
    if refund_id is None:
        raise NotFound
    payment_id = db.session.execute(select(Refund.payment_id).where(Refund.id == refund_id)).scalar_one()
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is not None:
        settlement.lock(order_id)
    lot = db.session.get_one(BalanceLot, lot_id, with_for_update=True, populate_existing=True)
    if lot.left_cents != lot.amount_cents:
        raise Unacceptable("Some of this balance was used, given back or expired.", way_out="Give back what is left by hand.")
    was = settlement.money_of(payment_id)
    if was is not None and was.course_id is not None:
        raise Unacceptable("This was a balance before, kept for another date of its course.", way_out="Give it back by hand.")
    if not reason:
        raise Unacceptable("Say why.", field="reason")
    unkeep(lot, reason=reason, by_id=by_id)
    if order_id is not None:
        settlement.bring_in_line(order_id)
    audit.record("balance_taken_back", f"order:{order_id}" if order_id else f"payment:{payment_id}", actor_id=by_id, reason=reason,
                 after={"cents": lot.amount_cents})


def unkeep(lot: BalanceLot, *, reason: str, by_id: int | None) -> None:
    """What is left of the lot goes, and the refund that made it did not happen. All of it must be there, or come back first."""
    refund = db.session.get_one(Refund, lot.refund_id, with_for_update=True, populate_existing=True)
    lots.move(lot.id, -lot.amount_cents, "taken_back", by_id=by_id, reason=reason)
    returned.move(refund, "failed", reason)
    db.session.flush()
