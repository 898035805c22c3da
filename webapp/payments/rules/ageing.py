"""How old what is open is: not due yet, or due for up to 30, 60, 90 days or longer. Values in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Ages:
    """Cents by days past due. `with_us_cents` is what was paid and needed nowhere, so that all of them make the closing amount."""

    current_cents: int = 0
    to_30_cents: int = 0
    to_60_cents: int = 0
    to_90_cents: int = 0
    older_cents: int = 0
    with_us_cents: int = 0


def aged(orders: Iterable[tuple[Sequence[tuple[date, int]], int]], on: date, closing_cents: int) -> Ages:
    """Of each order its charges by due day (oldest first, signed cents) and what was paid for it.

    Money and negative lines take from what is due first. What closing does not owe to any order is with us.
    """
    sums = [0, 0, 0, 0, 0]
    for charges, paid in orders:
        left = paid - sum(min(cents, 0) for _, cents in charges)
        sums[0] -= min(left, 0)  # more was sent back than ever came: nobody was asked for it yet
        for due_on, cents in charges:
            taken = min(max(left, 0), max(cents, 0))
            left -= taken
            sums[_bucket((on - due_on).days)] += max(cents, 0) - taken
    return Ages(sums[0], sums[1], sums[2], sums[3], sums[4], sum(sums) - closing_cents)


def _bucket(days: int) -> int:
    return 0 if days <= 0 else 1 if days <= 30 else 2 if days <= 60 else 3 if days <= 90 else 4
