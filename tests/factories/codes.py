"""Discount codes, made through their action. Call inside the test's session or inside `transaction()`."""

from typing import Any

from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.codes import keeping
from webapp.registration.codes.keeping import Terms


def code(event: Event, word: str = "SPRING10", **terms: Any) -> int:
    """A code of the event's organization, 10 % off everything of it unless `terms` say otherwise."""
    if "amount_cents" not in terms:
        terms.setdefault("percent", 1_000)
    return keeping.create(db.session.get_one(Event, event.id).organization_id, word, Terms(**terms), by_id=None)
