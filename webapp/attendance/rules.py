"""What can be recorded of a presence. Pure; told the time."""

from datetime import datetime, timedelta

from webapp.core import times
from webapp.core.errors import Closed, Unacceptable

Times = tuple[datetime | None, datetime | None]
EARLY = timedelta(hours=3)  # doors open before the session does
LONGEST = timedelta(hours=24)


def check_times(in_at: datetime | None, out_at: datetime | None, starts_at: datetime, ends_at: datetime, zone: str) -> None:
    """Refuses times out of order, none at all, and times that belong to another day."""
    if in_at is None and out_at is None:
        raise Unacceptable("Give the time she came or left, or mark her absent.", field="in")
    if in_at is not None and out_at is not None and out_at <= in_at:
        raise Unacceptable("The time out must be after the time in.", field="out")
    for moment, field in ((in_at, "in"), (out_at, "out")):
        if moment is not None and not starts_at - LONGEST <= moment <= ends_at + LONGEST:
            raise Unacceptable(f"That is not near the session, which is {times.span_words(starts_at, ends_at, zone)}.", field=field)
    if in_at is not None and in_at >= ends_at:
        raise Unacceptable("That is after the session ended.", field="in")
    if out_at is not None and out_at <= starts_at:
        raise Unacceptable("That is before the session began.", field="out")


def check_open(status: str, starts_at: datetime, zone: str, now: datetime) -> None:
    """Refuses attendance of a cancelled session, and before its doors open."""
    if status == "cancelled":
        raise Closed("This session was cancelled, so there is nothing to record.")
    if now < starts_at - EARLY:
        raise Closed(f"This session begins on {times.moment_words(starts_at, zone)}.", way_out="Attendance opens 3 hours before.")
