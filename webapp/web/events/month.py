"""A month of the catalog as a grid: sessions on their days, breakouts and groups of one event once."""

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp.catalog import filters
from webapp.catalog.filters import Filters
from webapp.catalog.queries import months
from webapp.core import times
from webapp.web.events import addresses

MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
SUNDAY = 6
NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
SHORT = 38  # characters of a title that fit a day


@dataclass(frozen=True)
class Grid:
    """The arguments of `calendar_month`, and how many events the month has."""

    title: str
    month: str
    weeks: list[list[dict[str, Any]]]
    earlier: str
    later: str
    today: str
    events: int
    days = NAMES


def make(wanted: Filters, typed: str, now: datetime, zone: str) -> tuple[Grid, list[str]]:
    """The month typed (`2026-12`), else the present one; with what could not be read. One statement."""
    today = times.local(now, zone).date()
    first, odd = _month(typed, today)
    weeks = Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
    rows = months.between(wanted, filters.midnight(weeks[0][0], zone), filters.after(weeks[-1][-1], zone), now)
    by_day = _by_day(rows)
    asked = addresses.query(wanted)
    return Grid(
        f"{first:%B %Y}", f"{first:%Y-%m}", [[_day(day, first, today, by_day.get(day, [])) for day in week] for week in weeks],
        _address(asked, first - timedelta(days=1)), _address(asked, first + timedelta(days=31)),
        "" if first == today.replace(day=1) else _address(asked, today), len({row.event_id for row in rows if _within(row, first)}),
    ), odd


def _by_day(rows: Sequence[Any]) -> dict[date, list[dict[str, Any]]]:
    """An event stands once on a day, with its first session that takes place."""
    once: dict[tuple[date, int], Any] = {}
    for row in rows:
        key = (times.local(row.starts_at, row.zone).date(), row.event_id)
        if key not in once or once[key].best_status == "cancelled":
            once[key] = row
    found: dict[date, list[dict[str, Any]]] = {}
    for (day, _), row in once.items():
        found.setdefault(day, []).append(_entry(row))
    return found


def _month(typed: str, today: date) -> tuple[date, list[str]]:
    read = MONTH.match(typed)
    if read and int(read[1]) in filters.YEARS:
        return date(int(read[1]), int(read[2]), 1), []
    return today.replace(day=1), ["month"] if typed else []


def _day(day: date, first: date, today: date, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"day": day.day, "label": times.date_words(day, year=False), "outside": day.month != first.month, "today": day == today,
            "entries": entries}


def _entry(row: Any) -> dict[str, Any]:
    kind = "reflective" if row.rsc_minutes > row.training_minutes else "training"
    title = row.title if len(row.title) <= SHORT else row.title[:SHORT - 1].rstrip(" ,:;-") + "\u2026"
    return {"label": title, "href": f"/events/{row.slug}", "time": times.clock_words(times.local(row.starts_at, row.zone)),
            "kind": "cancelled" if row.best_status == "cancelled" else kind}


def _within(row: Any, first: date) -> bool:
    day = times.local(row.starts_at, row.zone).date()
    return (day.year, day.month) == (first.year, first.month)


def _address(asked: addresses.Words, day: date) -> str:
    return addresses.events(asked, view="month", month=f"{day:%Y-%m}", from_="", to="")
