"""Which sessions and pools a place covers, and its seats as rows. Shared by everything that gives or changes a place."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, insert, select, update
from sqlalchemy.orm import aliased

from webapp.catalog.models import Block, Event, EventInclusion, Session
from webapp.core import times, tokens
from webapp.core.db import db, run
from webapp.core.errors import Unacceptable
from webapp.registration.models import AddOn, Registration, RegistrationAddOn, RegistrationType, Seat, TypeSession
from webapp.registration.seats import Level


@dataclass(frozen=True)
class Meeting:
    """A session as far as places care."""

    id: int
    title: str
    pool_id: int | None
    block_id: int | None
    group_id: int | None
    mode: str | None
    starts_at: datetime
    zone: str

    @property
    def day(self) -> date:
        """The date it starts on, where it is."""
        return times.local(self.starts_at, self.zone).date()

    def level(self) -> Level:
        """How a refusal names its pool."""
        return Level(f"“{self.title}”", "is", "Choose another session of this block.",
                     f"block_{self.block_id}" if self.block_id else None)


# Built once: every place asks it.
_MEETINGS = (
    select(Session.id, Session.title, Session.pool_id, Session.block_id, Session.group_id, Session.mode, Session.starts_at, Session.zone)
    .where(Session.event_id == bindparam("event"), Session.status == "scheduled").order_by(Session.starts_at, Session.id)
)

_NEW_SEATS = insert(Seat)


def meetings(event_id: int) -> list[Meeting]:
    """The sessions of an event that take place, in order."""
    rows: Iterable[Any] = run(_MEETINGS, {"event": event_id})
    return [Meeting(*row) for row in rows]


def included_days() -> ScalarSelect[Any]:
    """Beside `Registration` in a query: the dates a linked place is for (empty: all of them); null for a place asked for itself."""
    outer = aliased(Registration)
    return (select(EventInclusion.dates).join(outer, outer.event_id == EventInclusion.event_id)
            .where(outer.id == Registration.inclusion_of_id, EventInclusion.included_id == Registration.event_id)
            .correlate(Registration).scalar_subquery())


def covered(event_id: int, type_id: int, covers: str, mode: str, included: Collection[str] | None = None) -> list[Meeting]:
    """The sessions a place of this type and mode may hold: all, the type's own or (an exhibitor's table) none, of its mode.

    `included`: a linked place has those of these dates instead, of all dates where none are named, whatever its type covers.
    """
    found = [m for m in meetings(event_id) if m.mode in (None, "hybrid", mode)]
    if included is not None:
        return [m for m in found if not included or m.day.isoformat() in included]
    if covers == "all":
        return found
    if covers == "none":
        return []
    own = set(db.session.scalars(select(TypeSession.session_id).where(TypeSession.type_id == type_id)))
    return [m for m in found if m.id in own]


def seated(sessions: Iterable[Meeting], group_id: int | None, chosen: Collection[int] = ()) -> dict[int, str]:
    """Session id -> how it is held: everybody's, the group's, or chosen in a block."""
    held = {}
    for one in sessions:
        if one.block_id is not None:
            if one.id in chosen:
                held[one.id] = "chosen"
        elif one.group_id is None:
            held[one.id] = "all"
        elif one.group_id == group_id:
            held[one.id] = "group"
    return held


def choice(sessions: Iterable[Meeting], picked: Mapping[int, int | None], locked_blocks: Collection[int]) -> dict[int, int]:
    """Block id -> session id of what was picked; refused when a session is not of that block or the block was not bought."""
    by_id = {one.id: one for one in sessions}
    chosen = {}
    for block_id, session_id in picked.items():
        if session_id is None:
            continue
        if session_id not in by_id or by_id[session_id].block_id != block_id:
            raise Unacceptable("Choose a session of this block.", field=f"block_{block_id}")
        if block_id in locked_blocks:
            raise Unacceptable("This block is for those who booked it.", way_out="Add it to your registration first.",
                               field=f"block_{block_id}", code="add_on_only")
        chosen[block_id] = session_id
    return chosen


def locked_blocks(event_id: int, add_on_ids: Collection[int] | Select[int]) -> set[int]:
    """Blocks of the event that need an add-on which is not among these."""
    opened = select(AddOn.unlocks_block_id).where(AddOn.id.in_(add_on_ids), AddOn.unlocks_block_id.is_not(None))
    return set(db.session.scalars(select(Block.id).where(Block.event_id == event_id, Block.add_on_only, Block.id.not_in(opened))))


def session_pools(sessions: Iterable[Meeting], held: Collection[int]) -> Counter[int]:
    """Pool id -> one for each pool that the held sessions own."""
    return Counter({one.pool_id: 1 for one in sessions if one.id in held and one.pool_id is not None})


def add_seats(held: Mapping[int, Mapping[int, str]], *, state: str, at: datetime) -> None:
    """New seats for registrations: registration id -> session id -> how. One statement; each seat has a calendar identity of its own."""
    rows = [
        {"registration_id": registration_id, "session_id": session_id, "state": state, "how": how, "ical_uid": tokens.uid(),
         "changed_at": at, "sequence": 0}
        for registration_id, sessions in held.items() for session_id, how in sessions.items()
    ]
    if rows:
        run(_NEW_SEATS, rows)


def raise_seats(which: Any, at: datetime) -> None:
    """What calendars show of these seats changed: SEQUENCE and moment rise. Their registrations are locked by the caller."""
    db.session.execute(update(Seat).where(which, Seat.state != "released").values(sequence=Seat.sequence + 1, changed_at=at))


def pools_of(registration_id: int) -> Counter[int]:
    """What a registration needs to be seated (again): read from its type, mode, add-ons and seats, not from its uses."""
    row = db.session.execute(
        select(Registration.mode, Event.pool_id, Event.room_pool_id, Event.online_pool_id, RegistrationType.covers,
               RegistrationType.pool_id.label("type_pool_id"))
        .join(Event, Event.id == Registration.event_id).join(RegistrationType, RegistrationType.id == Registration.type_id)
        .where(Registration.id == registration_id)
    ).one()
    by_mode = row.room_pool_id if row.mode == "in_person" else row.online_pool_id
    own = ({row.type_pool_id} if row.covers == "none" else {row.pool_id, by_mode, row.type_pool_id}) - {None}
    own |= set(db.session.scalars(
        select(Session.pool_id).join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id, Session.pool_id.is_not(None))))  # a session that is off may be on again
    needed = Counter(dict.fromkeys(own, 1))
    for pool_id, count in db.session.execute(
            select(AddOn.pool_id, RegistrationAddOn.count).join(AddOn, AddOn.id == RegistrationAddOn.add_on_id)
            .where(RegistrationAddOn.registration_id == registration_id, AddOn.pool_id.is_not(None))):
        needed[pool_id] += count
    return needed
