"""Money that Stripe says has arrived, is coming, or failed to: the payment, its order and its messages in one transaction.

The same money is told by several events in any order (the page, the intent, the charge). All become one `Arrival`, known by
its intent, whose payment row is unique; only a state that moves along the table has an effect.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core import clock, logs, money
from webapp.core.db import db, insert_new
from webapp.payments import approvals, messages, seating, settlement
from webapp.payments.models import PAYMENT_MOVES, CheckoutPage, Payment
from webapp.payments.rules.outcomes import Outcome
from webapp.registration.models import Order

log = logs.logger(__name__)
BANK_DAYS = 10  # a bank debit takes up to this long to be confirmed; the places wait
AFTER_FAILURE = timedelta(hours=24)  # time to pay in another way after the bank said no


@dataclass(frozen=True)
class Arrival:
    """What one object of Stripe says about money. `state` is succeeded, processing, failed, or declined (page still open)."""

    intent_id: str
    state: str
    amount_cents: int
    currency: str
    order_ref: str = ""
    page_key: str = ""
    charge_id: str | None = None
    method: str | None = None


def apply(arrival: Arrival) -> Outcome:
    """Brings payment, order, allocations and messages to what the arrival says. Twice or out of order changes nothing more."""
    if arrival.state == "declined" and not _known(arrival.intent_id):
        return Outcome("ignored", "A try to pay was declined; the page stays open.")
    order, page, doubt = _order_of(arrival)
    payment = _payment(arrival, order if not doubt else None, doubt)
    _fill_in(payment, arrival)
    state = "failed" if arrival.state == "declined" else arrival.state
    if payment.state in (state, "succeeded") or state not in PAYMENT_MOVES[payment.state]:
        return Outcome("ignored", f"Already known: the payment is {payment.state}.")
    payment.state = state
    if page is not None and not doubt and page.state != "complete":
        page.state = "complete"
    db.session.flush()
    log.info("payment_moved", state=state, payment=payment.id, order=order.ref if order else None, cents=payment.amount_cents)
    return _effect(payment, order if not doubt else None, doubt)


def _effect(payment: Payment, order: Order | None, doubt: str) -> Outcome:
    now = clock.now()
    if payment.state == "succeeded":
        payment.received_at = now
        return received(payment, order) if order else Outcome("for_finance", doubt)
    if order is None:
        return Outcome("for_finance", doubt)
    if payment.state == "processing":
        _wait_for_the_bank(order, now)
        return Outcome("applied", "The bank is confirming.")
    return _failed(payment, order, now)


def received(payment: Payment, order: Order) -> Outcome:
    """Money is here: the places, the allocations, the receipt. The order is locked. Also for checks and attached money."""
    is_asked = order.approval_until is not None
    problem = seating.after_payment(order, clock.now())
    if is_asked:
        approvals.paid(order, payment)
    db.session.flush()
    settlement.bring_in_line(order.id)
    if order.state == "cancelled" and settlement.is_free(payment.id):
        problem = "Paid after the order was cancelled."
    if problem:
        payment.note = problem
        messages.late_payment(payment.id, order)
        return Outcome("for_finance", problem)
    messages.receipt(payment.id, order)
    return Outcome("applied")


def _failed(payment: Payment, order: Order, now: datetime) -> Outcome:
    if order.state in ("held", "releasing") and order.hold_until is not None:
        order.hold_until = min(order.hold_until, now + AFTER_FAILURE)
    messages.payment_failed(payment.id, order)
    return Outcome("applied", "The bank returned the payment.")


def _wait_for_the_bank(order: Order, now: datetime) -> None:
    if order.state in ("held", "releasing"):
        order.hold_until = max(order.hold_until or now, now + timedelta(days=BANK_DAYS))


def _known(intent_id: str) -> bool:
    return db.session.scalar(select(Payment.id).where(Payment.provider_intent_id == intent_id)) is not None


def _order_of(arrival: Arrival) -> tuple[Order | None, CheckoutPage | None, str]:
    """The locked order and page the money was asked for by, or why nobody can say for sure."""
    if not arrival.order_ref:
        return None, None, "Paid at Stripe, but not through a page of ours."
    order_id = db.session.scalar(select(Order.id).where(Order.ref == arrival.order_ref))
    if order_id is None:
        return None, None, f"It names the order {arrival.order_ref[:24]}, which does not exist here."
    order = settlement.lock_to_pay(order_id)
    page = db.session.scalar(
        select(CheckoutPage)
        .where(CheckoutPage.idempotency_key == arrival.page_key, CheckoutPage.order_id == order_id)
        .execution_options(populate_existing=True)
    )
    if page is None:
        return order, None, f"It names the order {order.ref}, but no payment page of it."
    if (page.amount_cents, page.currency) != (arrival.amount_cents, arrival.currency):
        asked, came = money.written(page.amount_cents, page.currency), money.written(arrival.amount_cents, arrival.currency)
        return order, page, f"The page of order {order.ref} asked for {asked}, Stripe tells of {came}."
    return order, page, ""


def _payment(arrival: Arrival, order: Order | None, doubt: str) -> Payment:
    """The row of this intent; made when it is new, safely against another event at the same instant."""
    fresh = insert_new(
        Payment,
        on=("provider_intent_id",),
        values={
            "provider_intent_id": arrival.intent_id,
            "order_id": order.id if order else None,
            "payer_id": order.payer_id if order else None,
            "method": arrival.method or "card",
            "state": "pending",
            "amount_cents": arrival.amount_cents,
            "currency": arrival.currency,
            "note": doubt,
            "created_at": clock.now(),
        },
    )
    if fresh is not None:
        return fresh
    return db.session.execute(
        select(Payment)
        .where(Payment.provider_intent_id == arrival.intent_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def _fill_in(payment: Payment, arrival: Arrival) -> None:
    """What one event knows and another did not."""
    payment.provider_charge_id = payment.provider_charge_id or arrival.charge_id
    if arrival.method:
        payment.method = arrival.method
