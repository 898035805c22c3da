"""How long an agency may take to say whether it pays, and how long who ordered may then choose another way. Pure: told the time.

Business days are Monday to Friday; a day of answers ends at 5 pm, on the clock of the association. Holidays are not known here.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

BUSINESS_DAYS = 5  # for the answer, at most
EVENING = time(17)
BEFORE_START = timedelta(hours=48)  # the answer comes no later than this before the event begins
GRACE = timedelta(hours=24)  # at least so long who ordered may pay herself, and the place is free again so long before the start
SHORTEST = timedelta(hours=24)  # less time than this is no question
LEAST_GRACE = timedelta(hours=2)  # when our own clock was late


def deadline(now: datetime, starts_at: datetime | None, zone: str) -> datetime | None:
    """Until when the agency may answer: five business days, and 48 hours before the start at the latest. None: too near to ask."""
    until = _evening(now.astimezone(ZoneInfo(zone)), BUSINESS_DAYS)
    if starts_at is not None:
        until = min(until, starts_at - BEFORE_START)
    return until if until - now >= SHORTEST else None


def half_way(now: datetime, until: datetime) -> datetime:
    """When the approver is reminded."""
    return now + timedelta(seconds=int((until - now).total_seconds()) // 2)


def grace(ended_at: datetime, starts_at: datetime | None, zone: str) -> datetime:
    """Until when who ordered may pay herself: a business evening at least 24 hours on, and 24 hours before the start at the latest."""
    end = ended_at + GRACE
    until = _evening(end.astimezone(ZoneInfo(zone)), 0)
    if starts_at is not None:
        until = min(until, starts_at - GRACE)
    return max(until, ended_at + LEAST_GRACE)


def _evening(there: datetime, business_days: int) -> datetime:
    """5 pm of so many business days later; with 0 the next business evening that is still ahead."""
    day, left = there.date(), business_days
    if left == 0 and there.time() > EVENING:
        day, left = day, 1
    while left or day.weekday() > 4:
        day += timedelta(days=1)
        left -= bool(left and day.weekday() < 5)
    return datetime.combine(day, EVENING, there.tzinfo).astimezone(ZoneInfo("UTC"))
