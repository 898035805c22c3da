"""Money that comes without our Stripe: checks, transfers, cash, a card terminal of somebody else. Recorded by staff; a check may bounce."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from webapp.core import audit, clock, money
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import arrivals, balances, chains, messages, settlement, undoing, unmatched
from webapp.payments.checks import bouncing, rows
from webapp.payments.models import Payment
from webapp.payments.rules import methods


@dataclass(frozen=True)
class Received:
    """What finance has in hand: cents, how, and its papers. `received_on` is a day of the association's zone."""

    method: str
    amount_cents: int
    received_on: date
    zone: str
    number: str = ""
    deposit_slip: str = ""
    note: str = ""
    submit_key: str | None = None


def record(order_id: int | None, received: Received, *, by_id: int, at_most_open: bool = False) -> Payment:
    """Writes the payment; it pays what is open, the oldest due first. More than that stays on finance's list.

    Without an order it stands on finance's list. The same form sent twice (`submit_key`) is recorded once. `at_most_open`: more
    than the order still owes is refused, as it stands once it is locked.
    """
    if received.submit_key and (earlier := _same(received.submit_key)):
        return earlier
    _check(received)
    order = settlement.lock_to_pay(order_id) if order_id is not None else None
    if received.submit_key and (earlier := _same(received.submit_key)):
        return earlier
    if at_most_open and order is not None:
        _refuse_more(order.id, received)
    check = rows.new(number=received.number, amount_cents=received.amount_cents, received_on=received.received_on,
                     payer_id=order.payer_id if order else None, note=received.note, slip=received.deposit_slip,
                     by_id=by_id) if received.method == "cheque" else None
    payment = Payment(
        order_id=order_id,
        payer_id=order.payer_id if order else None,
        method=received.method,
        state="succeeded",
        amount_cents=received.amount_cents,
        received_at=rows.booked_at(received.received_on, received.zone),
        check_id=check.id if check else None,
        paper_number=received.number,
        deposit_slip=received.deposit_slip if received.method in methods.TO_THE_BANK else "",
        cheque_on=received.received_on if received.method == "cheque" else None,
        note=received.note,
        recorded_by_id=by_id,
        submit_key=received.submit_key,
        created_at=clock.now(),
    )
    db.session.add(payment)
    db.session.flush()
    audit.record(
        "payment_recorded",
        f"order:{order_id}" if order_id else f"payment:{payment.id}",
        actor_id=by_id,
        reason=received.note,
        after={"cents": received.amount_cents, "method": received.method, "number": received.number},
    )
    if order is not None:
        arrivals.received(payment, order)
    return payment


def bounce(payment_id: int, *, reason: str, by_id: int, owes_ref: str = "") -> Payment:
    """The bank gave a check or a transfer back: what it paid is open again, and the payer is told. Its places stay.

    A check comes back whole, with every order it paid (checks.bounce). What either left is undone in the same way: a balance ends, what
    was sent back is owed (`owes_ref`: by which order, where nobody knows one), and who paid with that balance is told too.
    """
    check_id = db.session.scalar(select(Payment.check_id).where(Payment.id == payment_id))
    if check_id is not None:
        bouncing.bounce(check_id, reason=reason, by_id=by_id, owes_ref=owes_ref)
        return db.session.get_one(Payment, payment_id)
    return _bounce(payment_id, reason, by_id, unmatched.order_of(owes_ref, field="owes") if owes_ref else None)


def _bounce(payment_id: int, reason: str, by_id: int, owes_id: int | None) -> Payment:
    found = chains.of([payment_id], owes_id)
    orders = settlement.lock_all(found.order_ids)
    payment = db.session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        raise NotFound
    if payment.method not in methods.RETURNED:
        raise Unacceptable("Only a check or a transfer can come back.")
    if payment.state != "succeeded":
        raise AlreadyDone(f"This payment is already {payment.state}.")
    if not reason:
        raise Unacceptable("Say why the bank gave it back.", field="reason")
    found = undoing.stand_still(found, [payment_id], owes_id)
    undoing.bounced(found, reason=reason, by_id=by_id, papers={"number": payment.paper_number})
    if not found.order_ids:
        audit.record("payment_bounced", f"payment:{payment_id}", actor_id=by_id, reason=reason, after={"state": "failed"})
    for one in found.payments:
        if one.order_id is not None:
            messages.payment_failed(one.id, orders[one.order_id])
    return payment


def _check(received: Received) -> None:
    if received.method not in methods.BY_HAND:
        raise Unacceptable("Choose check, bank transfer, cash or card terminal.", field="method")
    if not 0 < received.amount_cents <= money.MAX_CENTS:
        raise Unacceptable("The amount is more than $0.00.", field="amount")
    if received.method == "cheque" and not received.number:
        raise Unacceptable("Write the number of the check.", field="number")
    if received.method == "card_terminal" and not received.number:
        raise Unacceptable("Write the number that stands on the terminal's slip.", field="number")
    if received.received_on > clock.today(received.zone):
        raise Unacceptable("The day it came cannot be in the future.", field="received_on")


def _refuse_more(order_id: int, received: Received) -> None:
    balance = balances.of_order(order_id, received.received_on)
    still_open = balance.open_cents - balance.processing_cents
    if still_open <= 0:
        raise AlreadyDone("Nothing is open any more.", way_out="It was paid just now, or a bank is confirming it: take nothing.")
    if received.amount_cents > still_open:
        raise Unacceptable(f"Only {money.written(still_open)} is open.", field="amount", way_out="Give the rest back.")


def _same(submit_key: str) -> Payment | None:
    return db.session.scalar(select(Payment).where(Payment.submit_key == submit_key))
