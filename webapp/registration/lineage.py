"""Which places are one to who has them: a place, those that came with it, and the one it became at another date. Reads only."""

from typing import Any

from sqlalchemy import select

from webapp.core.db import db
from webapp.registration.models import Registration


def shown_with(registration_id: int) -> list[int]:
    """What a calendar of this place shows: itself, its linked places, and the same of every date it moved to.

    Not whom it was handed on to: that place is somebody else's. One statement.
    """
    known = _of_order(registration_id)
    found = [registration_id]
    for one in found:
        found += [row.id for row in known.values() if row.id not in found and one in _comes_from(row, known)]
    return sorted(found)


def shown_by(registration_id: int) -> list[int]:
    """The places whose calendars show this one: itself, the one it came with, and those it moved from. One statement."""
    known = _of_order(registration_id)
    found = [registration_id]
    for one in found:
        found += [before for before in _comes_from(known[one], known) if before not in found]
    return sorted(found)


def _of_order(registration_id: int) -> dict[int, Any]:
    """All places of its order, by id: a place that moves stays in its order, and so do linked ones."""
    order = select(Registration.order_id).where(Registration.id == registration_id).scalar_subquery()
    return {row.id: row for row in db.session.execute(
        select(Registration.id, Registration.state, Registration.inclusion_of_id, Registration.replaces_id)
        .where(Registration.order_id == order).order_by(Registration.id))}


def _comes_from(row: Any, known: dict[int, Any]) -> list[int]:
    before = known.get(row.replaces_id)
    moved = [before.id] if before is not None and before.state == "transferred" else []
    return [*moved, *([row.inclusion_of_id] if row.inclusion_of_id in known else [])]
