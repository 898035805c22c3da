"""Seats of every pool: taken and given back by conditional updates the database guards, never by counting first.

A pool is changed by one `UPDATE ... WHERE taken + kept + n <= capacity RETURNING`, pools in ascending id, whatever the number
of registrations; `PoolUse` says who holds what, and `recount` proves that both agree. A seat that comes back while parties wait
for the pool is kept for them by the same statement (docs/decisions/waitlist.md).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, or_, select, union_all, update

from webapp.catalog.models import Pool
from webapp.core import work
from webapp.core.db import db
from webapp.core.errors import Full
from webapp.registration.models import PoolUse
from webapp.registration.waitlist.models import WaitlistUse

Uses = Mapping[int, int]  # pool id -> how many


@dataclass(frozen=True)
class Level:
    """How a refusal names a pool: `words` is a subject ("The online places"), with the way out and the form field."""

    words: str
    verb: str = "are"
    way_out: str = ""
    field: str | None = None


def take(registration_id: int, uses: Uses, levels: Mapping[int, Level] | None = None) -> None:
    """Takes `uses` for one registration, all or none (the caller's transaction); refuses with Full naming the level."""
    change({registration_id: uses}, levels)


def change(deltas: Mapping[int, Uses], levels: Mapping[int, Level] | None = None, *, fresh: bool = False,
           passed: Uses | None = None) -> None:
    """Moves seats for registrations: positive numbers take, negative give back, in one ascending pass over the pools.

    Each pool is asked once for the sum. `fresh`: the registrations were made in this transaction and hold nothing yet.
    `passed`: seats an offer of the waitlist held, which pass to these registrations; what they do not need goes back.
    Refuses with Full when a pool cannot give what is asked; the transaction must then be rolled back.
    """
    total = Counter({pool_id: -count for pool_id, count in (passed or {}).items()})
    for uses in deltas.values():
        for pool_id, count in uses.items():
            total[pool_id] += count
    connection = db.session.connection()
    for pool_id in sorted(total):
        if total[pool_id] and not _move(connection, pool_id, total[pool_id]):
            raise _full(pool_id, total[pool_id], levels or {})
    _write_uses(connection, deltas, fresh)


def release(*registration_ids: int) -> None:
    """Gives back everything the registrations hold. Doing it again changes nothing."""
    freed: Counter[int] = Counter()
    for uses in held_by(registration_ids).values():
        freed.update(uses)
    connection = db.session.connection()
    for pool_id in sorted(freed):
        _move(connection, pool_id, -freed[pool_id])
    if freed:
        connection.execute(delete(PoolUse).where(PoolUse.registration_id.in_(registration_ids)))


def pass_on(from_id: int, to_id: int) -> None:
    """What one registration holds is another's from now on: no pool moves, so nobody can come between them."""
    db.session.connection().execute(update(PoolUse).where(PoolUse.registration_id == from_id).values(registration_id=to_id))


def held_by(registration_ids: Iterable[int]) -> dict[int, Counter[int]]:
    """Registration id -> pool id -> how many it holds; those that hold nothing are left out."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for registration_id, pool_id, count in db.session.execute(
            select(PoolUse.registration_id, PoolUse.pool_id, PoolUse.count).where(PoolUse.registration_id.in_(list(registration_ids)))):
        found[registration_id][pool_id] = count
    return found


def recount() -> list[tuple[int, int, int]]:
    """Pools whose `taken` differs from the sum of their uses: (pool id, taken, counted). Empty when all is well."""
    uses = union_all(select(PoolUse.pool_id, PoolUse.count.label("held")), select(WaitlistUse.pool_id, WaitlistUse.count)).subquery()
    counted = select(uses.c.pool_id, func.sum(uses.c.held).label("n")).group_by(uses.c.pool_id).subquery()
    held = func.coalesce(counted.c.n, 0)
    rows = db.session.execute(
        select(Pool.id, Pool.taken, held).outerjoin(counted, counted.c.pool_id == Pool.id).where(Pool.taken != held)
    )
    return [(row[0], row[1], int(row[2])) for row in rows]


def locked(pool_ids: Collection[int]) -> dict[int, Any]:
    """The pools as they stand, locked in ascending id: rows of capacity, taken, kept and waited."""
    rows = db.session.execute(select(Pool.id, Pool.capacity, Pool.taken, Pool.kept, Pool.waited).where(Pool.id.in_(pool_ids))
                              .order_by(Pool.id).with_for_update())
    return {row.id: row for row in rows}


def set_level(pool_id: int, *, taken: int, kept: int, waited: int) -> None:
    """What the waitlist makes of a pool it has `locked`. The CHECK refuses more than the capacity."""
    db.session.connection().execute(update(Pool).where(Pool.id == pool_id).values(taken=taken, kept=kept, waited=waited))


def _move(connection: Connection, pool_id: int, count: int) -> bool:
    statement = update(Pool).where(Pool.id == pool_id).values(taken=Pool.taken + count).returning(Pool.waited)
    if count > 0:
        statement = statement.where(or_(Pool.capacity.is_(None), Pool.taken + Pool.kept + count <= Pool.capacity))
    else:
        statement = statement.values(kept=Pool.kept + case((Pool.waited > 0, -count), else_=0))
    row = connection.execute(statement).first()
    if row is not None and count < 0 and row.waited:
        work.waits("waitlist")
    return row is not None


def _write_uses(connection: Connection, deltas: Mapping[int, Uses], fresh: bool) -> None:
    have = set() if fresh else {
        (row[0], row[1]) for row in connection.execute(
            select(PoolUse.registration_id, PoolUse.pool_id).where(PoolUse.registration_id.in_(deltas)))}
    added: list[dict[str, int]] = []
    changed: dict[tuple[int, int], int] = {}
    for registration_id, uses in deltas.items():
        for pool_id, count in uses.items():
            if (registration_id, pool_id) in have:
                changed[(registration_id, pool_id)] = count
            elif count:
                added.append({"registration_id": registration_id, "pool_id": pool_id, "count": count})
    if added:
        connection.execute(insert(PoolUse), added)
    for (registration_id, pool_id), count in changed.items():
        _add_to_use(connection, registration_id, pool_id, count)


def _add_to_use(connection: Connection, registration_id: int, pool_id: int, count: int) -> None:
    mine = (PoolUse.registration_id == registration_id, PoolUse.pool_id == pool_id)
    if not connection.execute(delete(PoolUse).where(*mine, PoolUse.count == -count)).rowcount:
        connection.execute(update(PoolUse).where(*mine).values(count=PoolUse.count + count))


def _full(pool_id: int, asked: int, levels: Mapping[int, Level]) -> Full:
    pool = db.session.execute(select(Pool.label, Pool.capacity, Pool.taken, Pool.kept).where(Pool.id == pool_id)).one()
    level = levels.get(pool_id) or Level(pool.label or "The places")
    left = max((pool.capacity or 0) - pool.taken - pool.kept, 0)
    state = f"{level.verb} full" if not left else f"{level.verb} down to {left}, and {asked} were asked for"
    return Full(f"{level.words} {state}.", way_out=level.way_out, field=level.field)
