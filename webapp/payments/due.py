"""What an order asks for next: read from its lines and its money."""

from collections import Counter
from datetime import date

from webapp.payments import balances, settlement
from webapp.payments.rules import due
from webapp.payments.rules.due import Due


def next_of(order_id: int, today: date) -> Due | None:
    """What is due by today and not paid, nor on its way from a bank; when nothing is, the next instalment. None: nothing is to be paid."""
    stands, bound = balances.of_order(order_id, today), Counter[int]()
    for money in settlement.moneys(order_id):
        if money.course_id is not None:
            bound[money.course_id] += money.kept_cents
    return due.next_due(settlement.lines(order_id), stands.paid_cents + stands.processing_cents, bound, today)
