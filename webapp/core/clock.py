"""The only source of the present moment. Everything else is told the time, or asks here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_acting_at: ContextVar[datetime | None] = ContextVar("acting_at", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC, with whole seconds (what the database keeps)."""
    return _acting_at.get() or datetime.now(UTC).replace(microsecond=0)


def today(zone: str) -> date:
    """The calendar date it is now in the IANA zone named."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def acting_at(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment` for this thread: how the demonstration gets a past that the real actions made. Nothing else uses it."""
    token = _acting_at.set(moment.astimezone(UTC).replace(microsecond=0))
    try:
        yield
    finally:
        _acting_at.reset(token)
