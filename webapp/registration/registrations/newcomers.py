"""Seats for those who registered while a session was off."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Session
from webapp.core.db import db
from webapp.registration import places, seats
from webapp.registration.models import ACTIVE, Registration, RegistrationType, Seat
from webapp.registration.registrations.breakouts import join_sessions


def seat_newcomers(session: Session, now: datetime) -> None:
    """Everybody whose place covers the session and who has no seat in it gets one. Sessions of blocks are chosen, not given.

    Refused with Full when the session has fewer places than are needed.
    """
    if session.block_id is not None:
        return
    for one, how in _without_seat(session):
        if session.pool_id is not None:
            seats.change({one.id: Counter({session.pool_id: 1})}, {session.pool_id: seats.Level(f"“{session.title}”", "is")})
        join_sessions(one, {session.id}, now, how)


def _without_seat(session: Session) -> list[tuple[Registration, str]]:
    """Active registrations by id, locked, with how they hold the session."""
    has_one = select(Seat.registration_id).where(Seat.session_id == session.id, Seat.state != "released")
    rows = db.session.execute(
        select(Registration, RegistrationType.covers, places.included_days())
        .join(RegistrationType, RegistrationType.id == Registration.type_id)
        .where(Registration.event_id == session.event_id, Registration.state.in_(ACTIVE), Registration.id.not_in(has_one))
        .order_by(Registration.id).with_for_update(of=Registration)).all()
    found = []
    for one, covers, included in rows:
        how = places.seated(places.covered(one.event_id, one.type_id, covers, one.mode, included), one.group_id).get(session.id)
        if how is not None:
            found.append((one, how))
    return found
