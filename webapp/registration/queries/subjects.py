"""What messages and history are about: the subjects (`registration:7`) that belong to events, as selections."""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, String, cast, literal, select, union_all

from webapp.catalog.models import Event
from webapp.registration.models import Application, Registration
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry


def of_events(scope: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Subjects of the events, their registrations, the orders of these, their applications, and who waits. For an `IN`."""
    ids = select(Event.id).where(scope).scalar_subquery()
    return union_all(
        select(_named("event", Event.id)).where(scope),
        select(_named("registration", Registration.id)).where(Registration.event_id.in_(ids)),
        select(_named("order", Registration.order_id)).where(Registration.event_id.in_(ids)),
        select(_named("application", Application.id)).where(Application.event_id.in_(ids)),
        select(_named("waitlist", WaitlistEntry.id)).join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id)
        .where(Waitlist.event_id.in_(ids)))


def _named(word: str, column: Any) -> ColumnElement[str]:
    return literal(f"{word}:") + cast(column, String)
