"""The awards that count: neither reversals nor reversed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, selectinload

from webapp.core.db import db
from webapp.hours.models import Award


def of_event(event_id: int, person_ids: Collection[int] | None = None) -> list[Award]:
    """What stands of an event, with areas and tags, in order of date; of these persons, or of everybody. Three statements."""
    wanted = _standing().where(Award.event_id == event_id)
    if person_ids is not None:
        wanted = wanted.where(Award.person_id.in_(person_ids))
    return list(db.session.scalars(wanted))


def _standing() -> Select[Any]:
    reversal = aliased(Award)
    return (select(Award).outerjoin(reversal, reversal.reverses_id == Award.id)
            .where(Award.reverses_id.is_(None), reversal.id.is_(None)).order_by(Award.earned_on, Award.session_id, Award.kind.desc())
            .options(selectinload(Award.areas), selectinload(Award.tags)))
