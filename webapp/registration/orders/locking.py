"""Orders are locked first, before registrations, pools and counters."""

from sqlalchemy import select

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Order, Registration


def locked(order_id: int) -> Order:
    """The order, locked and read afresh."""
    order = db.session.scalar(
        select(Order).where(Order.id == order_id).with_for_update().execution_options(populate_existing=True))
    if order is None:
        raise NotFound
    return order


def registrations(order_id: int, *states: str) -> list[Registration]:
    """Its registrations in these states, by id, locked and read afresh."""
    return list(db.session.scalars(
        select(Registration).where(Registration.order_id == order_id, Registration.state.in_(states)).order_by(Registration.id)
        .with_for_update().execution_options(populate_existing=True)))
