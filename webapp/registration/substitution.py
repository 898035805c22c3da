"""Whether a colleague may still take a place, and what it costs to say so: pure, by the event's policy as data (catalog/policies.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from webapp.core import money, times
from webapp.core.errors import Closed, Refusal

WRITE_TO_US = "Write to the organizer."


@dataclass(frozen=True)
class Colleague:
    """Who shall come instead, as somebody else names her."""

    given: str
    family: str
    email: str
    member_number: str = ""

    @property
    def name(self) -> str:
        """Both names in one line."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True)
class Foreseen:
    """What a substitution would bring: who comes as what, and what the order owes more (or less). `is_handed_on`: somebody has it now."""

    name: str
    email: str
    type: str
    change_cents: int
    is_handed_on: bool = True

    @property
    def sentence(self) -> str:
        """What happens to the money, in dollars."""
        if not self.change_cents:
            return "Nothing changes about the money."
        more = "more" if self.change_cents > 0 else "less"
        return f"{money.written(abs(self.change_cents))} {more} is owed."


def until(rules: Mapping[str, Any], starts_at: datetime | None, *, by_staff: bool = False) -> datetime | None:
    """The moment from which nobody can take the place any more: so many hours before the start, for staff the start itself."""
    hours = 0 if by_staff else rules["substitution_until_hours"] or 0
    return starts_at - timedelta(hours=hours) if starts_at else None


def naming_until(rules: Mapping[str, Any], starts_at: datetime | None) -> datetime | None:
    """The moment from which a place whose name was to follow is named by staff alone: the start, or so many hours before it."""
    return starts_at - timedelta(hours=rules.get("naming_until_hours", 0)) if starts_at else None


def naming_refused_because(rules: Mapping[str, Any], *, starts_at: datetime | None, zone: str, now: datetime,
                           by_staff: bool = False) -> Refusal | None:
    """Why the place cannot be given a name now; None when it can. Staff may later, too."""
    last = naming_until(rules, starts_at)
    if by_staff or last is None or now < last:
        return None
    return Closed(f"This seat could be named until {times.moment_words(last, zone)}.", way_out=WRITE_TO_US, code="too_late")


def refused_because(rules: Mapping[str, Any], *, starts_at: datetime | None, zone: str, now: datetime, by_name: bool,
                    by_staff: bool = False) -> Refusal | None:
    """Why no colleague can take a place now; None when one can. `by_name`: the organizer gave the place to this person.

    Staff are bound by the start of the event alone.
    """
    if starts_at is not None and starts_at <= now:
        return Closed("The event has begun, so nobody can take this place any more.", way_out=WRITE_TO_US, code="started")
    if by_staff:
        return None
    if rules["after"] != "substitution":
        return Closed("By the rules of this event a place is not handed on.", way_out="Cancel it, or write to the organizer.",
                      code="no_substitution")
    if by_name:
        return Refusal("This place was given by name, so the organizer decides who may take it.", way_out=WRITE_TO_US, code="by_name")
    last = until(rules, starts_at)
    if last is not None and last <= now:
        return Closed(f"A colleague could take this place until {times.moment_words(last, zone)}.", way_out=WRITE_TO_US, code="too_late")
    return None
