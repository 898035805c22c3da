"""Seats of every pool: taken and given back by conditional updates the database guards, never by counting first.

What set-asides hold of a pool is within its `taken` too, so a place that is given from one moves no seat of open sale.

A pool is changed by one `UPDATE ... WHERE taken + kept + n <= capacity RETURNING`, pools in ascending id, whatever the number
of registrations; `PoolUse` says who holds what, and `recount` proves that both agree. A seat that comes back while parties wait
for the pool is kept for them by the same statement (docs/decisions/waitlist.md).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, delete, func, insert, literal, or_, select, union_all, update
from sqlalchemy.orm import aliased

from webapp.catalog.models import Pool
from webapp.core import work
from webapp.core.db import db
from webapp.core.errors import Full
from webapp.registration.models import PoolUse
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside, SetAsidePool
from webapp.registration.setasides.standing import Standing
from webapp.registration.waitlist.models import WaitlistUse

Uses = Mapping[int, int]  # pool id -> how many
_NEW_USES = insert(PoolUse)


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


@dataclass
class _Moves:
    """What becomes of each pool: `taken` rises or falls, of it what is set `aside`; a set-aside's own pool has more or less `capacity`."""

    taken: Counter[int] = field(default_factory=Counter)
    aside: Counter[int] = field(default_factory=Counter)
    capacity: Counter[int] = field(default_factory=Counter)

    def make(self, levels: Mapping[int, Level]) -> None:
        """All of it, in ascending id; refuses with Full when a pool cannot give what is asked."""
        connection = db.session.connection()
        for pool_id in sorted({*self.taken, *self.aside, *self.capacity}):
            moved = self.taken[pool_id], self.aside[pool_id], self.capacity[pool_id]
            if any(moved) and not _move(connection, pool_id, *moved):
                raise _full(pool_id, self.taken[pool_id], levels)


def change(deltas: Mapping[int, Uses], levels: Mapping[int, Level] | None = None, *, fresh: bool = False,
           passed: Uses | None = None, asides: Iterable[Standing] = ()) -> None:
    """Moves seats for registrations: positive numbers take, negative give back, in one ascending pass over the pools.

    Each pool is asked once for the sum. `fresh`: the registrations were made in this transaction and hold nothing yet.
    `passed`: seats an offer of the waitlist held, which pass to these registrations; what they do not need goes back.
    `asides`: the set-asides, locked, whose own pools are among the uses: what these registrations take was held there, and
    what they give back is held there again, as long as the set-aside is open.
    Refuses with Full when a pool cannot give what is asked; the transaction must then be rolled back.
    """
    moves = _sum(deltas.values(), list(asides))
    moves.taken.subtract(passed or {})
    moves.make(levels or {})
    _write_uses(db.session.connection(), deltas, fresh)


def release(*registration_ids: int) -> None:
    """Gives back everything the registrations hold: a seat of an open set-aside to that, others to everybody (or to who waits).

    Doing it again changes nothing.
    """
    rows = _held(registration_ids)
    if not rows:
        return
    given: dict[int, Counter[int]] = defaultdict(Counter)
    for row in rows:
        given[row.registration_id][row.pool_id] = -row.count
    of = {row.set_aside_id for row in rows if row.set_aside_id is not None}
    _sum(given.values(), standing.locked(SetAside.id.in_(of)) if of else []).make({})
    db.session.connection().execute(delete(PoolUse).where(PoolUse.registration_id.in_(registration_ids)))


def set_aside(moved: Iterable[tuple[Standing, int]], levels: Mapping[int, Level] | None = None) -> None:
    """So many seats more are held by each set-aside, in each of its pools; negative: given back, to who waits first.

    Refuses with Full when a pool has not so many that are open to everybody.
    """
    moves = _Moves()
    for one, count in moved:
        moves.capacity[one.pool_id] += count
        for pool_id in one.parents:
            moves.taken[pool_id] += count
            moves.aside[pool_id] += count
    moves.make(levels or {})


def pass_on(from_id: int, to_id: int) -> None:
    """What one registration holds is another's from now on: no pool moves, so nobody can come between them."""
    db.session.connection().execute(update(PoolUse).where(PoolUse.registration_id == from_id).values(registration_id=to_id))


def held_by(registration_ids: Iterable[int]) -> dict[int, Counter[int]]:
    """Registration id -> pool id -> how many it holds; those that hold nothing are left out."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for row in _held(registration_ids):
        found[row.registration_id][row.pool_id] = row.count
    return found


def recount() -> list[tuple[int, int, int]]:
    """Pools whose `taken` differs from the sum of their uses, or `aside` from what set-asides hold: (pool id, taken, counted).

    Empty when all is well.
    """
    own = aliased(Pool)
    aside = (select(SetAsidePool.pool_id, (own.capacity - own.taken).label("held"), (own.capacity - own.taken).label("aside"))
             .join(SetAside, SetAside.id == SetAsidePool.set_aside_id).join(own, own.id == SetAside.pool_id))
    uses = union_all(select(PoolUse.pool_id, PoolUse.count.label("held"), literal(0).label("aside")),
                     select(WaitlistUse.pool_id, WaitlistUse.count, literal(0)), aside).subquery()
    counted = (select(uses.c.pool_id, func.sum(uses.c.held).label("n"), func.sum(uses.c.aside).label("aside"))
               .group_by(uses.c.pool_id).subquery())
    held, set_aside = func.coalesce(counted.c.n, 0), func.coalesce(counted.c.aside, 0)
    rows = db.session.execute(
        select(Pool.id, Pool.taken, held).outerjoin(counted, counted.c.pool_id == Pool.id)
        .where(or_(Pool.taken != held, Pool.aside != set_aside)).order_by(Pool.id))
    return [(row[0], row[1], int(row[2])) for row in rows]


def locked(pool_ids: Collection[int]) -> dict[int, Any]:
    """The pools as they stand, locked in ascending id: rows of capacity, taken, kept and waited."""
    rows = db.session.execute(select(Pool.id, Pool.capacity, Pool.taken, Pool.kept, Pool.waited).where(Pool.id.in_(pool_ids))
                              .order_by(Pool.id).with_for_update())
    return {row.id: row for row in rows}


def set_level(pool_id: int, *, taken: int, kept: int, waited: int) -> None:
    """What the waitlist makes of a pool it has `locked`. The CHECK refuses more than the capacity."""
    db.session.connection().execute(update(Pool).where(Pool.id == pool_id).values(taken=taken, kept=kept, waited=waited))


def _sum(changes: Iterable[Uses], asides: Collection[Standing]) -> _Moves:
    """What these changes of registrations' uses make of the pools, those of set-asides included."""
    moves = _Moves()
    for uses in changes:
        for pool_id, count in uses.items():
            moves.taken[pool_id] += count
        for one in asides:
            if count := uses.get(one.pool_id, 0):
                _pass(moves, one, count, uses)
    return moves


def _pass(moves: _Moves, one: Standing, count: int, uses: Uses) -> None:
    """Seats that pass between a set-aside and a registration move in no other pool.

    One that is given back when the set-aside is over, or which was changed for a place that needs other pools, is everybody's, and
    the set-aside is smaller by it.
    """
    if count < 0 and not (one.is_open and all(uses.get(pool_id, 0) <= count for pool_id in one.parents)):
        moves.capacity[one.pool_id] += count
        return
    for pool_id in one.parents:
        moves.taken[pool_id] -= count
        moves.aside[pool_id] -= count


def _move(connection: Connection, pool_id: int, count: int, aside: int = 0, capacity: int = 0) -> bool:
    row = connection.execute(_moved(count > 0, count < 0, bool(aside), bool(capacity)),
                             {"pool": pool_id, "count": count, "aside_by": aside, "capacity_by": capacity}).first()
    if row is not None and count < 0 and row.waited:
        work.waits("waitlist")
    return row is not None


@cache  # built once: every place asks it
def _moved(takes: bool, gives: bool, aside: bool, capacity: bool) -> Any:
    count: Any = bindparam("count", type_=Integer)
    statement = update(Pool).where(Pool.id == bindparam("pool")).values(taken=Pool.taken + count).returning(Pool.waited)
    if aside:
        statement = statement.values(aside=Pool.aside + bindparam("aside_by", type_=Integer))
    if capacity:
        statement = statement.values(capacity=Pool.capacity + bindparam("capacity_by", type_=Integer))
    if takes:
        statement = statement.where(or_(Pool.capacity.is_(None), Pool.taken + Pool.kept + count <= Pool.capacity))
    if gives:
        statement = statement.values(kept=Pool.kept + case((Pool.waited > 0, -count), else_=0))
    return statement


def _held(registration_ids: Iterable[int]) -> Sequence[Any]:
    """Their uses; with the set-aside whose own pool it is, where it is one."""
    return db.session.execute(
        select(PoolUse.registration_id, PoolUse.pool_id, PoolUse.count, SetAside.id.label("set_aside_id"))
        .outerjoin(SetAside, SetAside.pool_id == PoolUse.pool_id).where(PoolUse.registration_id.in_(list(registration_ids)))).all()


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
        connection.execute(_NEW_USES, added)
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
