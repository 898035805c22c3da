"""Orders are locked first, before registrations, pools and counters."""

from sqlalchemy import bindparam, select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Order, Registration

# Built once: every change of an order asks them.
_ORDER = select(Order).where(Order.id == bindparam("order")).with_for_update().execution_options(populate_existing=True)
_REGISTRATIONS = (
    select(Registration).where(Registration.order_id == bindparam("order"), Registration.state.in_(bindparam("states", expanding=True)))
    .order_by(Registration.id).with_for_update().execution_options(populate_existing=True)
)


def locked(order_id: int) -> Order:
    """The order, locked and read afresh."""
    order: Order | None = db.session.scalar(_ORDER, {"order": order_id})
    if order is None:
        raise NotFound
    return order


def registrations(order_id: int, *states: str) -> list[Registration]:
    """Its registrations in these states, by id, locked and read afresh."""
    return list(db.session.scalars(_REGISTRATIONS, {"order": order_id, "states": states}))
