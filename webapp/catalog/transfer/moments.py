"""Instants in event files: wall-clock times in the event's zone, so that a date can be moved by weeks and stay at its hour."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from webapp.core import times


def write_moment(moment: datetime | None, zone: str) -> str | None:
    """`2027-01-30T00:00`; with the offset behind it only where the clocks show that time twice."""
    if moment is None:
        return None
    there = moment.astimezone(ZoneInfo(zone))
    text = there.strftime("%Y-%m-%dT%H:%M:%S" if there.second else "%Y-%m-%dT%H:%M")
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    return text + there.isoformat()[-6:] if twice else text


def read_moment(text: str | None, zone: str, field: str | None = None) -> datetime | None:
    """The instant of what `write_moment` wrote. A time that does not exist or occurs twice is refused."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else times.instant(moment, zone, field=field)
