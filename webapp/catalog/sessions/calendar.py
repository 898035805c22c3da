"""What calendars see of sessions: SEQUENCE, change times, and a zone that changes under them."""

from datetime import datetime

from sqlalchemy import select, update

from webapp.catalog.models import Event, Session
from webapp.catalog.sessions.values import Timing
from webapp.core import clock
from webapp.core.db import db

SHOWN = frozenset({"starts_at", "ends_at", "zone", "room_id", "mode", "online_url", "title", "status"})


def bump(session: Session) -> None:
    """Raises a session's SEQUENCE by one, now."""
    session.sequence += 1
    session.changed_at = clock.now()


def bump_all(event_id: int) -> None:
    """Raises the SEQUENCE of every scheduled session of an event: its title, place or link changed. One statement."""
    db.session.flush()
    db.session.execute(
        update(Session).where(Session.event_id == event_id, Session.status == "scheduled")
        .values(sequence=Session.sequence + 1, changed_at=clock.now()))


def rezone(event: Event, zone: str) -> int:
    """Puts the sessions that follow the event's zone into another one: the wall time stays, the instant moves.

    Returns how many moved. A wall time that does not exist there or occurs twice is refused.
    """
    followers = db.session.scalars(select(Session).filter_by(event_id=event.id, zone=event.zone)).all()
    for session in followers:
        start, end = (datetime.fromisoformat(text) for text in (session.wall_start, session.wall_end))
        for name, value in Timing(start, end, zone, session.fold or None).columns().items():
            setattr(session, name, value)
        bump(session)
    return len(followers)
