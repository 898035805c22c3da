"""Events that are over, have hours to give, and have given none yet."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.hours.models import Award

LOOKS_BACK = timedelta(days=180)


def events(scope: ColumnElement[bool], now: datetime) -> list[Any]:
    """Slug, title, zone and end of those of half a year, the oldest first. One statement."""
    return list(db.session.execute(
        select(Event.slug, Event.title, Event.zone, Event.ends_at)
        .where(scope, Event.status.in_(("published", "closed")), Event.ends_at < now, Event.ends_at > now - LOOKS_BACK,
               (Event.training_minutes > 0) | (Event.rsc_minutes > 0), ~select(Award.id).where(Award.event_id == Event.id).exists())
        .order_by(Event.ends_at, Event.id).limit(5)).all())
