"""One check over several orders: a suggestion, and what of it can be. Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.core import money
from webapp.core.errors import Unacceptable


@dataclass(frozen=True)
class Open:
    """What an order still asks for, in cents, and since when it was due."""

    order_id: int
    open_cents: int
    due_on: date


def suggested(amount_cents: int, found: Sequence[Open]) -> dict[int, int]:
    """Cents for each order: the oldest due first, each in full while the check lasts."""
    parts, left = {}, amount_cents
    for one in sorted(found, key=lambda order: (order.due_on, order.order_id)):
        part = min(left, one.open_cents)
        if part > 0:
            parts[one.order_id] = part
            left -= part
    return parts


def check(amount_cents: int, parts: Sequence[tuple[int, int]]) -> int:
    """The rest that pays no order. Refuses parts of nothing, an order named twice, and parts beyond the check."""
    if not 0 < amount_cents <= money.MAX_CENTS:
        raise Unacceptable("The amount is more than $0.00.", field="amount")
    if any(cents <= 0 for _, cents in parts):
        raise Unacceptable("A part is more than $0.00; leave it empty for nothing.", field="parts")
    if len({order_id for order_id, _ in parts}) != len(parts):
        raise Unacceptable("An order stands there twice.", field="parts")
    rest = amount_cents - sum(cents for _, cents in parts)
    if rest < 0:
        raise Unacceptable(f"The parts are {money.written(-rest)} more than the check.", field="parts", code="beyond_check",
                           way_out="Lower a part; less than an invoice asks for is a part payment.")
    return rest
