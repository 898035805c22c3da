"""Set-asides as they stand, locked: after registrations and before pools, by id, whoever takes from one, gives back or changes it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from webapp.catalog.models import Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.registration.setasides.models import SetAside, SetAsidePool

_ASIDES = select(SetAside).order_by(SetAside.id).execution_options(populate_existing=True)


@dataclass(frozen=True)
class Standing:
    """A set-aside while it is locked: nobody takes from it or gives back to it meanwhile.

    `pool_id` counts what it has and what is used; `parents`: the pools in which it holds what is `left`. `is_open`: it was not
    returned to sale, and the date it returns is ahead; the clock decides, not whether the job has been there.
    """

    id: int
    event_id: int
    pool_id: int
    parents: frozenset[int]
    is_open: bool
    left: int
    agency_id: int | None
    mode: str | None
    type_id: int | None
    part_of_id: int | None = None
    session_id: int | None = None

    def fits(self, type_id: int, mode: str) -> bool:
        """Whether a place of this type and mode may be taken from it; never from a part, which keeps seats of one session."""
        return self.part_of_id is None and self.mode in (None, mode) and self.type_id in (None, type_id)


def locked(which: ColumnElement[bool]) -> list[Standing]:
    """The set-asides of this condition by id, locked. Two statements; one when there are none."""
    return _stand(_ASIDES.where(which).with_for_update(key_share=True))


def seen(which: ColumnElement[bool]) -> list[Standing]:
    """The same as they stand now, for what is shown before anything happens: nothing is locked."""
    return _stand(_ASIDES.where(which))


def _stand(statement: Select[SetAside]) -> list[Standing]:
    rows = db.session.scalars(statement).all()
    if not rows:
        return []
    parents, left, now = defaultdict(set), {}, clock.now()
    for row in db.session.execute(
            select(SetAside.id, Pool.capacity, Pool.taken, SetAsidePool.pool_id).join(Pool, Pool.id == SetAside.pool_id)
            .outerjoin(SetAsidePool, SetAsidePool.set_aside_id == SetAside.id).where(SetAside.id.in_([one.id for one in rows]))):
        left[row.id] = row.capacity - row.taken
        parents[row.id].add(row.pool_id)
    return [Standing(one.id, one.event_id, one.pool_id, frozenset(parents[one.id] - {None}), is_open(one, now), left[one.id],
                     one.agency_id, one.mode, one.type_id, one.part_of_id, one.session_id) for one in rows]


def with_parts(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """These set-asides with the seats of sessions they keep."""
    ids = select(SetAside.id).where(which).correlate(None)
    return SetAside.id.in_(ids) | SetAside.part_of_id.in_(ids)


def parts_for(asides: Iterable[Standing], set_aside_id: int, session_ids: Collection[int]) -> list[Standing]:
    """The parts that keep seats in these sessions for who has a place of this set-aside, while they have one left."""
    return [one for one in asides if one.part_of_id == set_aside_id and one.session_id in session_ids and one.is_open and one.left > 0]


def is_open(one: SetAside, now: datetime) -> bool:
    """Whether places can be taken from it now."""
    return one.returned_at is None and (one.returns_at is None or one.returns_at > now)
