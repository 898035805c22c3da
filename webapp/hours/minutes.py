"""Minutes that count, by pure arithmetic on instants.

Time present is the union of a person's stays, clipped to the session, less its breaks. A stay whose in or out is not known
counts nothing until it is completed. Rounding, here and nowhere else: time is summed in seconds and cut down to whole minutes
once, at the end; a share of a credit is cut down too. Nobody is ever given a minute she was not there for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stay:
    """A presence as arithmetic sees it; None is not known. `id` is the presence it was copied from."""

    in_at: datetime | None
    out_at: datetime | None
    id: int = 0


@dataclass(frozen=True)
class Meeting:
    """The session's time: aware instants, and breaks as (minutes after the start, minutes)."""

    starts_at: datetime
    ends_at: datetime
    breaks: Sequence[tuple[int, int]] = ()

    @property
    def pauses(self) -> list[Interval]:
        """The breaks as intervals."""
        return [(self.starts_at + timedelta(minutes=offset), self.starts_at + timedelta(minutes=offset + length))
                for offset, length in self.breaks]

    @property
    def net(self) -> list[Interval]:
        """The time that counts."""
        return without([(self.starts_at, self.ends_at)], self.pauses)


@dataclass(frozen=True)
class Attended:
    """Seconds present of the seconds that count; `missing` names what is not known: `in`, `out`."""

    seconds: int
    whole_seconds: int
    missing: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """Whole minutes present."""
        return self.seconds // 60

    @property
    def whole_minutes(self) -> int:
        """Whole minutes of the session without its breaks."""
        return self.whole_seconds // 60

    @property
    def is_whole(self) -> bool:
        """Whether she was there for all of it."""
        return self.seconds >= self.whole_seconds > 0

    @property
    def short_minutes(self) -> int:
        """Minutes that are missing to the whole, so that both add up to it."""
        return self.whole_minutes - self.minutes


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as intervals that neither overlap nor touch, in order. Empty ones vanish."""
    joined: list[Interval] = []
    for start, end in sorted(one for one in intervals if one[0] < one[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def clip(intervals: Iterable[Interval], start: datetime, end: datetime) -> list[Interval]:
    """The parts that lie between two instants."""
    cut = ((max(since, start), min(until, end)) for since, until in intervals)
    return [(since, until) for since, until in cut if since < until]


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """The intervals less what is taken out of them."""
    left = union(intervals)
    for start, end in union(taken):
        left = [part for since, until in left for part in ((since, min(until, start)), (max(since, end), until)) if part[0] < part[1]]
    return left


def seconds(intervals: Iterable[Interval]) -> int:
    """Whole seconds of intervals that do not overlap."""
    return sum(int((end - start).total_seconds()) for start, end in intervals)


def attended(meeting: Meeting, stays: Iterable[Stay]) -> Attended:
    """How long somebody with these stays was present while the session counted, and what is not known yet."""
    listed = list(stays)
    known = [(one.in_at, one.out_at) for one in listed if one.in_at is not None and one.out_at is not None]
    inside = clip(union(known), meeting.starts_at, meeting.ends_at)
    missing = [word for word in ("in", "out") if any(getattr(one, f"{word}_at") is None for one in listed)]
    return Attended(seconds(without(inside, meeting.pauses)), seconds(meeting.net), tuple(missing))


def share(minutes: int, present: Attended) -> int:
    """The part of `minutes` that the time present earns.

    The whole net time earns all of them; less earns them in proportion to the exact time, cut down to a whole minute and never
    more than `minutes`. A credit may be less than the net length (150 of 165 minutes): then 120 minutes present earn 109.
    """
    if present.is_whole:
        return minutes
    return min(minutes, minutes * present.seconds // present.whole_seconds) if present.whole_seconds else 0


def tag_shares(tags: Mapping[str, int], earned: int, present: Attended) -> dict[str, int]:
    """Minutes by tag, scaled as the credit was and never above what was earned; tags that earned nothing are left out."""
    scaled = {tag: min(earned, share(minutes, present)) for tag, minutes in tags.items()}
    return {tag: minutes for tag, minutes in scaled.items() if minutes}
