"""The log of looks: which supervisor saw what a person lets her agency see, and when. The person reads it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from webapp.accounts.models import Agency, ConsentLook, Person
from webapp.core.db import db

APART = timedelta(hours=1)  # looks of one supervisor at one thing within an hour are one
MOST = 100

Seen = tuple[int, str]  # whose, which scope


def missing(viewer_id: int, agency_id: int, seen: Collection[Seen], now: datetime) -> set[Seen]:
    """Of what she is about to see, that which no row of the last hour tells. One statement; none when she sees nothing."""
    if not seen:
        return set()
    rows = db.session.execute(select(ConsentLook.person_id, ConsentLook.scope).where(
        ConsentLook.viewer_id == viewer_id, ConsentLook.agency_id == agency_id, ConsentLook.looked_at > now - APART))
    return set(seen) - {(row.person_id, row.scope) for row in rows}


def note(viewer_id: int, agency_id: int, seen: Collection[Seen], now: datetime) -> None:
    """Writes a row for each. In a transaction of its own, before she is shown anything."""
    if seen:
        db.session.execute(insert(ConsentLook), [
            {"person_id": person_id, "viewer_id": viewer_id, "agency_id": agency_id, "scope": scope, "looked_at": now}
            for person_id, scope in sorted(seen)])


def of_person(person_ids: Collection[int]) -> list[Any]:
    """Who looked at hers, the latest first: rows of names, agency, scope and moment."""
    return list(db.session.execute(
        select(Person.given_name, Person.family_name, Agency.name.label("agency"), ConsentLook.scope, ConsentLook.looked_at)
        .join(Person, Person.id == ConsentLook.viewer_id).join(Agency, Agency.id == ConsentLook.agency_id)
        .where(ConsentLook.person_id.in_(person_ids)).order_by(ConsentLook.looked_at.desc(), ConsentLook.id.desc()).limit(MOST)).all())


def erase(person_ids: Collection[int]) -> None:
    """Forgets the looks at these persons, who are erased; looks they took at others stay, under a name that says nothing."""
    db.session.execute(delete(ConsentLook).where(ConsentLook.person_id.in_(person_ids)))


def forget(before: datetime) -> int:
    """Drops what is older; returns how many."""
    return len(db.session.execute(delete(ConsentLook).where(ConsentLook.looked_at < before).returning(ConsentLook.id)).all())
