"""The edition of the cancellation policy a place was sold under: what it gets back stays so, whatever is chosen for the event later."""

from sqlalchemy import ColumnElement, func, select

from webapp.catalog.models import CancellationPolicy, Event
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Registration


def policy() -> ColumnElement[bool]:
    """Joins the policy of a place, of its registration and event (a place without one was made while the release before this ran)."""
    return CancellationPolicy.id == func.coalesce(Registration.policy_id, Event.cancellation_policy_id)


def under_another(event_id: int, policy_id: int) -> int:
    """How many active places of an event were sold under another edition than this."""
    return db.session.scalar(
        select(func.count(Registration.id)).join(Event, Event.id == Registration.event_id).join(CancellationPolicy, policy())
        .where(Registration.event_id == event_id, Registration.state.in_(ACTIVE), CancellationPolicy.id != policy_id)) or 0
