"""Places set aside, made through their action. Call inside the test's session or inside `transaction()`."""

from typing import Any

from webapp.accounts.models import Agency
from webapp.catalog.models import Event, Pool
from webapp.core.db import db
from webapp.registration.setasides import keeping
from webapp.registration.setasides.keeping import Wish
from webapp.registration.setasides.models import SetAside


def aside(event: Event, seats: int = 3, kind: str = "presenters", **more: Any) -> int:
    """So many places of the event set aside, for presenters unless told otherwise."""
    return keeping.create(event.id, Wish(kind, seats, **more), by_id=None, reason="A test sets them aside.")


def allotment(event: Event, agency: Agency, seats: int = 3, **more: Any) -> int:
    """The agency's own pool of seats in the event."""
    return aside(event, seats, "agency", agency_id=agency.id, **more)


def counts(set_aside_id: int) -> tuple[int | None, int]:
    """How many seats it has, and how many of them are used."""
    pool = db.session.get_one(Pool, db.session.get_one(SetAside, set_aside_id, populate_existing=True).pool_id, populate_existing=True)
    return pool.capacity, pool.taken


def event_pool(event: Event) -> tuple[int, int, int]:
    """Taken, of them set aside, and kept for the waitlist, of the event's pool."""
    row = db.session.get_one(Pool, event.pool_id, populate_existing=True)
    return row.taken, row.aside, row.kept


def capacity(event: Event) -> int | None:
    """Of the event's pool."""
    return db.session.get_one(Pool, event.pool_id, populate_existing=True).capacity
