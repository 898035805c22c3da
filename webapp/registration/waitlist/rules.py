"""Who is offered what, until when: pure, told the time. The pages print the same numbers in the two sentences."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

OFFER = timedelta(hours=48)
LAST = timedelta(hours=24)  # before the start: no new offers, the first who comes gets the seat
LEAST = timedelta(hours=2)  # nobody gets less time than this, unless registration itself ends before

SENTENCE = ("When a seat comes free it is offered to the first in line, by e-mail, and kept for 48 hours; then the next is asked. "
            "The last 24 hours before the start nobody is asked any more: whoever comes first registers.")

SESSION_SENTENCE = ("When a seat in this session comes free it is offered to the first in line, by e-mail, and kept for 48 hours; then the "
                    "next is asked. What you have chosen in this block stays yours until you accept.")


@dataclass(frozen=True)
class Window:
    """When offers of a list are made and how long they can stand; None is without end."""

    stops_at: datetime | None
    last_moment: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether free seats are first come, first served from now on."""
        return self.stops_at is not None and now >= self.stops_at

    def until(self, now: datetime) -> datetime:
        """Until when an offer made now stands."""
        usual = min(now + OFFER, self.stops_at) if self.stops_at else now + OFFER
        fair = max(usual, now + LEAST)
        return min(fair, self.last_moment) if self.last_moment else fair


def window(starts_at: datetime | None, closes_at: datetime | None) -> Window:
    """The window before a start, when registration (or changing breakouts) may end earlier still."""
    known = [moment for moment in (starts_at - LAST if starts_at else None, closes_at) if moment]
    ends = [moment for moment in (starts_at, closes_at) if moment]
    return Window(min(known, default=None), min(ends, default=None))


@dataclass(frozen=True)
class Party:
    """Who waits, for how many seats together; parties of several lines are asked in the order of `since`."""

    entry_id: int
    seats: int
    since: datetime


@dataclass(frozen=True)
class Line:
    """The parties that wait for the same pools, in order."""

    pools: frozenset[int]
    parties: list[Party]


@dataclass
class Plan:
    """Who is offered a seat now, and the pools that somebody could not have: what comes free there is kept."""

    offered: list[int] = field(default_factory=list)
    short: set[int] = field(default_factory=set)


def plan(lines: Collection[Line], free: Mapping[int, int | None]) -> Plan:
    """Offers in order as far as the free seats reach. Nobody is overtaken for a pool she could not have.

    A party waits until all its seats are free together; what it waits for is not offered to anybody behind it. Pools that it
    has no need of, or that have enough for it, go on to others.
    """
    found, left = Plan(), dict(free)
    waiting = [list(line.parties) for line in lines]
    pools = [line.pools for line in lines]
    while heads := [(parties[0].since, parties[0].entry_id, at) for at, parties in enumerate(waiting) if parties]:
        at = min(heads)[2]
        party = waiting[at][0]
        if short := {pool for pool in pools[at] if pool in found.short or _lacks(left[pool], party.seats)}:
            found.short |= short
            waiting[at] = []
            continue
        found.offered.append(waiting[at].pop(0).entry_id)
        left.update({pool: count - party.seats for pool in pools[at] if (count := left[pool]) is not None})
    return found


def _lacks(left: int | None, seats: int) -> bool:
    return left is not None and left < seats


def reorder(entry_ids: list[int], entry_id: int, position: int) -> list[int]:
    """The line with one entry moved to a position, from 1; beyond the end is the end."""
    rest = [one for one in entry_ids if one != entry_id]
    at = max(position, 1) - 1
    return [*rest[:at], entry_id, *rest[at:]]
