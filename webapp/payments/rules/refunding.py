"""From which payments money goes back: the newest first, what pays nothing before what pays, never beyond what was paid."""

from collections.abc import Mapping, Sequence

from webapp.core import money
from webapp.core.errors import Unacceptable
from webapp.payments.rules.allocations import Money


def split(amount_cents: int, payments: Sequence[Money], allocated: Mapping[int, int]) -> list[tuple[int, int]]:
    """(payment id, cents) that add up to the amount; `payments` are the newest first, `allocated` what each pays now.

    Refuses an amount of nothing, or more than can still go back.
    """
    most = sum(payment.usable_cents for payment in payments)
    if amount_cents <= 0:
        raise Unacceptable("A refund is more than $0.00.", field="amount")
    if amount_cents > most:
        raise Unacceptable(
            f"At most {money.written(most)} can still be refunded.",
            field="amount",
            code="beyond_paid",
            way_out="Refunds that are on their way count as gone.",
        )
    parts: dict[int, int] = {}
    left = amount_cents
    for only_free in (True, False):
        for payment in payments:
            mine = payment.usable_cents - parts.get(payment.id, 0)
            room = min(mine, max(payment.usable_cents - allocated.get(payment.id, 0), 0)) if only_free else mine
            part = min(left, room)
            if part > 0:
                parts[payment.id] = parts.get(payment.id, 0) + part
                left -= part
    return list(parts.items())
