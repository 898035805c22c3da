"""The blocks of an event as one who holds a place chooses from them. Three statements; one more for a place of a set-aside."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Block, Pool, Room, Session, Track
from webapp.core.db import db
from webapp.registration import places
from webapp.registration.models import AddOn, Registration, RegistrationAddOn, RegistrationType, Seat
from webapp.registration.queries.setasides import kept_for


@dataclass(frozen=True)
class Option:
    """A session of a block. `left` None is unlimited; `mine`: this place holds it now."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    room: str
    track: str
    left: int | None
    mine: bool

    @property
    def is_full(self) -> bool:
        """Nobody else gets in."""
        return self.left == 0 and not self.mine


@dataclass(frozen=True)
class Choice:
    """A block with its sessions. `locked`: for those who bought what opens it."""

    id: int
    name: str
    locked: bool
    declined: bool
    options: list[Option]

    @property
    def chosen(self) -> int | None:
        """The session held in it."""
        return next((one.id for one in self.options if one.mine), None)


def of_registration(registration_id: int) -> list[Choice]:
    """The blocks a place may choose in, in order of time; empty where the event has none."""
    registration = db.session.execute(
        select(Registration.event_id, Registration.mode, Registration.declined_blocks, Registration.set_aside_id,
               RegistrationType.id.label("type_id"),
               RegistrationType.covers, places.included_days().label("included"))
        .join(RegistrationType, RegistrationType.id == Registration.type_id).where(Registration.id == registration_id)).one()
    rows = db.session.execute(
        select(Block.id.label("block_id"), Block.name, Block.add_on_only, Session.id, Session.title, Session.starts_at, Session.ends_at,
               Session.zone, Room.name.label("room"), Track.name.label("track"), Pool.capacity,
               (Pool.taken + Pool.kept).label("taken"), Seat.state.label("seat"))
        .join(Session, Session.block_id == Block.id).outerjoin(Room, Room.id == Session.room_id)
        .outerjoin(Track, Track.id == Session.track_id).outerjoin(Pool, Pool.id == Session.pool_id)
        .outerjoin(Seat, (Seat.session_id == Session.id) & (Seat.registration_id == registration_id) & (Seat.state != "released"))
        .where(Block.event_id == registration.event_id, Session.status == "scheduled")
        .order_by(Session.starts_at, Block.position, Session.position, Session.id)).all()
    if not rows:
        return []
    allowed = {one.id for one in places.covered(registration.event_id, registration.type_id, registration.covers, registration.mode,
                                                registration.included)}
    opened = set(db.session.scalars(
        select(AddOn.unlocks_block_id).join(RegistrationAddOn, RegistrationAddOn.add_on_id == AddOn.id)
        .where(RegistrationAddOn.registration_id == registration_id)))
    kept = kept_for(registration_id) if registration.set_aside_id else {}
    found: dict[int, Choice] = {}
    for row in rows:
        if row.id in allowed:
            choice = found.setdefault(row.block_id, Choice(
                row.block_id, row.name, row.add_on_only and row.block_id not in opened, row.block_id in registration.declined_blocks, []))
            left = None if row.capacity is None else max(row.capacity - row.taken, 0) + kept.get(row.id, 0)
            choice.options.append(Option(row.id, row.title, row.starts_at, row.ends_at, row.zone, row.room or "", row.track or "",
                                         left, row.seat is not None))
    return list(found.values())
