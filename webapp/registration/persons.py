"""What stands in the way of putting two persons together, or of erasing one: her places."""

from typing import Any

from sqlalchemy import func, or_, select

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration.models import ACTIVE, Order, Registration


def double_places(person_ids: frozenset[int]) -> list[str]:
    """Titles of the events in which these persons together hold more than one active registration: they cannot be one."""
    return list(db.session.scalars(
        select(Event.title).join(Registration, Registration.event_id == Event.id)
        .where(Registration.person_id.in_(person_ids), Registration.state.in_(ACTIVE))
        .group_by(Event.id, Event.title).having(func.count() > 1).order_by(Event.title)))


def upcoming(person_ids: frozenset[int]) -> list[Any]:
    """Active places in events that have not ended: rows of registration id, order ref, event's title and slug, by date."""
    return list(db.session.execute(
        select(Registration.id, Order.ref, Event.title, Event.slug).join(Event, Event.id == Registration.event_id)
        .join(Order, Order.id == Registration.order_id)
        .where(Registration.person_id.in_(person_ids), Registration.state.in_(ACTIVE),
               or_(Event.ends_at.is_(None), Event.ends_at > clock.now()))
        .order_by(Event.starts_at, Registration.id)).all())


def refuse_upcoming(person_ids: frozenset[int]) -> None:
    """Refuses while these persons hold places to come: they are cancelled first, by the event's rules."""
    if upcoming(person_ids):
        raise Refusal("You have places to come.", way_out="Cancel them first.", code="upcoming")
