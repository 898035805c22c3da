"""That somebody was there, place by place: for answering a bank."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, select

from webapp.attendance.models import Presence
from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.registration.models import Registration, Seat


def of_places(registration_ids: Collection[int]) -> list[Any]:
    """The presences that count of these places: session, times and how they were noted, the oldest first. One statement."""
    superseded = select(Presence.supersedes_id).where(Presence.supersedes_id.is_not(None))
    return list(db.session.execute(
        select(Registration.id.label("registration_id"), Session.title, Session.zone, Presence.in_at, Presence.out_at, Presence.source)
        .join(Seat, Seat.registration_id == Registration.id).join(Session, Session.id == Seat.session_id)
        .join(Presence, and_(Presence.session_id == Session.id, Presence.person_id == Registration.person_id))
        .where(Registration.id.in_(registration_ids), Presence.is_void.is_(False), Presence.id.not_in(superseded))
        .order_by(Session.starts_at, Presence.id)))
