"""What several people attended, for who may see it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from webapp.attendance.models import Presence
from webapp.catalog.models import Event, Session
from webapp.core.db import db


def attended(person_ids: Collection[int], since: datetime) -> dict[int, list[Any]]:
    """Person -> the events she was present in since then, the latest first: rows of title, first moment there and zone. One statement."""
    later = aliased(Presence)
    rows = db.session.execute(
        select(Presence.person_id, Event.title, Event.zone, func.min(Session.starts_at).label("starts_at"))
        .outerjoin(later, later.supersedes_id == Presence.id).join(Session, Session.id == Presence.session_id)
        .join(Event, Event.id == Session.event_id)
        .where(Presence.person_id.in_(person_ids), later.id.is_(None), Presence.is_void.is_(False), Session.starts_at >= since,
               Session.status == "scheduled")
        .group_by(Presence.person_id, Event.id, Event.title, Event.zone).order_by(func.min(Session.starts_at).desc(), Event.id))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found
