"""A payer's balance: until when it is kept, and from which lots it is spent. Values in, values out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.core import times

RETURNED_FOR = timedelta(days=30)  # what comes back to a balance can be used at least this long
WARNED = timedelta(days=30)  # so long before it expires its payer is reminded


@dataclass(frozen=True)
class Lot:
    """What is left of one lot, in cents, until a day (included). `course_id`: it pays for this course only."""

    id: int
    left_cents: int
    expires_on: date
    course_id: int | None = None


def until(today: date, months: int) -> date:
    """The last day of a balance kept today for so many months; the last of a shorter month where the day does not exist."""
    return times.months_after(today, months)


def spent(wanted_cents: int, lots: Iterable[Lot], rooms: Mapping[int, int] | None = None) -> list[tuple[int, int]]:
    """(lot, cents) that make the amount; adds up to less when there is less.

    What pays for one course only goes first, at most what the order has `rooms` for of it (cents by course; None: bound to nothing);
    then what expires first.
    """
    parts, still, room = [], wanted_cents, dict(rooms or {})
    for lot in sorted(lots, key=lambda one: (one.course_id is None, one.expires_on, one.id)):
        fits = lot.left_cents if lot.course_id is None or rooms is None else min(lot.left_cents, room.get(lot.course_id, 0))
        part = min(still, fits)
        if part > 0:
            parts.append((lot.id, part))
            still -= part
            if lot.course_id is not None and rooms is not None:
                room[lot.course_id] -= part
    return parts
