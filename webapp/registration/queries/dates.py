"""Other dates of a course that a place may move to, with how full they are."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from webapp.catalog.models import Event, Pool
from webapp.core.db import db

MOST = 20


def of_course(event_id: int, now: datetime) -> list[Any]:
    """The next open events of the same course, at most twenty, each with capacity, taken and kept of its pool. One statement."""
    mine = aliased(Event)
    return list(db.session.execute(
        _rows().join(mine, mine.course_id == Event.course_id).where(mine.id == event_id, _open(mine, now))
        .order_by(Event.starts_at.is_(None), Event.starts_at, Event.id).limit(MOST)).all())


def with_others(event_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these events for which `of_course` finds any. One statement."""
    mine = aliased(Event)
    return set(db.session.scalars(
        select(mine.id).join(Event, Event.course_id == mine.course_id).where(mine.id.in_(event_ids), _open(mine, now)).distinct()))


def _open(mine: Any, now: datetime) -> ColumnElement[bool]:
    return and_(Event.id != mine.id, Event.status == "published", Event.sign_up == "open",
                or_(Event.opens_at.is_(None), Event.opens_at <= now), or_(Event.closes_at.is_(None), Event.closes_at > now),
                or_(Event.starts_at.is_(None), Event.starts_at > now))


def left(row: Any) -> int | None:
    """Places left for everybody; None is unlimited."""
    return None if row.capacity is None else max(row.capacity - row.taken - row.kept, 0)


def _rows() -> Any:
    return (select(Event.id, Event.slug, Event.title, Event.zone, Event.starts_at, Event.ends_at, Event.session_count, Event.city,
                   Event.mode, Pool.capacity, Pool.taken, Pool.kept)
            .join(Pool, Pool.id == Event.pool_id))
