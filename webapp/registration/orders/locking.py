"""Orders are locked first, before registrations, pools and counters; the order that something was added to before the addition."""

from sqlalchemy import bindparam, or_, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Order, Registration

# Built once: every change of an order asks them.
_PART_OF = select(Order.part_of_id).where(Order.id == bindparam("order")).scalar_subquery()
_ORDER = (select(Order).where(or_(Order.id == bindparam("order"), Order.id == _PART_OF)).order_by(Order.id).with_for_update()
          .execution_options(populate_existing=True))
_REGISTRATIONS = (
    select(Registration).where(Registration.order_id == bindparam("order"), Registration.state.in_(bindparam("states", expanding=True)))
    .order_by(Registration.id).with_for_update().execution_options(populate_existing=True)
)


def locked(order_id: int) -> Order:
    """The order, locked and read afresh; one that was added to another is locked after that one, in the same statement."""
    found = {one.id: one for one in db.session.scalars(_ORDER, {"order": order_id})}
    if order_id not in found:
        raise NotFound
    return found[order_id]


def registrations(order_id: int, *states: str) -> list[Registration]:
    """Its registrations in these states, by id, locked and read afresh."""
    return list(db.session.scalars(_REGISTRATIONS, {"order": order_id, "states": states}))
