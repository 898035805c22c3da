"""Attendance and hours, made through the actions of attendance. The clock must stand near or after the session."""

from datetime import datetime, timedelta

import time_machine

from tests.factories import events, people, registrations
from webapp.accounts.models import Person
from webapp.attendance import awarding, presences
from webapp.attendance.models import Presence
from webapp.catalog.models import Event, Session
from webapp.core.db import db


def held_event(frozen: time_machine.Traveller, *names: str, **fields: object) -> tuple[Event, list[Person]]:
    """A workshop that is over, with a confirmed place for each name. The clock stands an hour after its end."""
    event = events.workshop(**fields)  # type: ignore[arg-type]  # passed on as they are
    return event, attendees(frozen, event, *names)


def attendees(frozen: time_machine.Traveller, event: Event, *names: str) -> list[Person]:
    """People with a confirmed place in the event; the clock then stands an hour after its end."""
    made = [people.person(*name.split(" ", 1)) for name in names or ("Maren Kowalczyk",)]
    for one in made:
        registrations.registered(event, one)
    after(frozen, event)
    return made


def after(frozen: time_machine.Traveller, event: Event) -> None:
    """Moves the clock to an hour after the event's last session."""
    frozen.move_to(max(one.ends_at for one in events.sessions(event)) + timedelta(hours=1))


def present(person: Person, session: Session, start: int = 0, end: int | None = None) -> Presence:
    """A stay from `start` to `end` minutes after the session's start; to its end without `end`."""
    return presences.record(person.id, session.id, minute(session, start), session.ends_at if end is None else minute(session, end),
                            source="roster", by_id=None)


def minute(session: Session, number: int) -> datetime:
    """The moment so many minutes after the session's start."""
    return session.starts_at + timedelta(minutes=number)


def awarded(person: Person, event: Event) -> None:
    """The person attended every session in full, and the hours are awarded."""
    for session in events.sessions(event):
        presences.mark_full(person.id, session.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    db.session.flush()
