"""Taking up an offer: its seats pass to a registration, which price, questions and payment make as for everybody else."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound
from webapp.registration.sale import PoolState, Sale
from webapp.registration.seats import Uses
from webapp.registration.waitlist import joining, offering
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry, WaitlistUse


@dataclass(frozen=True)
class Claim:
    """Seats of an offer that pass to places made in this transaction, by pool; `until`: how long the offer would have stood."""

    passed: Uses
    until: datetime


def claim(ref: str, event_id: int, count: int, now: datetime) -> Claim:
    """Takes so many seats out of the offer. Refused when it is over, was taken up, or is about another event."""
    entry = joining.locked(ref, event_id)
    if db.session.get_one(Waitlist, entry.waitlist_id).session_id is not None:
        raise NotFound
    until = still_offered(entry, now)
    if entry.seats - entry.claimed < count:
        raise Closed(f"This offer has {entry.seats - entry.claimed} seats left.", code="offer_over")
    entry.claimed += count
    if entry.claimed == entry.seats:
        offering.end(entry, "accepted", now)
    return Claim(take_over(entry, count), until)


def still_offered(entry: WaitlistEntry, now: datetime) -> datetime:
    """Until when the offer stands; refused when it does not. The clock decides, not whether the worker has been there."""
    if entry.state == "accepted":
        raise Closed("The seats of this offer are taken up already.", way_out="Open your page of the waitlist.", code="offer_over")
    if entry.state != "offered" or entry.offer_until is None or entry.offer_until <= now:
        raise Closed("This offer is over, and the seat went to the next in line.", way_out="Join the waitlist again.", code="offer_over")
    return entry.offer_until


def take_over(entry: WaitlistEntry, count: int) -> dict[int, int]:
    """Pool id -> seats that leave the offer. The pools stay as they are: the caller writes who holds them now."""
    mine = WaitlistUse.entry_id == entry.id
    pools = db.session.scalars(select(WaitlistUse.pool_id).where(mine)).all()
    db.session.execute(delete(WaitlistUse).where(mine, WaitlistUse.count == count))
    db.session.execute(update(WaitlistUse).where(mine).values(count=WaitlistUse.count - count))
    return dict.fromkeys(pools, count)


def seen(of: Sale, ref: str) -> tuple[Sale, WaitlistEntry] | None:
    """The sale as she sees it whose offer this is: with the seats that are kept for her; None when none are. Reads only."""
    entry = _open(ref, of.id)
    if entry is None:
        return None
    held = {row.pool_id: row.count for row in db.session.scalars(select(WaitlistUse).where(WaitlistUse.entry_id == entry.id))}

    def free(pool: PoolState) -> PoolState:
        return replace(pool, taken=pool.taken - held.get(pool.id, 0))

    types = {key: replace(one, pool=free(one.pool)) if one.pool else one for key, one in of.types.items()}
    return replace(of, pools={level: free(pool) for level, pool in of.pools.items()}, types=types), entry


def _open(ref: str, event_id: int) -> WaitlistEntry | None:
    return db.session.scalars(
        select(WaitlistEntry).join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id)
        .where(WaitlistEntry.ref == ref, Waitlist.event_id == event_id, Waitlist.session_id.is_(None),
               WaitlistEntry.state == "offered", WaitlistEntry.offer_until > clock.now())).one_or_none()
