"""Other dates of a course that a place may move to, with how full they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from webapp.catalog.models import Event, Pool
from webapp.core.db import db

MOST = 20


def of_course(event_id: int, now: datetime) -> list[Any]:
    """The next open events of the same course, at most twenty, each with capacity, taken and kept of its pool. One statement."""
    mine = aliased(Event)
    return list(db.session.execute(
        _rows().join(mine, mine.course_id == Event.course_id)
        .where(mine.id == event_id, Event.id != event_id, Event.status == "published", Event.sign_up == "open",
               or_(Event.opens_at.is_(None), Event.opens_at <= now), or_(Event.closes_at.is_(None), Event.closes_at > now),
               or_(Event.starts_at.is_(None), Event.starts_at > now))
        .order_by(Event.starts_at.is_(None), Event.starts_at, Event.id).limit(MOST)).all())


def left(row: Any) -> int | None:
    """Places left for everybody; None is unlimited."""
    return None if row.capacity is None else max(row.capacity - row.taken - row.kept, 0)


def _rows() -> Any:
    return (select(Event.id, Event.slug, Event.title, Event.zone, Event.starts_at, Event.ends_at, Event.session_count, Event.city,
                   Event.mode, Pool.capacity, Pool.taken, Pool.kept)
            .join(Pool, Pool.id == Event.pool_id))
