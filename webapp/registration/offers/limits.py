"""Limits of types, add-ons and sessions. A first limit set while people are registered counts them in.

Whoever sets one has the event alone and then everything `stand_still`: nobody comes or goes between the count and its keeping.
"""

from collections.abc import Mapping

from sqlalchemy import insert, select, union

from webapp.catalog import events, pools
from webapp.catalog import sessions as sessions_
from webapp.catalog.models import Event, Session
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.registration import seats
from webapp.registration.models import ACTIVE, AddOn, PoolUse, Registration, RegistrationAddOn, RegistrationType, Seat
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside, SetAsidePool


def limit_session(session_id: int, capacity: int | None, *, actor_id: int | None) -> Session:
    """Sets, changes or lifts a session's own limit. Refused with the number when more are in it already."""
    event_id = db.session.scalar(select(Session.event_id).where(Session.id == session_id))
    if event_id is None:
        raise NotFound("There is no such session.")
    events.get(event_id, lock=True)
    session = sessions_.get(session_id, lock=True)
    if session.pool_id is None and capacity is not None:
        stand_still(event_id)
        session.pool_id = _pool(capacity, session.title, _in_session(session_id))
        return session
    return sessions_.update(session_id, actor_id=actor_id, capacity=capacity)


def stand_still(event_id: int) -> None:
    """Locks the places a limit may count, the set-asides and the pools of what is sold, in the order of docs/house.md.

    The event is locked before.
    """
    db.session.execute(select(Registration.id).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))
                       .order_by(Registration.id).with_for_update()).all()
    standing.locked((SetAside.event_id == event_id) & SetAside.returned_at.is_(None))
    sold = union(*(select(one.pool_id).where(one.event_id == event_id, one.pool_id.is_not(None)) for one in (RegistrationType, AddOn)))
    seats.locked(set(db.session.scalars(sold)))


def set_type_limit(event: Event, type_: RegistrationType, capacity: int | None) -> int | None:
    """The id of the type's pool with this capacity; None when it never had a limit and needs none."""
    if type_.pool_id is not None:
        pools.resize(type_.pool_id, capacity)
        return type_.pool_id
    if capacity is None:
        return None
    held = _of_type(type_.id) if type_.covers == "none" or pools.taken(event.pool_id) else {}  # a table takes no seat of the event
    asides = standing.locked((SetAside.type_id == type_.id) & SetAside.returned_at.is_(None))
    pool_id = _pool(capacity, f"{type_.name} places", held, sum(one.left for one in asides))
    db.session.add_all([SetAsidePool(set_aside_id=one.id, pool_id=pool_id) for one in asides])
    return pool_id


def join_pool(type_: RegistrationType, pool_id: int) -> int:
    """Lets a type share another's pool; refused while somebody has a place of this type elsewhere."""
    if type_.pool_id != pool_id and (_of_type(type_.id) or _is_set_aside(type_.id)):
        raise Refusal(f"Somebody has {type_.name} already (or it is set aside), so it cannot share places now.", way_out="Make a new type.")
    return pool_id


def leave_pool(type_: RegistrationType) -> None:
    """Takes a type out of a pool that others go on sharing; refused while somebody has a place of this type."""
    if _of_type(type_.id) or _is_set_aside(type_.id):
        raise Refusal(f"Somebody has {type_.name} already (or it is set aside), so it cannot have places of its own now.",
                      way_out="Make a new type.")
    type_.pool_id = None


def refuse_sold(type_: RegistrationType, field: str) -> None:
    """Refuses where somebody has a place of this type, or waits for one or has one set aside: with a seat, or without, as it was sold."""
    if _of_type(type_.id) or _is_set_aside(type_.id):
        raise Refusal(f"Somebody has {type_.name} already (or it is set aside), with a seat or without as it was sold.",
                      way_out="Make a new type.", field=field)


def set_add_on_limit(add_on: AddOn, capacity: int | None) -> int | None:
    """The id of the add-on's pool with this capacity; None without a limit."""
    if add_on.pool_id is not None:
        pools.resize(add_on.pool_id, capacity)
        return add_on.pool_id
    return None if capacity is None else _pool(capacity, add_on.name, _with_add_on(add_on.id))


def _pool(capacity: int, label: str, held: Mapping[int, int], aside: int = 0) -> int:
    """A new pool with `held` (registration id to count) counted in, and as many as are set `aside`."""
    taken = sum(held.values()) + aside
    if taken > capacity:
        raise Refusal(f"{taken} places are taken, so the capacity cannot go below {taken}.", field="capacity", code="below_taken")
    pool = pools.make(capacity, label)
    pool.taken, pool.aside = taken, aside
    db.session.flush()
    if held:
        db.session.execute(insert(PoolUse), [
            {"registration_id": registration, "pool_id": pool.id, "count": count} for registration, count in held.items()])
    return pool.id


def _in_session(session_id: int) -> dict[int, int]:
    return dict.fromkeys(db.session.scalars(
        select(Seat.registration_id).where(Seat.session_id == session_id, Seat.state != "released")), 1)


def _of_type(type_id: int) -> dict[int, int]:
    return dict.fromkeys(db.session.scalars(
        select(Registration.id).where(Registration.type_id == type_id, Registration.state.in_(ACTIVE))), 1)


def _is_set_aside(type_id: int) -> bool:
    """Whether places are set aside for this type: they are held in the pool it has."""
    return db.session.scalar(select(SetAside.id).where(SetAside.type_id == type_id, SetAside.returned_at.is_(None)).limit(1)) is not None


def _with_add_on(add_on_id: int) -> dict[int, int]:
    return dict(db.session.execute(
        select(RegistrationAddOn.registration_id, RegistrationAddOn.count)
        .join(Registration, Registration.id == RegistrationAddOn.registration_id)
        .where(RegistrationAddOn.add_on_id == add_on_id, Registration.state.in_(ACTIVE))).all())
