"""A person's own data in attendance. Nothing is erased: hours rest on it, and the table is a ledger."""

from sqlalchemy import select

from webapp.attendance.models import Presence
from webapp.catalog.models import Event, Session
from webapp.core import records
from webapp.core.records import Records


def personal_data(person_ids: frozenset[int]) -> Records:
    """When she was present, with what was corrected."""
    return {"attendance": records.of(
        select(Event.title.label("event"), Session.title.label("session"), Presence.in_at, Presence.out_at, Presence.source,
               Presence.is_void, Presence.reason, Presence.recorded_at)
        .join(Session, Session.id == Presence.session_id).join(Event, Event.id == Session.event_id)
        .where(Presence.person_id.in_(person_ids)).order_by(Presence.id))}
