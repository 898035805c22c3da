"""What goes back after places were cancelled: per order, what is paid beyond what it owes now. In the same transaction."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from webapp.payments import balances, invoices, refunds, settlement
from webapp.registration.registrations import Cancelled


def after(cancelled: Iterable[Cancelled], *, reason: str, by_id: int | None, today: date) -> int:
    """Asks for the refunds and the credit notes of these cancellations; returns the cents that go back.

    Registration decided what is owed and what is kept as a balance. Orders are taken in the order of their ids, as locks are.
    """
    found = 0
    for order_id, group in groupby(sorted(cancelled, key=lambda one: one.order_id), key=lambda one: one.order_id):
        found += _of_order(order_id, list(group), reason, by_id, today)
    return found


def settle_change(order_id: int, change_cents: int, *, reason: str, by_id: int | None, today: date) -> int:
    """After a place of the order came to cost more or less: what was paid stays, the difference is billed or goes back.

    Returns the cents that go back: at most what is paid beyond what is owed now. More is owed on an invoice of its own where the
    order is on invoice; else the page of the order asks for it.
    """
    order = settlement.lock(order_id)
    settlement.bring_in_line(order_id)
    if change_cents > 0 and order.method == "invoice":
        invoices.issue(order_id)
    if change_cents >= 0:
        return 0
    balance = balances.of_order(order_id, today)
    back = min(balance.paid_cents - balance.in_flight_cents - balance.owed_cents, balance.refundable_cents, -change_cents)
    if back > 0:
        refunds.request(order_id, back, reason=reason, by_id=by_id)
    invoices.adjust(order_id, reason)
    return max(back, 0)


def _of_order(order_id: int, done: list[Cancelled], reason: str, by_id: int | None, today: date) -> int:
    """What these places bring back and was paid, at most. What an earlier cancellation left as a balance stays where it is."""
    settlement.lock(order_id)
    settlement.bring_in_line(order_id)  # also when nothing goes back: what paid these places stands on finance's list
    balance = balances.of_order(order_id, today)
    kept = sum(one.outcome.balance_cents for one in done)
    owed_back = balance.paid_cents - balance.in_flight_cents - balance.owed_cents - kept
    back = min(owed_back, balance.refundable_cents, sum(one.outcome.refund_cents for one in done))
    if back > 0:
        refunds.request(order_id, back, reason=reason, by_id=by_id)
    invoices.adjust(order_id, reason)
    return max(back, 0)
