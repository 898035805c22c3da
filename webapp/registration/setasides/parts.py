"""Seats of breakouts kept with a set-aside: rows that are parts of it, each counted by a pool of its own inside the session's."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select

from webapp.catalog import pools
from webapp.catalog.models import Pool, Session
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.registration import seats as seats_
from webapp.registration.seats import Level
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside, SetAsidePool
from webapp.registration.setasides.standing import Standing


def of(set_aside_id: int) -> dict[int, int]:
    """Session id -> how many seats of it staff keep with this set-aside; none for a session that was kept once."""
    rows = db.session.execute(
        select(SetAside.session_id, SetAside.seats).where(SetAside.part_of_id == set_aside_id, SetAside.seats > 0))
    return {row.session_id: row.seats for row in rows}


def write(whole: SetAside, wanted: Mapping[int, int]) -> None:
    """The rows say what is wanted: new ones with an empty pool, those that are there with another number; each returns with the whole.

    Refused for a session of another event, one nobody chooses or that has no limit, and for more than the set-aside has places.
    """
    rows = {one.session_id: one for one in db.session.scalars(select(SetAside).where(SetAside.part_of_id == whole.id))}
    choosable = _choosable(whole.event_id)
    for session_id, count in sorted(wanted.items()):
        _check(session_id, count, whole.seats, choosable, is_kept=session_id in rows)
        if session_id not in rows and count:
            rows[session_id] = _made(whole, choosable[session_id])
        if session_id in rows:
            rows[session_id].seats = count
    for one in rows.values():
        one.returns_at = whole.returns_at
    db.session.flush()


def moved(kept: Iterable[Standing], wanted: Mapping[int, int]) -> list[tuple[Standing, int]]:
    """By how many each part grows or shrinks, to keep what is `wanted`. Refused below what is used."""
    found = []
    for one in kept:
        count, used = wanted.get(one.session_id or 0, 0), pools.taken(one.pool_id)
        if count < used:
            raise Unacceptable(f"{used} of them are used, so it cannot be fewer than that.", field=f"session_{one.session_id}")
        found.append((one, count - used - one.left))
    return found


def levels(session_ids: Iterable[int]) -> dict[int, Level]:
    """How a refusal names the pools of these sessions."""
    rows = db.session.execute(select(Session.pool_id, Session.id, Session.title).where(Session.id.in_(list(session_ids))))
    return {row.pool_id: Level(f"“{row.title}”", "is", "Keep fewer seats of it, or raise its capacity first.", f"session_{row.id}")
            for row in rows}


def noted(sessions: Mapping[int, int]) -> dict[str, Any]:
    """What the history says of them; nothing without any."""
    kept = {key: count for key, count in sessions.items() if count}
    rows = db.session.execute(select(Session.id, Session.title).where(Session.id.in_(kept)).order_by(Session.starts_at, Session.id))
    return {"sessions": [f"{row.title}: {kept[row.id]}" for row in rows]} if kept else {}


def forget(session_id: int) -> None:
    """A session that nobody ever saw is taken out of its draft: what was kept of it is no more."""
    found = standing.locked((SetAside.session_id == session_id) & SetAside.part_of_id.is_not(None))
    seats_.set_aside((one, -one.left) for one in found)
    ids = [one.id for one in found]
    db.session.execute(delete(SetAsidePool).where(SetAsidePool.set_aside_id.in_(ids)))
    db.session.execute(delete(SetAside).where(SetAside.id.in_(ids)))
    db.session.execute(delete(Pool).where(Pool.id.in_([one.pool_id for one in found])))
    db.session.expire_all()


def _choosable(event_id: int) -> dict[int, Session]:
    return {one.id: one for one in db.session.scalars(select(Session).where(
        Session.event_id == event_id, Session.block_id.is_not(None), Session.pool_id.is_not(None), Session.status == "scheduled"))}


def _check(session_id: int, count: int, most: int, choosable: Mapping[int, Session], *, is_kept: bool) -> None:
    name = f"session_{session_id}"
    if not 0 <= count <= most:
        raise Unacceptable(f"Write a number from 0 to {most}: no more than there are places.", field=name)
    if session_id not in choosable and count and not is_kept:
        raise Unacceptable("Seats are kept of sessions with a limit that people choose.", field=name, way_out="Choose from the list.")


def _made(whole: SetAside, session: Session) -> SetAside:
    pool = pools.make(0, f"{session.title} set aside")
    made = SetAside(event_id=whole.event_id, pool_id=pool.id, kind="other", label=session.title[:100], part_of_id=whole.id,
                    session_id=session.id, seats=0, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    db.session.add(SetAsidePool(set_aside_id=made.id, pool_id=session.pool_id))
    return made
