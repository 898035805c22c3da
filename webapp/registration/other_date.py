"""Whether a place may move to another date of the same course, and what it costs to say so: pure, by the event's policy as data.

`rules["transfer"]` is `{"until_days": 7}`: until so many calendar days before the start, the day itself still counts (catalog/policies.py).
Where the organizer moved the dates, a place may move until the start, whatever the policy says. Staff are bound by nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp.core import money, times
from webapp.core.errors import Closed, Refusal

WRITE_TO_US = "Write to the organizer."


@dataclass(frozen=True)
class Foreseen:
    """What a move to another date would bring: where to, as what, what goes along or ends, and what the order owes more (or less).

    `left` names what was bought beside the place and is not sold at the other date: it ends, and is no longer owed.
    """

    title: str
    type: str
    mode: str
    change_cents: int
    along: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    code_ends: bool = False

    @property
    def sentence(self) -> str:
        """What happens to the money, in dollars."""
        if not self.change_cents:
            return "Nothing changes about the money."
        more = "more" if self.change_cents > 0 else "less"
        return f"{money.written(abs(self.change_cents))} {more} is owed."


def last_day(rules: Mapping[str, Any], starts_on: date | None) -> date | None:
    """The last day on which the person may move her place herself; None: until the start."""
    transfer = rules.get("transfer")
    return starts_on - timedelta(days=transfer["until_days"]) if transfer and starts_on else None


def refused_because(rules: Mapping[str, Any], *, starts_at: datetime | None, zone: str, now: datetime, by_name: bool,
                    organizer_moved: bool = False) -> Refusal | None:
    """Why the person cannot move her place to another date now; None when she can. `by_name`: the organizer gave it to this person."""
    if starts_at is not None and starts_at <= now:
        return Closed("The event has begun, so this place cannot move to another date here.", way_out=WRITE_TO_US, code="started")
    if by_name:
        return Refusal("This place was given by name, so the organizer decides about another date.", way_out=WRITE_TO_US, code="by_name")
    if organizer_moved:
        return None
    if not rules.get("transfer"):
        return Closed("By the rules of this event a place does not move to another date.", way_out="Cancel it, or write to the organizer.",
                      code="no_transfer")
    last = last_day(rules, times.local(starts_at, zone).date() if starts_at else None)
    if last is not None and times.local(now, zone).date() > last:
        return Closed(f"This place could move to another date until {times.date_words(last)}.", way_out=WRITE_TO_US, code="too_late")
    return None
