"""Full events and people in line, made through the actions of registration."""

from typing import Any

from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.accounts.models import Person
from webapp.catalog.models import Event, Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import orders
from webapp.registration.models import Registration
from webapp.registration.orders import Buyer, Held
from webapp.registration.waitlist import joining, offering
from webapp.registration.waitlist.joining import Joined
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry


def full(capacity: int = 2, **fields: Any) -> tuple[Event, list[Registration]]:
    """A workshop whose every seat is taken, with the places in it."""
    event = events.workshop(capacity=capacity, **fields)
    return event, [places.registered(event, people.person()) for _ in range(capacity)]


def waits(event: Event, name: str = "ana", *, seats: int = 1, key: str = "event", person: Person | None = None) -> Joined:
    """Somebody in line."""
    return joining.join(event.id, key, email=f"{name}@home.example", seats=seats, person_id=person.id if person else None)


def settle(event: Event) -> list[int]:
    """What the drain does, at this moment."""
    return offering.settle(event.id, clock.now())


def entry(of: Joined) -> WaitlistEntry:
    """The entry as it stands."""
    return db.session.get_one(WaitlistEntry, of.entry_id, populate_existing=True)


def state(*of: Joined) -> list[str]:
    """The states of these entries."""
    return [entry(one).state for one in of]


def take(event: Event, of: Joined, name: str = "ana", **more: Any) -> Held:
    """The offer is taken up by the ordinary way: a held order."""
    who = places.stranger(event, email=f"{name}@home.example", given=name.title(), **more)
    return orders.hold(event.id, [who], Buyer(name.title(), who.email), offer=of.ref)


def pool(event: Event) -> tuple[int, int, int]:
    """Taken, kept and waited of the event's pool."""
    row = db.session.get_one(Pool, event.pool_id, populate_existing=True)
    return row.taken, row.kept, row.waited


def list_of(event: Event) -> Waitlist:
    """The only list of an event."""
    return db.session.scalars(select(Waitlist).filter_by(event_id=event.id)).one()
