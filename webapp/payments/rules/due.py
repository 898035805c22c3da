"""What is to be paid next, and for which day. Values in, values out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from webapp.payments.rules.allocations import Line


@dataclass(frozen=True)
class Due:
    """Cents that are missing by this day."""

    on: date
    cents: int


def next_due(lines: Iterable[Line], paid_cents: int, bound: Mapping[int, int], on: date) -> Due | None:
    """What is due by today and not paid; when nothing is, the next instalment. None: everything is paid.

    `paid_cents` is all that was paid; what of it is `bound` (cents by course) pays what is due of its course by then, nothing else.
    """
    days: dict[date, Counter[int | None]] = {}
    for line in lines:
        days.setdefault(max(line.due_on, on), Counter())[line.course_id] += line.amount_cents
    owed, other_cents = Counter[int | None](), paid_cents - sum(bound.values())
    for day in sorted(days):
        owed.update(days[day])
        paid = other_cents + sum(min(cents, max(owed[course_id], 0)) for course_id, cents in bound.items())
        if owed.total() > paid:
            return Due(day, owed.total() - paid)
    return None
