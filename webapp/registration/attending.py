"""What somebody who looks at a public page has in the event already."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from webapp.core.db import db
from webapp.registration.models import ACTIVE, Order, Registration, RegistrationType, Seat


@dataclass(frozen=True)
class Attending:
    """An active registration: its state, the address part of its order, the sessions it has seats in."""

    registration_id: int
    state: str
    order_ref: str
    group_id: int | None
    session_ids: frozenset[int]


def of(person_ids: Iterable[int], event_id: int) -> Attending | None:
    """The active registration of a person (the ids of her family) in the event; None when she has none. One statement."""
    rows = db.session.execute(
        select(Registration.id, Registration.state, Registration.group_id, Order.ref, Seat.session_id)
        .join(Order, Order.id == Registration.order_id)
        .outerjoin(Seat, (Seat.registration_id == Registration.id) & (Seat.state != "released"))
        .where(Registration.event_id == event_id, Registration.person_id.in_(list(person_ids)), Registration.state.in_(ACTIVE))
        .order_by(Registration.id)).all()
    if not rows:
        return None
    first = rows[0]
    return Attending(first.id, first.state, first.ref, first.group_id,
                     frozenset(row.session_id for row in rows if row.id == first.id and row.session_id is not None))


def held(event_id: int) -> dict[str, int]:
    """How many seats are held at this moment while somebody pays, by mode: not the tables of exhibitors. One statement."""
    return {row.mode: row.places for row in db.session.execute(_HELD, {"event": event_id})}


_HELD = (
    select(Registration.mode, func.count().label("places")).join(RegistrationType, RegistrationType.id == Registration.type_id)
    .where(Registration.event_id == bindparam("event"), Registration.state == "held", RegistrationType.covers != "none")
    .group_by(Registration.mode)
)
