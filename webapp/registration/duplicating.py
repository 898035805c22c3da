"""A copy of an event with new dates: everything except people."""

from datetime import date
from typing import Any

from webapp.catalog import slugs
from webapp.catalog.models import Event
from webapp.catalog.transfer import dates
from webapp.core import audit, text, times
from webapp.core.errors import Unacceptable
from webapp.registration import transfer


def duplicate(event_id: int, *, actor_id: int | None, weeks: int | None = None, first_on: date | None = None, title: str = "") -> Event:
    """A draft with the same sessions, credit, parts, types, prices and questions, and new calendar identities.

    All dates (sessions, prices, instalments, opening and closing) move together: by whole `weeks`, or so that the first
    session falls on `first_on`, which must be the same weekday. Events it contained are left out: they have other dates.
    """
    values = transfer.values(transfer.dump(event_id))
    moved = _weeks(values, weeks, first_on)
    values = dates.shifted(values, moved) if moved else values
    values |= {"status": "draft", "title": text.clean(title or values["title"], field="title", limit=200)}
    values["slug"] = slugs.free(values["title"])
    for name in ("includes", "cancel_reason"):
        values.pop(name, None)
    for session in values.get("sessions", []):
        session.pop("status", None)
    event = transfer.load(transfer.of_values(values), actor_id=actor_id)
    audit.record("event.duplicated", f"event:{event.id}", actor_id=actor_id, after={"from": event_id, "weeks": moved})
    return event


def _weeks(values: dict[str, Any], weeks: int | None, first_on: date | None) -> int:
    if first_on is None:
        return weeks or 0
    begins = dates.first_day(values)
    if begins is None:
        return 0
    moved, rest = divmod(times.days_between(begins, first_on), 7)
    if rest:
        raise Unacceptable(f"The first session is on a {begins:%A}; choose a {begins:%A}, so that the weekdays stay.", field="first_on")
    return moved
