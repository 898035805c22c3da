"""Whether a place may move to another date of the same course, or be put off until one is chosen: pure, by the event's policy as data.

`rules["transfer"]` is `{"until_days": 7}`: until so many calendar days before the start, the day itself still counts (catalog/policies.py).
`rules["deferral"]` says the same of putting it off, with how often.
Where the organizer moved the dates, a place may move until the start, whatever the policy says. Staff are bound by nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from webapp.core import money, times
from webapp.core.errors import Closed, Refusal

WRITE_TO_US = "Write to the organizer."
WORDS = {"transfer": "move to another date", "deferral": "be put off"}


@dataclass(frozen=True)
class Foreseen:
    """What a move to another date would bring: where to, as what, what goes along or ends, and what the order owes more (or less).

    `left` names what was bought beside the place and is not sold at the other date: it ends, and is no longer owed.
    `agency`: whose pool of seats there is asked first, and whether the place comes from it (`is_kept`); `back_to`: for whom the seat here
    was set aside, and is again.
    """

    title: str
    type: str
    mode: str
    change_cents: int
    along: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    code_ends: bool = False
    agency: str = ""
    is_kept: bool = False
    back_to: str = ""
    has_breakouts: bool = False  # the other date has some to choose from

    @property
    def seat_words(self) -> tuple[str, ...]:
        """Where the place there comes from, and who gets the seat here, as far as places set aside are concerned."""
        there = (f"The place there is one of those kept for {self.agency}." if self.is_kept else
                 f"No place kept for {self.agency} is left there that fits, so it is taken from those open to everybody.")
        return (*([there] if self.agency else []),
                f"The seat here goes back to those kept for {self.back_to}." if self.back_to else
                "The seat here comes free for somebody else at once.")

    @property
    def sentence(self) -> str:
        """What happens to the money, in dollars."""
        if not self.change_cents:
            return "Nothing changes about the money."
        more = "more" if self.change_cents > 0 else "less"
        return f"{money.written(abs(self.change_cents))} {more} is owed."


def last_day(rules: Mapping[str, Any], starts_on: date | None, what: Literal["transfer", "deferral"] = "transfer") -> date | None:
    """The last day on which the person may move her place, or put it off, herself; None: until the start."""
    rule = rules.get(what)
    return starts_on - timedelta(days=rule["until_days"]) if rule and starts_on else None


def refused_because(rules: Mapping[str, Any], *, starts_at: datetime | None, zone: str, now: datetime, by_name: bool,
                    organizer_moved: bool = False, what: Literal["transfer", "deferral"] = "transfer") -> Refusal | None:
    """Why the person cannot do `what` with her place now; None when she can. `by_name`: the organizer gave it to this person."""
    act = WORDS[what]
    if starts_at is not None and starts_at <= now:
        return Closed(f"The event has begun, so this place cannot {act} here.", way_out=WRITE_TO_US, code="started")
    if by_name:
        return Refusal("This place was given by name, so the organizer decides about another date.", way_out=WRITE_TO_US, code="by_name")
    if organizer_moved:
        return None
    if not rules.get(what):
        return Closed(f"By the rules of this event a place cannot {act}.", way_out="Cancel it, or write to the organizer.",
                      code=f"no_{what}")
    last = last_day(rules, times.local(starts_at, zone).date() if starts_at else None, what)
    if last is not None and times.local(now, zone).date() > last:
        return Closed(f"This place could {act} until {times.date_words(last)}.", way_out=WRITE_TO_US, code="too_late")
    return None


def too_often(rules: Mapping[str, Any], number: int) -> Refusal | None:
    """Why the same money cannot be put off for the `number`th time; None where the policy allows it."""
    if number <= rules["deferral"]["times"]:
        return None
    return Refusal("What was paid for this place was put off before, and by the rules of this event that is as often as can be.",
                   way_out=WRITE_TO_US, code="too_often")
