"""The list of events: a page of it, what is under way, how many there are by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from webapp.catalog import filters
from webapp.catalog.filters import Filters
from webapp.catalog.models import Event, Pool, Session, Venue
from webapp.core import times
from webapp.core.db import db

PER_PAGE = 25
MONTHS = 12
MOST_RUNNING = 12
RUNNING_SINCE = timedelta(days=800)  # the longest cohort takes two years


@dataclass(frozen=True)
class Overview:
    """How many events match: in all with the dates asked for, and by month for the coming twelve (first day, number)."""

    total: int
    first: datetime | None
    last: datetime | None
    months: tuple[tuple[date, int], ...]


def page(wanted: Filters, now: datetime, zone: str, *, most: int = PER_PAGE) -> Sequence[Any]:
    """The events of page `wanted.page` by their start, from the day asked for, else from today (days of `zone`). One statement."""
    return db.session.execute(
        _LISTED.where(*filters.matching(wanted, now), *_starting(wanted, now, zone))
        .order_by(Event.starts_at, Event.id).limit(most).offset((wanted.page - 1) * most)).all()


def places(event_ids: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """(capacity, taken) of each event as it stands now; capacity None is without limit. One statement."""
    return {row.id: (row.capacity, row.taken) for row in db.session.execute(_PLACES, {"ids": list(event_ids)})} if event_ids else {}


def running(wanted: Filters, now: datetime, zone: str) -> Sequence[Any]:
    """Matching events that began before today and are not over, the newest first, at most twelve. One statement."""
    today = filters.midnight(times.local(now, zone).date(), zone)
    return db.session.execute(
        _LISTED.where(*filters.matching(wanted, now), Event.starts_at.between(today - RUNNING_SINCE, today - timedelta(seconds=1)),
                      Event.ends_at >= now)
        .order_by(Event.starts_at.desc(), Event.id).limit(MOST_RUNNING)).all()


def overview(wanted: Filters, now: datetime, zone: str) -> Overview:
    """Counts along the index of starts; the strip's months do not narrow with the dates asked for. One statement."""
    months = _coming_months(times.local(now, zone).date())
    today = filters.midnight(times.local(now, zone).date(), zone)
    asked = and_(*_starting(wanted, now, zone))
    counts = [func.count().filter(and_(Event.starts_at >= max(today, filters.midnight(month, zone)),
                                       Event.starts_at < filters.midnight(following, zone)))
              for month, following in pairwise(months)]
    earliest = min(today, filters.midnight(wanted.from_on, zone)) if wanted.from_on else today
    row = db.session.execute(
        select(func.count().filter(asked), func.min(Event.starts_at).filter(asked), func.max(Event.starts_at).filter(asked), *counts)
        .where(*filters.matching(wanted, now), Event.starts_at >= earliest)).one()
    return Overview(row[0], row[1], row[2], tuple(zip(months, row[3:], strict=False)))


def meetings(event_ids: Sequence[int]) -> Sequence[Any]:
    """The dates of these events, for the words of their pattern; those of cancelled events too. One statement."""
    if not event_ids:
        return []
    return db.session.execute(
        select(Session.event_id, Session.wall_start, Session.wall_end).join(Event, Event.id == Session.event_id)
        .where(Session.event_id.in_(event_ids), or_(Session.status == "scheduled", Event.status == "cancelled"))
        .order_by(Session.event_id, Session.starts_at)).all()


def coming(now: datetime, *, most: int, where: Sequence[ColumnElement[bool]] = ()) -> Sequence[Any]:
    """The next public events that are not cancelled, narrowed by conditions. One statement."""
    return db.session.execute(
        _LISTED.where(Event.status.in_(("published", "closed")), Event.starts_at >= now, *where)
        .order_by(Event.starts_at, Event.id).limit(most)).all()


def _starting(wanted: Filters, now: datetime, zone: str) -> list[ColumnElement[bool]]:
    since = wanted.from_on or times.local(now, zone).date()
    found: list[ColumnElement[bool]] = [Event.starts_at >= filters.midnight(since, zone)]
    if wanted.to_on is not None:
        found.append(Event.starts_at < filters.after(wanted.to_on, zone))
    return found


def _coming_months(today: date) -> list[date]:
    """The first days of this month, of the following eleven, and of the one after, where the last ends."""
    whole = today.year * 12 + today.month - 1
    return [date((whole + n) // 12, (whole + n) % 12 + 1, 1) for n in range(MONTHS + 1)]


def _listed() -> Any:
    return (
        select(Event.id, Event.slug, Event.kind, Event.format, Event.status, Event.title, Event.mode, Event.platform, Event.zone,
               Event.sign_up, Event.opens_at, Event.closes_at, Event.starts_at, Event.ends_at, Event.session_count, Event.cancel_reason,
               Event.training_minutes, Event.rsc_minutes, Event.price_from_cents, Event.price_to_cents, Event.city,
               Venue.name.label("venue"))
        .outerjoin(Venue, Venue.id == Event.venue_id)
    )


# Built once: they run for every reader.
_LISTED = _listed()
_PLACES: Any = (
    select(Event.id, Pool.capacity, (Pool.taken + Pool.kept).label("taken")).join(Pool, Pool.id == Event.pool_id)
    .where(Event.id.in_(bindparam("ids", expanding=True)))
)
