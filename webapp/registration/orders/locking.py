"""Orders are locked first, before registrations, pools and counters: all that an act touches in one statement, in ascending id.

With an addition goes its whole, and with an order on which somebody becomes a member her person. The lock leaves the order's key to
others, so nobody who only writes a line for it waits here. The whole order of locks: docs/house.md.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from webapp.accounts import people
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import NotFound, Stale
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Order, Registration
from webapp.registration.years.models import MembershipYear


def _with_wholes(which: ColumnElement[bool], wholes: Select[Any]) -> Any:
    both = Order.id.in_(wholes), Order.part_of_id.in_(wholes)
    return (select(Order).where(or_(which, *both)).order_by(Order.id).with_for_update(key_share=True)
            .execution_options(populate_existing=True))


# Built once: every change of an order asks them.
_PART_OF = select(Order.part_of_id).where(Order.id.in_(bindparam("orders", expanding=True)), Order.part_of_id.is_not(None))
_ORDERS = _with_wholes(Order.id.in_(bindparam("orders", expanding=True)), _PART_OF)
_REGISTRATIONS = (
    select(Registration).where(Registration.order_id == bindparam("order"), Registration.state.in_(bindparam("states", expanding=True)))
    .order_by(Registration.id).with_for_update().execution_options(populate_existing=True)
)


def locked(order_id: int) -> Order:
    """The order, locked and read afresh; one that was added to another is locked with the whole of it."""
    return several([order_id])[order_id]


def several(order_ids: Collection[int], person_ids: Collection[int | None] = ()) -> dict[int, Order]:
    """These orders by id, locked as `locked` does. `person_ids`: who is to have places by the same act; they stand still too, for two
    acts that give the same two people places would each wait for the other's."""
    found = _found(db.session.scalars(_ORDERS, {"orders": list(order_ids)}) if order_ids else (), person_ids)
    if set(order_ids) - found.keys():
        raise NotFound
    return found


def of_places(which: ColumnElement[bool], *others: int | None) -> dict[int, Order]:
    """The orders of these places (a condition on `Registration`), those that carry parts of them, and `others`; by id, locked.

    For acts after which the money of all of them is brought in line. Refused as Stale when a part was given at this very moment.
    """
    ours = select(Registration.order_id).where(which)
    carriers = (select(PlaceShare.order_id).join(Registration, Registration.id == PlaceShare.registration_id)
                .where(which, PlaceShare.ended_at.is_(None), PlaceShare.order_id.is_not(None)))
    wanted = or_(Order.id.in_(ours), Order.id.in_(carriers), Order.id.in_([one for one in others if one is not None]))
    wholes = select(Order.part_of_id).where(Order.id.in_(ours), Order.part_of_id.is_not(None))
    found = _found(db.session.scalars(_with_wholes(wanted, wholes)))
    if any(one.is_split for one in found.values()) and set(db.session.scalars(carriers)) - found.keys():
        raise Stale("Somebody else was given a part of this to pay at this very moment.", way_out="Do it once more.")
    return found


def of_place(registration_id: int, *others: int | None) -> Order:
    """The order of this place, with those of `of_places`; NotFound when there is no such place."""
    order_id = db.session.scalar(select(Registration.order_id).where(Registration.id == registration_id))
    if order_id is None:
        raise NotFound
    return of_places(Registration.order_id == order_id, *others)[order_id]


def to_place(order_id: int, other_id: int | None = None) -> Order:
    """The order that money came for. While it is not placed, its events stand still before it, and all who have places on it: they may
    have to be found again."""
    rows = db.session.execute(
        select(Event.id, Registration.person_id).join(Registration, Registration.event_id == Event.id)
        .join(Order, Order.id == Registration.order_id)
        .where(Order.id == order_id, Order.state != "placed", Registration.state.in_(("held", "expired")))
        .order_by(Event.id, Registration.id).with_for_update(read=True, of=Event)).all()
    return several({order_id, other_id} - {None}, [row.person_id for row in rows])[order_id]  # type: ignore[arg-type]


def registrations(order_id: int, *states: str) -> list[Registration]:
    """Its registrations in these states, by id, locked and read afresh."""
    return list(db.session.scalars(_REGISTRATIONS, {"order": order_id, "states": states}))


def _found(orders: Iterable[Order], person_ids: Collection[int | None] = ()) -> dict[int, Order]:
    """The orders, with the persons locked after them."""
    found = {one.id: one for one in orders}
    persons = {one for one in person_ids if one is not None} if len(person_ids) > 1 else set()
    if joining := [one.id for one in found.values() if one.has_year]:
        persons |= set(db.session.scalars(select(MembershipYear.person_id).where(MembershipYear.order_id.in_(joining))))
    if persons:
        people.stand_still(persons)
    return found
