"""Free seats become offers: what is over ends, the next in line are asked, what is short stays kept. May run at any time."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select

from webapp.catalog.models import Event, Pool, Session
from webapp.core import states
from webapp.core.db import db
from webapp.registration import seats
from webapp.registration.models import Registration
from webapp.registration.waitlist import lines, rules, telling
from webapp.registration.waitlist.lines import Queue
from webapp.registration.waitlist.models import ENTRY_MOVES, Waitlist, WaitlistEntry, WaitlistUse

Entries = list[tuple[WaitlistEntry, bool]]


def settle(event_id: int, now: datetime, *, ended: Collection[WaitlistEntry] = ()) -> list[int]:
    """Brings the lists of an event up to this moment; returns the entries that were offered seats.

    Offers whose time is over lapse and their seats go to the next; who waits where nothing will come any more is told so. Doing
    it again changes nothing. What is kept from open sale is exactly what came free and somebody in line still lacks. `ended`:
    entries that the caller ended, whose seats go back.
    """
    queues = lines.locked(event_id)
    if not queues:
        return []
    by_list = {one.waitlist.id: one for one in queues}
    entries = lines.live(queues)
    back = _give_back([*ended, *(one for one, stands in entries if _ends(one, stands, by_list[one.waitlist_id], now))])
    return _offer(queues, [one for one, _ in entries if one.state == "waiting"], back, now)


def end(entry: WaitlistEntry, state: str, now: datetime) -> None:
    """Moves an entry to an end. One of which a seat was taken up is accepted, whatever becomes of the rest."""
    target = "accepted" if entry.claimed else state
    states.check(ENTRY_MOVES, "waitlist entry", entry.state, target)
    entry.state, entry.ended_at = target, now


def due(now: datetime) -> list[int]:
    """Events whose lists have something to do: an offer that is over, a seat for somebody, a line that ends."""
    w, e = Waitlist, WaitlistEntry
    over = or_(Event.status != "published", Event.starts_at <= now + rules.LAST, Event.closes_at <= now,
               Session.starts_at <= now + rules.LAST, Session.status != "scheduled", Event.breakouts_change_until <= now)
    free = or_(Pool.capacity.is_(None), Pool.taken < Pool.capacity)
    gone = Registration.state.not_in(("held", "confirmed"))
    return list(db.session.scalars(
        select(w.event_id).distinct().join(e, e.waitlist_id == w.id).join(Pool, Pool.id == w.pool_id).join(Event, Event.id == w.event_id)
        .outerjoin(Session, Session.id == w.session_id).outerjoin(Registration, Registration.id == e.registration_id)
        .where(or_((e.state == "offered") & or_(e.offer_until <= now, gone, Event.status != "published"),
                   (e.state == "waiting") & or_(over, free, gone)))
        .order_by(w.event_id)))


def _ends(entry: WaitlistEntry, stands: bool, queue: Queue, now: datetime) -> bool:
    """Ends an entry that cannot go on; says whether it did."""
    if not stands:
        end(entry, "left", now)
    elif not queue.takes_place or (entry.state == "waiting" and queue.is_over(now)):
        end(entry, "closed", now)
        telling.closed(entry)
    elif entry.state == "offered" and entry.offer_until is not None and entry.offer_until <= now:
        end(entry, "lapsed", now)
        telling.lapsed(entry)
    return entry.ended_at is not None


def _give_back(ended: Iterable[WaitlistEntry]) -> Counter[int]:
    """What the offers of these entries held; their uses are gone."""
    ids = [one.id for one in ended]
    back: Counter[int] = Counter()
    if ids:
        db.session.flush()
        for pool_id, count in db.session.execute(
                delete(WaitlistUse).where(WaitlistUse.entry_id.in_(ids)).returning(WaitlistUse.pool_id, WaitlistUse.count)):
            back[pool_id] += count
    return back


def _offer(queues: list[Queue], waiting: list[WaitlistEntry], back: Counter[int], now: datetime) -> list[int]:
    pools = seats.locked({pool for queue in queues for pool in queue.pools} | set(back))
    free = {row.id: None if row.capacity is None else row.capacity - row.taken + back[row.id] for row in pools.values()}
    found = rules.plan(_lines(queues, waiting), free)
    by_list = {one.waitlist.id: one for one in queues}
    offered = [one for one in waiting if one.id in set(found.offered)]
    held = {one.id: dict.fromkeys(by_list[one.waitlist_id].pools, one.seats) for one in offered}
    for one in offered:
        _make(one, by_list[one.waitlist_id], now)
    _hold(held)
    left = [one for one in waiting if one.state == "waiting"]
    _write_levels(pools, back, Counter(pool for uses in held.values() for pool in Counter(uses).elements()), found.short,
                  Counter(pool for one in left for pool in by_list[one.waitlist_id].pools))
    return [one.id for one in offered]


def _lines(queues: list[Queue], waiting: list[WaitlistEntry]) -> list[rules.Line]:
    return [rules.Line(queue.pools, [rules.Party(one.id, one.seats, one.created_at) for one in waiting
                                     if one.waitlist_id == queue.waitlist.id]) for queue in queues]


def _make(entry: WaitlistEntry, queue: Queue, now: datetime) -> None:
    states.check(ENTRY_MOVES, "waitlist entry", entry.state, "offered")
    entry.state, entry.offered_at, entry.offer_until = "offered", now, queue.window.until(now)
    telling.offered(entry)


def _hold(held: dict[int, dict[int, int]]) -> None:
    db.session.flush()
    rows = [{"entry_id": entry_id, "pool_id": pool_id, "count": count}
            for entry_id, uses in held.items() for pool_id, count in uses.items()]
    if rows:
        db.session.execute(insert(WaitlistUse), rows)


def _write_levels(pools: dict[int, Any], back: Counter[int], taken: Counter[int], short: set[int], waited: Counter[int]) -> None:
    for pool_id, row in pools.items():
        now_taken = row.taken - back[pool_id] + taken[pool_id]
        kept = 0
        if pool_id in short and row.capacity is not None:
            kept = min(max(row.kept + back[pool_id] - taken[pool_id], 0), row.capacity - now_taken)
        if (now_taken, kept, waited[pool_id]) != (row.taken, row.kept, row.waited):
            seats.set_level(pool_id, taken=now_taken, kept=kept, waited=waited[pool_id])
