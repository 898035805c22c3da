"""When, where and what kind, in words (design: look.md, Words)."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from webapp.core import money, times

KIND = {"workshop": "Workshop", "conference": "Conference", "capstone": "Cohort", "rsc_group": "Consultation group",
        "awareness": "Gathering", "info_session": "Information session"}
FORMAT = {"series": "Series", "webinar": "Webinar", "book_club": "Reading circle", "onsite_consultation": "On-site consultation",
          "cohort": "Learning collaborative"}
RHYTHM = ((6, 8, "weekly"), (13, 15, "fortnightly"), (25, 36, "monthly"))
Day = tuple[str, str, str]  # ISO date, start and end as hh:mm


def kind(row: Any) -> str:
    """`Workshop`, `Series`, `Cohort` ..."""
    return FORMAT.get(row.format, KIND[row.kind])


def clock_span(start: datetime, end: datetime, zone_word: str) -> str:
    """`12:30 to 3:45 pm CT`; am and pm are said once when they are the same."""
    first, last = times.clock_words(start), times.clock_words(end)
    if first[-2:] == last[-2:]:
        first = first[:-3]
    return f"{first} to {last} {zone_word}".strip()


def days_span(first: date, last: date) -> str:
    """`6 to 8 Jun 2027`, `30 Oct to 2 Nov 2026`, `18 Sep 2026 to 15 May 2027`; one day is written with its weekday."""
    if first == last:
        return times.date_words(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {times.date_words(last, weekday=False)}"
    return f"{times.date_words(first, weekday=False, year=first.year != last.year)} to {times.date_words(last, weekday=False)}"


def days(meetings: Sequence[Any]) -> list[Day]:
    """The distinct days of meetings (`wall_start`, `wall_end`), each from its first start to its last end, in order."""
    found: dict[str, tuple[str, str]] = {}
    for one in meetings:
        day, start = one.wall_start[:10], one.wall_start[11:]
        end = one.wall_end[11:] if one.wall_end[:10] == day else "23:59"
        known = found.get(day, (start, end))
        found[day] = (min(known[0], start), max(known[1], end))
    return [(day, *found[day]) for day in sorted(found)]


def pattern(row: Any, meetings: Sequence[Day], zone_word: str) -> str:
    """`Series of 8, Thursdays 12:30 to 3:45 pm CT, to 17 Dec` of an event with several days; of one day its hours."""
    if not meetings:
        return "Dates will follow"
    first, last = date.fromisoformat(meetings[0][0]), date.fromisoformat(meetings[-1][0])
    hours = _hours(meetings, zone_word)
    if len(meetings) == 1:
        return hours
    until = f"to {times.date_words(last, weekday=False, year=last.year != first.year)}"
    rhythm = _rhythm(meetings) if row.kind == "rsc_group" or row.format == "book_club" else ""
    weekdays = "" if rhythm == "monthly" else _weekdays(meetings)
    when = " ".join(part for part in (weekdays, hours) if part)
    return ", ".join(part for part in (_many(row, len(meetings), rhythm), when, until) if part)


def place(row: Any) -> str:
    """`Online, Zoom`, `Bayfront Hotel, Green Bay`, both for a hybrid event."""
    online = ", ".join(part for part in ("Online", row.platform) if part)
    if row.mode == "online":
        return online
    there = ", ".join(part for part in (row.venue, row.city) if part) or "In person"
    return f"{there}, or {online.lower()[:1]}{online[1:]}" if row.mode == "hybrid" else there


def price(row: Any, parts: int = 0) -> str:
    """`Free`, `$30.00`, `Free to $30.00`, `From $160.00`, `$9,000.00 in 3 parts`; empty when nothing is sold."""
    lowest, highest = row.price_from_cents, row.price_to_cents
    if lowest is None:
        return ""
    if highest == 0:
        return "Free"
    if lowest == 0:
        return f"Free to {money.written(highest)}"
    if lowest != highest:
        return f"From {money.written(lowest)}"
    return f"{money.written(lowest)} in {parts} parts" if parts > 1 else money.written(lowest)


def hours(row: Any) -> tuple[tuple[int, str], ...]:
    """The hours badges: (minutes, kind)."""
    both = ((row.training_minutes, "training"), (row.rsc_minutes, "reflective"))
    return tuple(pair for pair in both if pair[0])


def no_hours(row: Any) -> str:
    """What is said instead of hours."""
    return "" if row.training_minutes or row.rsc_minutes else "No training hours"


def _hours(meetings: Sequence[Day], zone_word: str) -> str:
    spans = {(start, end) for _, start, end in meetings}
    if len(spans) > 1:
        return ""
    day, start, end = meetings[0]
    return clock_span(datetime.fromisoformat(f"{day}T{start}"), datetime.fromisoformat(f"{day}T{end}"), zone_word)


def _weekdays(meetings: Sequence[Day]) -> str:
    found = sorted({date.fromisoformat(day).weekday() for day, _, _ in meetings})
    if len(found) > 2 or len(meetings) < 3:
        return ""
    return " and ".join(f"{date(2024, 1, 1 + weekday):%A}s" for weekday in found)  # 1 Jan 2024 was a Monday


def _many(row: Any, days: int, rhythm: str) -> str:
    if row.format == "series":
        return f"Series of {days}"
    if row.kind == "capstone":
        return f"{days} onsite days" if row.mode == "in_person" else f"{days} days"
    if row.kind == "rsc_group" or row.format == "book_club":
        return " ".join(part for part in (str(days), rhythm, "meetings") if part)
    return f"{days} days"


def _rhythm(meetings: Sequence[Day]) -> str:
    """`weekly`, `fortnightly`, `monthly`; empty when the gaps differ."""
    gaps = [(date.fromisoformat(later[0]) - date.fromisoformat(earlier[0])).days for earlier, later in pairwise(meetings)]
    return next((word for least, most, word in RHYTHM if all(least <= gap <= most for gap in gaps)), "")
