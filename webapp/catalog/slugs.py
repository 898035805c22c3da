"""Addresses of events: unique, readable, and never changed once somebody may have them."""

from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core import text
from webapp.core.db import db


def free(title: str) -> str:
    """The title as an address; -2, -3 ... when it is taken."""
    base = text.slug(title)
    taken = set(db.session.scalars(select(Event.slug).where(Event.slug.like(f"{base}%"))))
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
