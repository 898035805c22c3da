"""What payers have with us and what the books hold: lots, checks, questions to agencies, closed months, statements."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from tests.machines.kept import about
from tests.machines.playing import ZONE
from tests.machines.seen import Seen, by
from webapp.core import clock
from webapp.core.db import db, snapshot
from webapp.payments.queries import lots, months, movements, statements
from webapp.payments.rules import books

FOR_EVER = timedelta(days=3_650)


@about("lots", "lot_moves", "refunds", "payments")
def balances_never_fall_below_nothing(seen: Seen) -> None:
    """What is left of a lot is what its movements add up to; it came from a payment, and what it paid is a payment of the same cents."""
    moves, refunds, payments = by(seen.lot_moves, "lot_id"), {one.id: one for one in seen.refunds}, {one.id: one for one in seen.payments}
    for lot in seen.lots:
        mine = moves[lot.id]
        assert 0 <= lot.left_cents == sum(one.cents for one in mine) <= lot.amount_cents, (lot, mine)
        source, gone = refunds[lot.refund_id], any(one.kind == "taken_back" for one in mine)
        assert (source.to_balance, source.amount_cents, source.state) == (True, lot.amount_cents, "failed" if gone else "succeeded"), (
            lot, source)
    used = {one.payment_id: one for one in seen.lot_moves if one.kind == "used"}
    back = {one.payment_id for one in seen.lot_moves if one.kind == "returned"}
    by_balance = {one.id: one for one in seen.payments if one.method == "balance"}
    assert used.keys() == by_balance.keys() and back <= used.keys(), ("a payment by balance without a lot", used, by_balance)
    for payment_id, move in used.items():
        expected = (-move.cents, "failed" if payment_id in back else "succeeded")
        assert (payments[payment_id].amount_cents, payments[payment_id].state) == expected, (move, payments[payment_id])
    assert {one.id for one in seen.refunds if one.to_balance} == {one.refund_id for one in seen.lots}
    assert lots.in_all() == sum(one.left_cents for one in seen.lots)


@about("checks", "payments")
def checks_are_the_sum_of_their_payments(seen: Seen) -> None:
    """A check is worth what its payments are, and comes back with all of them."""
    parts = by([one for one in seen.payments if one.check_id is not None], "check_id")
    for check in seen.checks:
        states = {one.state for one in parts[check.id]}
        assert sum(one.amount_cents for one in parts[check.id]) == check.amount_cents, (check, parts[check.id])
        assert states == {"failed" if check.state == "bounced" else "succeeded"}, (check, parts[check.id])


@about("approvals", "orders")
def one_question_for_an_order(seen: Seen) -> None:
    """An order that waits for its agency has one open question, with its deadline; an agency that said yes has its order placed."""
    orders = {one.id: one for one in seen.orders}
    asked = [one for one in seen.approvals if one.state == "asked"]
    assert len({one.order_id for one in asked}) == len(asked), asked
    until = {one.order_id: one.until for one in asked if orders[one.order_id].state in ("held", "releasing")}
    assert {one.id: one.approval_until for one in seen.orders if one.approval_until is not None} == until, ("waits for nobody", asked)
    for one in seen.approvals:
        over = orders[one.order_id].state in ("placed", "cancelled")
        assert one.state not in ("approved", "paid") or over, ("answered and not placed", one, orders[one.order_id])


class Months:
    """What finance closed stays, byte for byte, with the movements it was closed with."""

    def __init__(self) -> None:
        self.known: list[Any] = []

    def look(self, seen: Seen) -> None:
        """Closed months are as they were, one after the other, and hold what they say."""
        assert seen.months[:len(self.known)] == self.known, "a closed month changed"
        starts = [one.first_on for one in seen.months]
        assert starts == sorted(starts) and all(books.after(one) == next_ for one, next_ in pairwise(starts)), starts
        held = Counter(one.month_id for one in seen.booked)
        assert all(held[one.id] == one.movements for one in seen.months[len(self.known):]), ("another number of movements", held)
        self.known = seen.months


def months_add_up() -> None:
    """All closed months and the open one come to what moved in all."""
    end = clock.now() + FOR_EVER
    table, closed = movements.table(end), months.closed()
    moved: Any = db.session.execute(select(func.sum(table.c.owed_cents), func.sum(table.c.received_cents))).one()
    left = months.open_sums(end)
    booked = (sum(one.owed_cents for one in closed) + left.owed_cents, sum(one.received_cents for one in closed) + left.received_cents)
    db.session.rollback()
    assert booked == (moved[0] or 0, moved[1] or 0), ("months and books", booked, moved)


def statement_adds_up(seen: Seen, payer_ids: Collection[int], start: date, today: date) -> None:
    """Open at first and what moved come to what is open now; that is what the lists say, and what its ages say."""
    with snapshot():
        found = statements.of(payer_ids, _midnight(start), clock.now() + FOR_EVER, today)
    assert found.opening_cents + found.owed_cents - found.paid_cents == found.closing_cents
    assert found.closing_cents == _open(seen, set(payer_ids)), ("statement", found.closing_cents, _open(seen, set(payer_ids)))
    ages = (found.ages.current_cents, found.ages.to_30_cents, found.ages.to_60_cents, found.ages.to_90_cents, found.ages.older_cents)
    assert min(ages) >= 0 and sum(ages) - found.ages.with_us_cents == found.closing_cents, found.ages


def _open(seen: Seen, payer_ids: set[int]) -> int:
    """What these payers owe beyond what came from them, in cents; what they have with us counts as theirs."""
    orders = {one.id: one for one in seen.orders if one.payer_id in payer_ids}
    mine = {one.id: one for one in seen.payments
            if (one.order_id in orders if one.order_id is not None else one.payer_id in payer_ids)}
    owed = sum(one.amount_cents for one in seen.charges if one.order_id in orders and orders[one.order_id].placed_at is not None)
    paid = sum(one.amount_cents for one in mine.values() if one.state == "succeeded")
    back = sum(one.amount_cents for one in seen.refunds if one.payment_id in mine and one.state == "succeeded")
    lots_ = {one.id for one in seen.lots if one.payer_id in payer_ids}
    left = sum(one.cents for one in seen.lot_moves if one.lot_id in lots_)
    return owed - (paid - back) - left


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
