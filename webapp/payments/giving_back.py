"""What goes back after places were cancelled: per order, what is paid beyond what it owes now. In the same transaction."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from webapp.core import clock
from webapp.payments import balances, invoices, refunds, settlement
from webapp.payments.balance import keeping, returning
from webapp.payments.rules.standing import Balance
from webapp.registration import ledger
from webapp.registration.cancellation import Outcome
from webapp.registration.registrations import Cancelled


def after(cancelled: Iterable[Cancelled], *, reason: str, by_id: int | None, today: date) -> int:
    """Asks for the refunds and the credit notes of these cancellations; returns the cents that go back.

    Registration decided what is owed and what is kept as a balance, which is a lot of its payer's from then on. What was bound to a
    course waits for another date of it, whatever that is, and goes back before other money. Orders are taken in the order of their
    ids, as locks are; those of the same whole that lost a group price, and those that carried a part, come after them.
    """
    found, cancelled = 0, list(cancelled)
    for order_id, group in groupby(sorted(cancelled, key=lambda one: one.order_id), key=lambda one: one.order_id):
        found += _of_order(order_id, list(group), reason, by_id, today)
    for order_id, cents in (other for one in cancelled for other in one.more.others):
        settle_change(order_id, cents, reason=reason, by_id=by_id, today=today)
    return found + to_others([other for one in cancelled for other in one.others], reason=reason, by_id=by_id, today=today)


def to_others(others: Iterable[tuple[int, int]], *, reason: str, by_id: int | None, today: date) -> int:
    """After parts ended: the orders that carried them, each with what may go back to its payer. Returns what does.

    A grant's money stays on its order and pays for the next place: nothing of it goes to anybody's card. A correction that lowered
    such an order ends where it would owe less than nothing.
    """
    found = 0
    wanted: dict[int, int] = {}
    for order_id, cents in others:
        wanted[order_id] = wanted.get(order_id, 0) + cents
    for order_id, cents in sorted(wanted.items()):
        settlement.lock(order_id)
        ledger.drop_reductions(order_id, reason=reason, by_id=by_id, at=clock.now())
        gone = settlement.bring_in_line(order_id)
        stands = balances.of_order(order_id, today)
        back = min(stands.paid_cents - stands.in_flight_cents - stands.owed_cents, stands.refundable_cents, cents - gone)
        if back > 0:
            refunds.request(order_id, back, reason=reason, by_id=by_id)
        found += gone + max(back, 0)
        invoices.adjust(order_id, reason)
    return found


def settle_change(order_id: int, change_cents: int, *, reason: str, by_id: int | None, today: date) -> int:
    """After a place of the order came to cost more or less: what was paid stays, the difference is billed or goes back.

    Returns the cents that go back: at most what is paid beyond what is owed now. More is owed on an invoice of its own where the
    order is on invoice; else the page of the order asks for it.
    """
    order = settlement.lock(order_id)
    gone = settlement.bring_in_line(order_id)
    if change_cents > 0 and order.method == "invoice":
        invoices.issue(order_id)
    if change_cents >= 0:
        return gone
    balance = balances.of_order(order_id, today)
    back = min(balance.paid_cents - balance.in_flight_cents - balance.owed_cents, balance.refundable_cents, -change_cents - gone)
    if back > 0:
        refunds.request(order_id, back, reason=reason, by_id=by_id)
    invoices.adjust(order_id, reason)
    return gone + max(back, 0)


def foreseen(balance: Balance, outcome: Outcome, more_cents: int = 0, spare_cents: int = 0) -> int:
    """The cents that would go back by `after`, for a page: of what was paid, not of what the place costs.

    `more_cents`: what the others would owe more. `spare_cents`: of money that is bound to its course, what nothing else of the course
    there asks for (bound.spare_of): it goes back also where something else is open, which it may not pay.
    """
    owed_then = balance.owed_cents - outcome.refund_cents - outcome.balance_cents + more_cents
    free = balance.paid_cents - balance.in_flight_cents - owed_then - outcome.balance_cents
    back = max(free, spare_cents - outcome.fee_cents - more_cents)
    return max(min(back, balance.refundable_cents, outcome.refund_cents), 0)


def foreseen_kept(balance: Balance, outcome: Outcome, more_cents: int = 0, spare_cents: int = 0) -> int:
    """The cents that `after` would keep as a balance, for a page: of what was paid. `more_cents` and `spare_cents` as before."""
    owed_then = balance.owed_cents - outcome.refund_cents - outcome.balance_cents + more_cents
    kept = max(balance.refundable_cents - owed_then, spare_cents - outcome.fee_cents - more_cents)
    return max(min(kept, balance.refundable_cents, outcome.balance_cents), 0)


def _of_order(order_id: int, done: list[Cancelled], reason: str, by_id: int | None, today: date) -> int:
    """What these places bring back and was paid, at most. What an earlier cancellation left as a balance stays where it is.

    An order that ended before it was placed bought nothing: what a balance had paid towards it is there again as if it had never been.
    """
    order = settlement.lock(order_id)
    if order.placed_at is None:
        returning.return_unused(order_id, reason=reason)
    # also when nothing goes back: what paid these places stands on finance's list
    gone = settlement.bring_in_line(order_id, put_off_id=next((one.deferral_id for one in done if one.deferral_id), None))
    balance = balances.of_order(order_id, today)
    promised = sum(one.outcome.refund_cents + one.outcome.balance_cents for one in done)
    free = min(balance.refundable_cents - balance.owed_cents, balance.refundable_cents, promised - gone)
    free -= _keep(order_id, done, free, reason, by_id)
    back = min(free, sum(one.outcome.refund_cents for one in done))
    if back > 0:
        refunds.request(order_id, back, reason=reason, by_id=by_id)
    invoices.adjust(order_id, reason)
    if order.method == "invoice" and any(one.more.own_cents for one in done):
        invoices.issue(order_id)
    return gone + max(back, 0)


def _keep(order_id: int, done: list[Cancelled], free_cents: int, reason: str, by_id: int | None) -> int:
    """What the policy keeps as a balance becomes one of the payer's, until the day it was promised; at most what is free."""
    kept = 0
    found = {(one.outcome.balance_until, one.deferral_id) for one in done if one.outcome.balance_until}
    for until, deferral_id in sorted(found, key=lambda key: (key[0], key[1] or 0)):
        wanted = sum(one.outcome.balance_cents for one in done if (one.outcome.balance_until, one.deferral_id) == (until, deferral_id))
        cents = min(wanted, free_cents - kept)
        if cents > 0:
            keeping.keep(order_id, cents, expires_on=until, reason=reason, by_id=by_id, deferral_id=deferral_id)
            kept += cents
    return kept
