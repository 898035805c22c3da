"""Places set aside, for organizers (of an event) and for an agency (its pools of the season). A fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Block, Event, Pool, Session
from webapp.core import clock
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Order, PoolUse, Registration, RegistrationType
from webapp.registration.setasides.models import SetAside

MOST = 200


def of_event(event_id: int, *, most: int = MOST) -> list[Any]:
    """The set-asides of an event, those that stand first: rows of for whom, how many (`seats` as staff set it, `capacity` as it has now,
    `taken` used), when they return. One statement."""
    return _rows((SetAside.event_id == event_id) & SetAside.part_of_id.is_(None), most, (SetAside.returned_at.is_not(None), SetAside.id))


def of_agency(agency_id: int, since: datetime, *, most: int = MOST) -> list[Any]:
    """The agency's own pools of seats in events that end after `since` and stand, by date. One statement."""
    return _rows((SetAside.agency_id == agency_id) & or_(Event.ends_at.is_(None), Event.ends_at > since)
                 & Event.status.in_(("published", "closed")), most, (Event.starts_at, Event.id, SetAside.id))


def of_agencies(event_id: int, agency_ids: Collection[int]) -> list[Any]:
    """What these agencies have in one event and was not returned. One statement."""
    theirs = (SetAside.event_id == event_id) & SetAside.agency_id.in_(agency_ids) & SetAside.returned_at.is_(None)
    return _rows(theirs, MOST, (SetAside.id,))


@cache
def agency_column() -> ColumnElement[str]:
    """The agency from whose pool seats of the order were taken, by name: a column beside those of an order, which costs no statement."""
    taken = Registration.state.in_(ACTIVE) & (Registration.order_id == Order.id)
    return (select(func.min(Agency.name)).join(SetAside, SetAside.agency_id == Agency.id)
            .join(Registration, Registration.set_aside_id == SetAside.id).where(taken).correlate(Order).scalar_subquery().label("kept_by"))


def gives_seats(agency_id: int | None) -> ColumnElement[bool]:
    """Whether seats of the order were taken from a pool of this agency: a column beside those of an order, which costs no statement."""
    return (select(Registration.id).join(SetAside, SetAside.id == Registration.set_aside_id)
            .where(SetAside.agency_id == agency_id, Registration.state.in_(ACTIVE), Registration.order_id == Order.id)
            .correlate(Order).exists().label("gives_seats"))


def left_of_agency(agency_id: int, event_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Event id -> how many seats of the agency's pools are left there now; events without any are left out. One statement."""
    rows = db.session.execute(
        select(SetAside.event_id, func.sum(Pool.capacity - Pool.taken)).join(Pool, Pool.id == SetAside.pool_id)
        .where(SetAside.agency_id == agency_id, SetAside.event_id.in_(event_ids), _is_open(now)).group_by(SetAside.event_id))
    return {row[0]: int(row[1]) for row in rows if row[1]}


def kept_for(registration_id: int) -> dict[int, int]:
    """Session id -> how many seats of it that nobody has yet the set-aside keeps whose place this is, while they can be taken. One
    statement."""
    whole = aliased(SetAside)
    rows = db.session.execute(
        select(SetAside.session_id, (Pool.capacity - Pool.taken).label("left")).join(Pool, Pool.id == SetAside.pool_id)
        .join(whole, whole.id == SetAside.part_of_id).join(PoolUse, PoolUse.pool_id == whole.pool_id)
        .where(PoolUse.registration_id == registration_id, _is_open(clock.now())))
    return {row.session_id or 0: row.left or 0 for row in rows}


def parts_of(event_id: int) -> list[Any]:
    """The seats of sessions kept with set-asides of the event: rows of the set-aside, session, title, how many it has and how many are
    used. One statement."""
    return list(db.session.execute(
        select(SetAside.part_of_id, SetAside.session_id, SetAside.seats, Session.title, Pool.capacity, Pool.taken)
        .join(Pool, Pool.id == SetAside.pool_id).join(Session, Session.id == SetAside.session_id)
        .where(SetAside.event_id == event_id).order_by(Session.starts_at, Session.id)))


def choosable(event_id: int) -> list[Any]:
    """Sessions with a limit that people choose, of which seats may be kept: id, title, block, what is open to everybody. One statement."""
    return list(db.session.execute(
        select(Session.id, Session.title, Session.starts_at, Session.ends_at, Session.zone, Block.name.label("block"),
               (Pool.capacity - Pool.taken - Pool.kept).label("left"))
        .join(Block, Block.id == Session.block_id).join(Pool, Pool.id == Session.pool_id)
        .where(Session.event_id == event_id, Session.status == "scheduled", Pool.capacity.is_not(None))
        .order_by(Session.starts_at, Session.position, Session.id)))


def people_of(event_id: int) -> dict[int, list[str]]:
    """Set-aside id -> who has a place of it, by name; a place without one is "Not yet named". One statement."""
    found = defaultdict(list)
    name = func.trim(func.coalesce(Person.given_name, "") + " " + func.coalesce(Person.family_name, ""))
    for row in db.session.execute(
            select(Registration.set_aside_id, name.label("name")).outerjoin(Person, Person.id == Registration.person_id)
            .where(Registration.event_id == event_id, Registration.set_aside_id.is_not(None), Registration.state.in_(ACTIVE))
            .order_by(Person.family_name, Person.given_name, Registration.id).limit(1000)):
        found[row.set_aside_id].append(row.name or "Not yet named")
    return found


def _is_open(now: datetime) -> ColumnElement[bool]:
    return SetAside.returned_at.is_(None) & or_(SetAside.returns_at.is_(None), SetAside.returns_at > now)


def _rows(which: Any, most: int, order: tuple[Any, ...]) -> list[Any]:
    return list(db.session.execute(
        select(SetAside.id, SetAside.kind, SetAside.label, SetAside.agency_id, Agency.name.label("agency"), SetAside.mode, SetAside.type_id,
               RegistrationType.name.label("type"), SetAside.seats, SetAside.returns_at, SetAside.returned_at, Pool.capacity, Pool.taken,
               Event.title, Event.slug, Event.zone, Event.starts_at, Event.ends_at, Event.session_count)
        .join(Pool, Pool.id == SetAside.pool_id).join(Event, Event.id == SetAside.event_id)
        .outerjoin(Agency, Agency.id == SetAside.agency_id).outerjoin(RegistrationType, RegistrationType.id == SetAside.type_id)
        .where(which).order_by(*order).limit(most)))
