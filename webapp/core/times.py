"""Wall-clock times, zones and how dates and durations are written (design: look.md, Words)."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from webapp.core import clock
from webapp.core.errors import Unacceptable

_SHORT = {
    "America/Chicago": "CT", "America/New_York": "ET", "America/Denver": "MT", "America/Los_Angeles": "PT",
    "America/Phoenix": "MST", "America/Anchorage": "AKT", "Pacific/Honolulu": "HT", "UTC": "UTC",
}


def known_zone(name: str) -> bool:
    """Whether the IANA time zone database knows the name."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """Every name: reading them from the files takes 10 ms, so it is done once."""
    return frozenset(available_timezones())


def instant(wall: datetime, zone: str, *, fold: int | None = None, field: str | None = None) -> datetime:
    """The UTC instant of a wall-clock time in a zone.

    A time that does not exist (clocks go forward) is refused; one that occurs twice is refused unless `fold`
    says which: 0 the earlier, 1 the later.
    """
    tz = ZoneInfo(zone)
    early, late = (wall.replace(tzinfo=tz, fold=f) for f in (0, 1))
    if early.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wall:
        raise Unacceptable(
            f"{clock_words(wall)} does not exist on {date_words(wall.date())}: the clocks go forward then.", field=field
        )
    if early.utcoffset() != late.utcoffset() and fold is None:
        raise Unacceptable(
            f"{clock_words(wall)} happens twice on {date_words(wall.date())}: say whether you mean the earlier or the later.",
            field=field, code="twice",
        )
    return (late if fold == 1 else early).astimezone(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """The same instant as an aware wall-clock time in the zone."""
    return moment.astimezone(ZoneInfo(zone))


def zone_short(zone: str, moment: datetime | None = None) -> str:
    """`CT` for America/Chicago; elsewhere the abbreviation the zone database gives for that moment."""
    if zone in _SHORT:
        return _SHORT[zone]
    return (moment or clock.now()).astimezone(ZoneInfo(zone)).strftime("%Z")


def date_words(day: date, *, weekday: bool = True, year: bool = True) -> str:
    """`Fri 4 Dec 2026`."""
    text = f"{day.day} {day:%b}" + (f" {day.year}" if year else "")
    return f"{day:%a} {text}" if weekday else text


def clock_words(moment: datetime) -> str:
    """`9:00 am`, of the wall clock the datetime carries."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'am' if moment.hour < 12 else 'pm'}"


def moment_words(moment: datetime, zone: str) -> str:
    """`Fri 4 Dec 2026, 9:00 am CT`."""
    there = local(moment, zone)
    return f"{date_words(there.date())}, {clock_words(there)} {zone_short(zone, moment)}"


def until_words(until: datetime, zone: str) -> str:
    """An exclusive end: `the end of Mon 31 May 2027` for midnight after it, else the moment."""
    there = local(until, zone)
    if (there.hour, there.minute) == (0, 0):
        return f"the end of {date_words((there - timedelta(days=1)).date())}"
    return moment_words(until, zone)


def span_words(start: datetime, end: datetime, zone: str) -> str:
    """`Fri 4 Dec 2026, 9:00 am to 4:00 pm CT`; the second date is written when it differs."""
    first, last = local(start, zone), local(end, zone)
    until = clock_words(last) if first.date() == last.date() else f"{date_words(last.date())}, {clock_words(last)}"
    return f"{date_words(first.date())}, {clock_words(first)} to {until} {zone_short(zone, start)}"


def hours_words(minutes: int) -> str:
    """`345` -> `5 h 45 min`; whole hours without minutes; under an hour only minutes."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def clock_hours(minutes: int) -> str:
    """Minutes as clock hours of 60 minutes, exact to two decimals and without idle zeros: `345` -> `5.75`."""
    hundredths = minutes * 100 // 60
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of a shorter month where the day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_between(start: date, end: date) -> int:
    """Whole days from `start` to `end`; negative when `end` is earlier."""
    return (end - start) // timedelta(days=1)
