"""Pools as staff see them: made with a capacity, made larger or smaller. Taking seats is `registration.seats`."""

from webapp.catalog.models import Pool
from webapp.core import work
from webapp.core.db import db
from webapp.core.errors import Refusal, Unacceptable

MOST = 1_000_000
NEW = 2**63  # sorts a pool that is still to be made behind those that are there


def make(capacity: int | None, label: str = "", *, field: str = "capacity") -> Pool:
    """A new, empty pool; `capacity` None is unlimited."""
    pool = Pool(capacity=checked(capacity, field), taken=0, label=label[:200])
    db.session.add(pool)
    db.session.flush()
    return pool


def resize(pool_id: int, capacity: int | None, *, field: str = "capacity") -> tuple[int | None, int | None]:
    """Sets the capacity and returns (before, after). Refused, naming the number, below what is taken.

    While parties wait for the pool, what is added is kept for them: it becomes offers, not open seats.
    """
    pool = db.session.get_one(Pool, pool_id, with_for_update=True, populate_existing=True)
    before = pool.capacity
    if checked(capacity, field) is not None and capacity is not None and capacity < pool.taken:
        raise Refusal(
            f"{pool.taken} places are taken{_aside(pool)}, so the capacity cannot go below {pool.taken}.",
            way_out="Cancel or move registrations first.", field=field, code="below_taken")
    pool.capacity = capacity
    if pool.waited:
        _keep(pool, before)
    return before, capacity


def _aside(pool: Pool) -> str:
    return f", {pool.aside} of them set aside" if pool.aside else ""


def _keep(pool: Pool, before: int | None) -> None:
    added = 0 if pool.capacity is None or before is None else max(pool.capacity - before, 0)
    pool.kept = 0 if pool.capacity is None else min(pool.kept + added, pool.capacity - pool.taken)
    work.waits("waitlist")


def taken(pool_id: int) -> int:
    """How many places of the pool are taken now."""
    return db.session.get_one(Pool, pool_id, populate_existing=True).taken


def used(pool_id: int) -> int:
    """How many places of the pool somebody has or is offered: those taken without those set aside."""
    pool = db.session.get_one(Pool, pool_id, populate_existing=True)
    return pool.taken - pool.aside


def checked(capacity: int | None, field: str = "capacity") -> int | None:
    """The capacity, refused when it is negative or beyond what one event can be."""
    if capacity is not None and not 0 <= capacity <= MOST:
        raise Unacceptable(f"A capacity is a number from 0 to {MOST:,}, or empty for no limit.", field=field)
    return capacity
