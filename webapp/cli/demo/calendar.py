"""Which dates the demonstration has: the event files were written as of one day; all dates move together by whole weeks."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from webapp.catalog import datafiles
from webapp.catalog.transfer import dates
from webapp.core import times

WRITTEN_AS_OF = date(2026, 11, 21)
YEAR_WEEKS = 52
ONCE = ("endorse-hour-dec-2026", "hv-onsite-jan-2027", "book-club-spring-2027", "rsc-group-ei-2026", "pyramid-it-2027")
TWICE_BEFORE = ("foundations-fall-2026", "conference-2027", "trauma-2026", "celebrate-babies-2026")
_SCHOOL_YEAR = re.compile(r"\b(20\d\d)-(\d\d)\b")
_YEAR = re.compile(r"\b(20\d\d)\b")


@dataclass(frozen=True)
class Edition:
    """An event file on the dates of one year. `years_back` 0 is the coming or running one."""

    origin: str
    years_back: int
    values: dict[str, Any]

    @property
    def slug(self) -> str:
        """Its address."""
        return str(self.values["slug"])


def editions(today: date) -> list[Edition]:
    """Every edition, contained events before those that contain them."""
    weeks = times.days_between(WRITTEN_AS_OF, today) // 7
    files = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((datafiles.FOLDER / "events").glob("*.json"))}
    made = [
        Edition(origin, back, _moved(files, origin, weeks - YEAR_WEEKS * back))
        for origin in files for back in range(1 if origin in ONCE else 3 if origin in TWICE_BEFORE else 2)
    ]
    return sorted(made, key=lambda one: (bool(one.values.get("includes")), one.years_back, one.origin))


def first_start(edition: Edition) -> datetime:
    """The wall-clock start of the first session (naive)."""
    return min(datetime.fromisoformat(one["start"]) for one in edition.values["sessions"])


def _moved(files: dict[str, dict[str, Any]], origin: str, weeks: int) -> dict[str, Any]:
    values: dict[str, Any] = dates.shifted(files[origin], weeks)
    years = _years(files[origin], weeks)
    values |= {"title": _with_years(values["title"], years), "slug": _with_years(values["slug"], years)}
    for inclusion in values.get("includes", []):
        inclusion["event"] = _with_years(inclusion["event"], _years(files[inclusion["event"]], weeks))
    return values


def _years(values: dict[str, Any], weeks: int) -> int:
    first = dates.first_day(values) or WRITTEN_AS_OF
    return (first + timedelta(weeks=weeks)).year - first.year


def _with_years(text: str, years: int) -> str:
    """`Cohort 2026-27` one year back is `Cohort 2025-26`."""
    if _SCHOOL_YEAR.search(text):
        return _SCHOOL_YEAR.sub(lambda found: f"{int(found[1]) + years}-{(int(found[2]) + years) % 100:02d}", text)
    return _YEAR.sub(lambda found: str(int(found[1]) + years), text)
