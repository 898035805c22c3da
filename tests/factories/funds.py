"""Funds, made through their action. Call inside the test's session or inside `transaction()`."""

from typing import Any

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.funds import keeping
from webapp.registration.funds.keeping import Grantor, Terms

GRANTOR = Grantor("Smith Foundation", "grants@smith.example", "2 High Street\nMadison, WI")


def fund(event: Event, name: str = "Smith fund", *, grantor: Grantor | None = None, budget_cents: int = 100_000, **terms: Any) -> int:
    """A fund of the event's organization that pays the rest of any place, unless `terms` say otherwise. With a grantor it is a grant."""
    organization_id = db.session.get_one(Event, event.id).organization_id
    return keeping.create(organization_id, name, Terms(budget_cents, **terms), by_id=None, grantor=grantor)
