"""The dates of an event: each day as counted minutes, or all dates in a list by month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from webapp.catalog.queries.detail import Meeting
from webapp.core import times
from webapp.web import charts
from webapp.web.charts import DayBar, Stretch
from webapp.web.events import words

MOST_BARS = 2
LUNCH_MINUTES = 30


@dataclass(frozen=True)
class Day:
    """One day of an event: its date in words, the hours it counts, its lines and where it has one its bar."""

    id: str
    title: str
    minutes: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    bar: DayBar | None = None


@dataclass(frozen=True)
class MonthOfDays:
    """The days under one month's heading."""

    title: str
    days: list[Day]


def by_month(meetings: Sequence[Meeting]) -> list[MonthOfDays]:
    """All days with their sessions, by month. Meetings that run once per group stand once."""
    days = list(by_day(meetings))
    return [MonthOfDays(month, [_day(key, found) for key, found in pairs])
            for month, pairs in groupby(days, key=lambda pair: f"{_date(pair[0]):%B %Y}")]


def bars(meetings: Sequence[Meeting]) -> list[Day]:
    """The bars of an event of one or two days without choices; empty for others."""
    days = list(by_day(meetings))
    if len(days) > MOST_BARS or any(one.row.block_id or one.row.group_id for one in meetings):
        return []
    return [_bar(key, found) for key, found in days if any(one.minutes for one in found)]


def by_day(meetings: Sequence[Meeting]) -> Iterator[tuple[str, list[Meeting]]]:
    """(ISO date, meetings) in order."""
    for key, found in groupby(sorted(meetings, key=lambda one: one.row.wall_start), key=lambda one: one.row.wall_start[:10]):
        yield key, list(found)


def span(meeting: Meeting) -> str:
    """`9:00 am to 12:00 pm CT`."""
    start, end = _wall(meeting)
    return words.clock_span(start, end, times.zone_short(meeting.row.zone, meeting.row.starts_at))


def areas(meeting: Meeting) -> str:
    """The codes of its areas."""
    return ", ".join(meeting.areas)


def _day(key: str, meetings: Sequence[Meeting]) -> Day:
    once: dict[tuple[str, bool], Meeting] = {}
    for one in meetings:
        once.setdefault((one.row.title, one.row.group_id is not None), one)
    lines = [_line(one) for one in once.values()]
    return Day(f"d{key}", times.date_words(_date(key)), sum(line["minutes"] for line in lines if not line["cancelled"]), lines)


def _line(meeting: Meeting) -> dict[str, Any]:
    row = meeting.row
    return {"title": row.title, "time": span(meeting), "iso": times.local(row.starts_at, row.zone).isoformat(),
            "minutes": meeting.minutes, "room": row.room or "", "grouped": row.group_id is not None, "cancelled": row.status == "cancelled",
            "href": f"/sessions/{row.id}.ics"}


def _bar(key: str, meetings: Sequence[Meeting]) -> Day:
    scheduled = [one for one in meetings if one.row.status == "scheduled"] or list(meetings)
    counted = sum(one.minutes for one in scheduled)
    stretches = list(_stretches(scheduled))
    label = f"{times.hours_words(counted)} count of {times.hours_words(sum(one.minutes for one in stretches))}"
    return Day(f"d{key}", times.date_words(_date(key)), counted, [_line(one) for one in meetings], charts.day(stretches, label))


def _stretches(meetings: Sequence[Meeting]) -> Iterator[Stretch]:
    until: datetime | None = None
    for meeting in meetings:
        start, end = _wall(meeting)
        if until is not None and start > until:
            yield _pause(until, start, "")
        if until is None or start >= until:
            yield from _session(meeting, start, end)
            until = end


def _session(meeting: Meeting, start: datetime, end: datetime) -> Iterator[Stretch]:
    counts, at, named = bool(meeting.minutes), start, False
    text = f"{meeting.row.title}: {times.hours_words(meeting.minutes)}" if counts else f"{meeting.row.title}: not counted"
    for offset, minutes in [*meeting.breaks, (None, 0)]:
        until = end if offset is None else min(start + timedelta(minutes=offset), end)
        if until > at:
            yield Stretch(_minutes(at, until), counts, "" if named else words.clock_span(start, end, ""), "" if named else text)
            named, at = True, until
        if offset is not None:
            yield _pause(until, until + timedelta(minutes=minutes), "Break")
            at = until + timedelta(minutes=minutes)


def _pause(start: datetime, end: datetime, name: str) -> Stretch:
    lunch = start.hour in (11, 12, 13) and _minutes(start, end) >= LUNCH_MINUTES
    name = "Lunch" if lunch else name or "Pause"
    return Stretch(_minutes(start, end), False, words.clock_span(start, end, ""), f"{name}, not counted")


def _wall(meeting: Meeting) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(meeting.row.wall_start), datetime.fromisoformat(meeting.row.wall_end)


def _date(key: str) -> Any:
    return datetime.fromisoformat(key).date()


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds()) // 60
