"""Money going back: asked for here, newest payment first, never beyond what was paid; applied on Stripe's word.

What came by check, transfer or cash goes back by hand: such a refund waits until finance notes how. What came from a payer's
balance goes back to it at once.
"""

from datetime import date

from sqlalchemy import select

from webapp.core import audit, clock, tokens, work
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import corrections, messages, returned, settlement
from webapp.payments.lots import making
from webapp.payments.models import Payment, Refund
from webapp.payments.rules import refunding
from webapp.payments.rules.methods import AT_STRIPE


def request(order_id: int, amount_cents: int, *, reason: str, by_id: int | None) -> list[int]:
    """Writes the refunds that give `amount_cents` back over the order's payments; answers their ids.

    Call after the charges were changed: money that pays nothing any more goes first. Two requests at the same instant are
    one after the other, because the order is locked, and the second finds less to give back.
    """
    settlement.lock(order_id)
    settlement.bring_in_line(order_id)
    payments = settlement.moneys(order_id)[::-1]
    parts = refunding.split(amount_cents, payments, settlement.allocated(settlement.shares(order_id)))
    made = [_write(payment_id, cents, reason, by_id) for payment_id, cents in parts]
    settlement.bring_in_line(order_id)  # what went back to a balance has gone already
    return made


def request_by_staff(order_id: int, amount_cents: int, *, reason: str, lowers: bool, by_id: int) -> list[int]:
    """The same, by finance, with a reason. `lowers`: the order owes so much less; else it is open to be paid again.

    Money that pays nothing goes back without lowering anything. What is bound to a course goes back to it as soon as the order owes
    less, and is a part of the amount; the ids are those of the rest.
    """
    settlement.lock(order_id)
    settlement.bring_in_line(order_id)
    used, gone = settlement.allocated(settlement.shares(order_id)), 0
    free = sum(max(one.usable_cents - used.get(one.id, 0), 0) for one in settlement.moneys(order_id))
    if lowers and amount_cents > free:
        refunding.split(amount_cents, settlement.moneys(order_id)[::-1], used)  # refuses first what cannot go back
        gone = corrections.correct(order_id, free - amount_cents, reason=reason, by_id=by_id)
    made = request(order_id, amount_cents - gone, reason=reason, by_id=by_id) if gone < amount_cents else []
    audit.record("refund_requested", f"order:{order_id}", actor_id=by_id, reason=reason, after={"cents": amount_cents})
    return made


def request_of_payment(payment_id: int, amount_cents: int, *, reason: str, by_id: int | None) -> int:
    """Gives back money of one payment that pays nothing (unmatched, late, too much); answers the refund's id."""
    payment = _locked(payment_id)
    found = settlement.money_of(payment_id)
    if found is None:
        raise Unacceptable(f"This payment is {payment.state}, so there is nothing to give back.")
    mine = settlement.allocated(settlement.shares(payment.order_id)) if payment.order_id else {}
    free = found.usable_cents - mine.get(payment_id, 0)
    if amount_cents > free:
        raise Unacceptable(
            "Part of this payment pays for an order, or has gone back.",
            way_out="Refund it from the order.",
            field="amount",
            code="beyond_paid",
        )
    [(_, cents)] = refunding.split(amount_cents, [found], mine)
    return _write(payment_id, cents, reason, by_id)


def note_returned(refund_id: int, *, cheque_number: str, on: date, by_id: int) -> None:
    """Finance has given the money back by hand, on that day, by this check (empty: by transfer or cash)."""
    payment, refund = _payment_of(refund_id)
    if payment.method in AT_STRIPE:
        raise Unacceptable("Money paid by card goes back by card.", way_out="It is on its way at Stripe.")
    if refund.state == "succeeded":
        raise AlreadyDone("This refund is already noted as given back.")
    if refund.state == "failed":
        raise Unacceptable("This was a balance that was taken back: the money stands with its payment.", way_out="Refund it from there.")
    refund.cheque_number, refund.returned_on = cheque_number, on
    returned.move(refund, "succeeded")
    audit.record(
        "refund_returned", f"order:{payment.order_id}", actor_id=by_id, after={"cheque": cheque_number, "on": on.isoformat()}
    )
    order = settlement.lock(payment.order_id) if payment.order_id else None
    db.session.flush()
    if order is not None:
        settlement.bring_in_line(order.id)
    messages.refund(refund.id, payment, order)


def try_again(refund_id: int, *, by_id: int) -> None:
    """Sends a failed refund once more, under a new key, if the money has not gone back otherwise since."""
    payment, refund = _payment_of(refund_id)
    found = settlement.money_of(payment.id)
    if refund.state != "failed":
        raise AlreadyDone(f"This refund is {refund.state}.")
    if refund.again_id is not None:
        raise AlreadyDone("It is tried again already.")
    if refund.to_balance:
        raise Unacceptable("This was a balance that was taken back: the money stands with its payment.", way_out="Refund it from there.")
    if found is None or found.usable_cents < refund.amount_cents:
        raise Unacceptable("The money has gone back in another way.", code="beyond_paid")
    if refund.failed_at is None:
        refund.state, refund.idempotency_key, refund.provider_refund_id = "requested", tokens.secret(), None
        refund.attempts, refund.last_error, refund.ended_at = 0, "", None
    else:  # it had gone and came back: both stay in the books, and another one goes
        refund.again_id = _write(payment.id, refund.amount_cents, refund.reason, by_id)
    audit.record("refund_again", f"order:{payment.order_id}", actor_id=by_id, after={"refund": refund.id})
    work.waits("refunds")


def _write(payment_id: int, cents: int, reason: str, by_id: int | None) -> int:
    payment = db.session.get_one(Payment, payment_id)
    if payment.method == "balance":  # it goes back to where it came from
        return making.return_part(payment, cents, reason=reason, by_id=by_id)
    refund = Refund(
        payment_id=payment_id,
        amount_cents=cents,
        reason=reason[:255],
        idempotency_key=tokens.secret(),
        requested_by_id=by_id,
        created_at=clock.now(),
    )
    db.session.add(refund)
    db.session.flush()
    work.waits("refunds")
    return refund.id


def _payment_of(refund_id: int) -> tuple[Payment, Refund]:
    payment_id = db.session.scalar(select(Refund.payment_id).where(Refund.id == refund_id))
    if payment_id is None:
        raise NotFound
    payment = _locked(payment_id)
    refund = db.session.execute(
        select(Refund).where(Refund.id == refund_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    return payment, refund


def _locked(payment_id: int) -> Payment:
    """The payment, after its order: the order of locks everywhere."""
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is not None:
        settlement.lock(order_id)
    payment = db.session.scalar(
        select(Payment).where(Payment.id == payment_id).with_for_update().execution_options(populate_existing=True)
    )
    if payment is None:
        raise NotFound
    return payment
