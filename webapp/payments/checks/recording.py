"""One check is recorded and spread over the orders it pays: a payment for each, so that each order is settled as always."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from webapp.core import audit, clock, money
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.payments import arrivals, balance, balances, settlement
from webapp.payments.checks import rows
from webapp.payments.models import BankCheck, Payment
from webapp.payments.rules import spreading
from webapp.registration.models import Order


@dataclass(frozen=True)
class Paper:
    """What finance has in hand. Days are of the association's zone; `keep_until`: the rest becomes the payer's balance, else it
    stands on finance's list."""

    number: str
    amount_cents: int
    received_on: date
    zone: str
    written_on: date | None = None
    payer_id: int | None = None
    slip: str = ""
    note: str = ""
    keep_until: date | None = None
    submit_key: str | None = None


def record(paper: Paper, parts: Mapping[int, int], *, by_id: int) -> BankCheck:
    """Writes the check and a payment of `parts[order_id]` cents for each order, in this order; the rest stands by itself.

    Each payment pays what is due first in its order. Refuses parts beyond the check, a part beyond what its order still asks for,
    and a check recorded before; the same form sent twice (`submit_key`) is one check. Locks the orders by ascending id.
    """
    if paper.submit_key and (earlier := _same(paper.submit_key)):
        return earlier
    rest = spreading.check(paper.amount_cents, list(parts.items()))
    _days(paper)
    orders = settlement.lock_all(parts)
    if paper.submit_key and (earlier := _same(paper.submit_key)):
        return earlier
    for order_id, cents in parts.items():
        _fits(orders[order_id], cents, paper)
    payer_id = paper.payer_id or (next(iter(orders.values())).payer_id if orders else None)
    check = rows.new(number=paper.number, amount_cents=paper.amount_cents, received_on=paper.received_on, written_on=paper.written_on,
                     payer_id=payer_id, note=paper.note, slip=paper.slip, submit_key=paper.submit_key, by_id=by_id)
    for order_id, cents in parts.items():
        arrivals.received(_payment(check, paper, orders[order_id], cents, by_id), orders[order_id])
        audit.record("payment_recorded", f"order:{order_id}", actor_id=by_id, reason=paper.note,
                     after={"cents": cents, "method": "check", "number": paper.number})
    if rest:
        _rest(check, paper, rest, by_id)
    audit.record("check_recorded", f"check:{check.id}", actor_id=by_id, reason=paper.note,
                 after={"cents": paper.amount_cents, "number": paper.number, "orders": len(parts)})
    return check


def _rest(check: BankCheck, paper: Paper, cents: int, by_id: int) -> None:
    payment = _payment(check, paper, None, cents, by_id)
    payment.note = f"The rest of check {paper.number}."
    db.session.flush()
    if paper.keep_until is None:
        return
    if check.payer_id is None:
        raise Unacceptable("Nobody knows whose balance it would be.", field="rest", way_out="Leave it unmatched.")
    balance.keep_payment(payment.id, cents, expires_on=paper.keep_until, reason=f"The rest of check {paper.number}", by_id=by_id)


def _payment(check: BankCheck, paper: Paper, order: Order | None, cents: int, by_id: int) -> Payment:
    payment = Payment(
        order_id=order.id if order else None, payer_id=order.payer_id if order else check.payer_id, method="cheque", state="succeeded",
        amount_cents=cents, currency=check.currency, received_at=rows.booked_at(paper.received_on, paper.zone), check_id=check.id,
        paper_number=paper.number, cheque_on=paper.received_on, deposit_slip=paper.slip, note=paper.note, recorded_by_id=by_id,
        created_at=clock.now())
    db.session.add(payment)
    db.session.flush()
    return payment


def _fits(order: Order, cents: int, paper: Paper) -> None:
    still_open = balances.of_order(order.id, paper.received_on).open_cents
    if order.state != "placed" or cents > still_open:
        raise Unacceptable(f"Order {order.ref} still asks for {money.written(still_open)}, not for {money.written(cents)}.", field="parts",
                           way_out="What is more goes to the rest.", code="beyond_order")
    if order.currency != "USD":
        raise Unacceptable(f"Order {order.ref} is in {order.currency}.", field="parts")


def _days(paper: Paper) -> None:
    if paper.received_on > clock.today(paper.zone):
        raise Unacceptable("The day it came cannot be in the future.", field="received_on")


def _same(submit_key: str) -> BankCheck | None:
    return db.session.scalar(select(BankCheck).where(BankCheck.submit_key == submit_key))
