"""A payer's balance: until when it is kept, and from which lots it is spent. Values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.core import times

RETURNED_FOR = timedelta(days=30)  # what comes back to a balance can be used at least this long
WARNED = timedelta(days=30)  # so long before it expires its payer is reminded


@dataclass(frozen=True)
class Lot:
    """What is left of one lot, in cents, until a day (included)."""

    id: int
    left_cents: int
    expires_on: date


def until(today: date, months: int) -> date:
    """The last day of a balance kept today for so many months; the last of a shorter month where the day does not exist."""
    return times.months_after(today, months)


def spent(wanted_cents: int, lots: Iterable[Lot]) -> list[tuple[int, int]]:
    """(lot, cents) that make the amount, what expires first first. Adds up to less when there is less."""
    parts, still = [], wanted_cents
    for lot in sorted(lots, key=lambda one: (one.expires_on, one.id)):
        part = min(still, lot.left_cents)
        if part > 0:
            parts.append((lot.id, part))
            still -= part
    return parts
