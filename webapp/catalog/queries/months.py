"""The sessions of one month, for the grid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.catalog import filters
from webapp.catalog.filters import Filters
from webapp.catalog.models import Event, Session
from webapp.core.db import db

MOST = 400


def between(wanted: Filters, since: datetime, until: datetime, now: datetime) -> Sequence[Any]:
    """What matching events have in a stretch of time, one row for an event and start (breakouts and groups meet at once);
    `best_status` is scheduled when one of them takes place. At most 400. One statement.
    """
    return db.session.execute(
        select(Session.event_id, Session.starts_at, func.max(Session.status).label("best_status"), Event.slug,
               Event.title, Event.zone, Event.training_minutes, Event.rsc_minutes)
        .join(Event, Event.id == Session.event_id)
        .where(Session.starts_at >= since, Session.starts_at < until, *filters.matching(wanted, now))
        .group_by(Session.event_id, Session.starts_at, Event.slug, Event.title, Event.zone, Event.training_minutes, Event.rsc_minutes)
        .order_by(Session.starts_at, Session.event_id).limit(MOST)).all()
