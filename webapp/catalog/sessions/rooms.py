"""The rooms of an event's sessions when its place changes."""

from collections.abc import Sequence

from sqlalchemy import Row, select

from webapp.catalog import parts
from webapp.catalog.models import Event, Room, Session, Venue
from webapp.core.db import db


def follow(event: Event) -> list[str]:
    """After the event's venue changed: a house of the same name (its address or access notes were corrected) keeps its rooms, in any
    other the sessions have none. Returns the rooms that were left."""
    house = db.session.get(Venue, event.venue_id) if event.venue_id else None
    left = []
    for session, room, venue in _held(event.id):
        if house is not None and venue.id == house.id:
            continue
        if house is not None and venue.name == house.name:
            session.room_id = parts.room(house.id, room.name, room.size).id
        else:
            session.room_id = None
            left.append(room.name)
    return list(dict.fromkeys(left))


def lost(event_id: int, venue_name: str) -> list[str]:
    """The rooms that sessions would lose if the event went to the house of this name."""
    return list(dict.fromkeys(room.name for _, room, venue in _held(event_id) if venue.name != venue_name))


def _held(event_id: int) -> Sequence[Row[Session, Room, Venue]]:
    return db.session.execute(
        select(Session, Room, Venue).join(Room, Room.id == Session.room_id).join(Venue, Venue.id == Room.venue_id)
        .where(Session.event_id == event_id).order_by(Room.position, Session.id)).all()
