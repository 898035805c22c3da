"""A balance pays an order: one payment for each lot it is taken from, so that each can be given back to where it came from."""

from datetime import date, datetime

from sqlalchemy import func, select

from webapp.core import clock, money
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, Unacceptable
from webapp.payments import arrivals, balances, due, lots, payers, settlement
from webapp.payments.balance import returning
from webapp.payments.lots import bound
from webapp.payments.models import Allocation, BalanceLot, Payment, Refund
from webapp.payments.rules import balance as rules
from webapp.registration import orders
from webapp.registration.models import Order
from webapp.registration.orders import locking


def use(order_id: int, amount_cents: int | None = None, *, today: date, by_id: int | None, payer_id: int | None = None) -> int:
    """Pays the order from its payer's balance, what expires first first; the cents that were used.

    `amount_cents` None: as much as is open and there is. `payer_id`: another payer whose balance it is; who may use it is the
    caller's to say. A held order is placed when the balance covers what is due now; else the rest is paid by card within the
    hold, or the balance comes back when the hold ends. Refuses an order that is over or paid, nothing to use, and more than
    fits. Two orders at one moment never use the same cents. Locks the order, then the lots.
    """
    order, now = settlement.lock(order_id), clock.now()
    _may_be_paid(order, now)
    still_open = _open(order_id, today)
    if order.state == "held":
        locking.registrations(order_id, "held")  # what is confirmed by it is locked before any lot
    found = lots.locked(payers.same(payer_id or order.payer_id), today, order.currency)
    known, rooms = bound.values(found), settlement.rooms(order_id)
    there = sum(cents for _, cents in rules.spent(still_open, known, rooms))
    if not there:
        raise Unacceptable("There is no balance to use.", field="amount", code="no_balance")
    wanted = there if amount_cents is None else amount_cents
    if not 0 < wanted <= there:
        raise Unacceptable(f"At most {money.written(there)} can be used here.", field="amount", code="beyond_balance")
    before, parts = due.next_of(order_id, today), rules.spent(wanted, known, rooms)
    made = [_pay(order, lot_id, cents, by_id, now) for lot_id, cents in parts]
    after = due.next_of(order_id, today)
    _follow(order, made, covers=after is None or before is None or before.on < after.on)
    if wanted == still_open:
        bound.open_used([lot_id for lot_id, _ in parts], found)
    return wanted


def usable(order_id: int, payer_id: int, today: date) -> int:
    """Cents of this payer's balance that can pay the order today: what is bound to a course pays for that only. Reads only."""
    still_open = balances.of_order(order_id, today).open_cents
    return sum(cents for _, cents in rules.spent(still_open, bound.values(lots.of(payer_id, today)), settlement.rooms(order_id)))


def cover(order_id: int, today: date) -> bool:
    """A held order that came to cost no more than its balance has paid is placed by that, once its buyer chose how to pay.

    What was bound to a course that is not on the order any more goes back to it before. False when something is to be paid now, or no
    balance paid a part. Locks the order.
    """
    order = settlement.lock(order_id)
    paid = db.session.scalars(
        select(Payment).where(Payment.order_id == order_id, Payment.method == "balance", Payment.state == "succeeded")
        .order_by(Payment.id)).all()
    if not paid or order.state != "held" or order.method is None or order.approval_until is not None:
        return False
    settlement.bring_in_line(order_id)
    if due.next_of(order_id, today) is not None:
        return False
    arrivals.received(paid[-1], order)
    return True


def settle(order_id: int) -> None:
    """For the sweep: a part that waited pays what was placed in another way, or goes back where the hold ended."""
    if settlement.lock(order_id).state == "placed":
        settlement.bring_in_line(order_id)
    returning.return_unused(order_id)


def waiting_orders() -> list[int]:
    """Orders a balance has paid a part of that waits no more: placed (on invoice) or over. What went back already waits for nothing."""
    gone = (select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.payment_id == Payment.id, Refund.state != "failed")
            .scalar_subquery())
    return list(db.session.scalars(
        select(Payment.order_id).join(Order, Order.id == Payment.order_id).where(
            Payment.method == "balance", Payment.state == "succeeded", Order.state.in_(("expired", "placed")),
            Payment.id.not_in(select(Allocation.payment_id)), Payment.amount_cents > gone).distinct().limit(200)))


def draw(lot: BalanceLot, cents: int, payer_id: int, order: Order | None, by_id: int | None, now: datetime) -> Payment:
    """Takes cents of a lot as a payment (of no order: to be given back)."""
    payment = Payment(order_id=order.id if order else None, payer_id=payer_id, method="balance", state="succeeded", amount_cents=cents,
                      currency=lot.currency, received_at=now, recorded_by_id=by_id, created_at=now)
    db.session.add(payment)
    db.session.flush()
    lots.move(lot.id, -cents, "used", payment_id=payment.id, by_id=by_id)
    return payment


def _pay(order: Order, lot_id: int, cents: int, by_id: int | None, now: datetime) -> Payment:
    return draw(db.session.get_one(BalanceLot, lot_id), cents, order.payer_id, order, by_id, now)


def _follow(order: Order, made: list[Payment], *, covers: bool) -> None:
    """The order is placed, or paid further; a held one that still needs a card waits for it."""
    if order.state == "held":
        if not covers:
            return
        if order.method is None:
            orders.place(order.id, "card")
    for payment in made:
        arrivals.received(payment, order)


def _may_be_paid(order: Order, now: datetime) -> None:
    if order.approval_until is not None:
        raise AlreadyDone("The agency is being asked whether it pays this order.", way_out="Choose another way to pay first.", code="asked")
    if order.state == "held" and order.hold_until is not None and order.hold_until > now:
        return
    if order.state != "placed":
        raise Closed("The time to pay this order is over.", way_out="Please register again; your balance is untouched.")


def _open(order_id: int, today: date) -> int:
    balance = balances.of_order(order_id, today)
    still_open = balance.owed_cents - balance.paid_cents - balance.processing_cents
    if still_open <= 0:
        raise AlreadyDone("There is nothing to pay.", way_out="The order is paid, or a bank is confirming a payment for it.")
    return still_open
