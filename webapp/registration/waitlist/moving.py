"""What staff do with a list: somebody goes before others, a list is closed or opened again. Each with a reason, in the history."""

from sqlalchemy import select

from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Unacceptable
from webapp.registration.waitlist import lines, offering, rules
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry


def move(entry_id: int, event_id: int, position: int, *, by_id: int, reason: str) -> None:
    """Puts a party that waits at a position of its line, counted from 1; its number stays. The ones between follow."""
    entry, line = _waiting(entry_id, event_id)
    why, before = _reason(reason), [one.id for one in line].index(entry_id) + 1
    ranks = sorted(one.rank for one in line)
    by_id_ = {one.id: one for one in line}
    after = rules.reorder([one.id for one in line], entry_id, position)
    for rank, moved in zip(ranks, after, strict=True):
        by_id_[moved].rank = rank
    _record("waitlist.moved", entry, by_id, why, {"position": before}, {"position": after.index(entry_id) + 1})
    db.session.flush()
    offering.settle(event_id, clock.now())


def offer_now(entry_id: int, event_id: int, *, by_id: int, reason: str) -> None:
    """Asks this party next, before all others of its line. Refused when no seat is free for it at this moment."""
    move(entry_id, event_id, 1, by_id=by_id, reason=reason)
    if db.session.get_one(WaitlistEntry, entry_id).state != "offered":
        raise Full("No seat is free for this party at the moment.", way_out="Move it to the front: the next seat is offered to it.")


def close(waitlist_id: int, event_id: int, *, by_id: int, reason: str) -> None:
    """Ends the list: who waits is told so, open offers stand, what comes free from now on is open to everybody."""
    waitlist = _list(waitlist_id, event_id)
    if waitlist.closed_at is not None:
        raise Closed("This list is closed already.", code="list_closed")
    waitlist.closed_at, waitlist.closed_reason = clock.now(), _reason(reason)
    audit.record("waitlist.closed", f"event:{event_id}", actor_id=by_id, reason=waitlist.closed_reason, after={"waitlist_id": waitlist_id})
    db.session.flush()
    offering.settle(event_id, clock.now())


def reopen(waitlist_id: int, event_id: int, *, by_id: int, reason: str) -> None:
    """People can get in line again; numbers go on where they ended."""
    waitlist = _list(waitlist_id, event_id)
    why = _reason(reason)
    waitlist.closed_at, waitlist.closed_reason = None, ""
    audit.record("waitlist.reopened", f"event:{event_id}", actor_id=by_id, reason=why, after={"waitlist_id": waitlist_id})


def _waiting(entry_id: int, event_id: int) -> tuple[WaitlistEntry, list[WaitlistEntry]]:
    """The entry with the line it waits in, in order; NotFound for another event's, refused when it waits no more."""
    lists = {one.waitlist.id for one in lines.locked(event_id)}
    entry = db.session.get(WaitlistEntry, entry_id, populate_existing=True)
    if entry is None or entry.waitlist_id not in lists:
        raise NotFound
    if entry.state != "waiting":
        raise Closed("This party does not wait any more.", way_out="Load the page again.", code="wrong_state")
    line = db.session.scalars(select(WaitlistEntry).where(
        WaitlistEntry.waitlist_id == entry.waitlist_id, WaitlistEntry.state == "waiting").order_by(WaitlistEntry.rank, WaitlistEntry.id))
    return entry, list(line)


def _list(waitlist_id: int, event_id: int) -> Waitlist:
    found = next((one.waitlist for one in lines.locked(event_id) if one.waitlist.id == waitlist_id), None)
    if found is None:
        raise NotFound
    return found


def _reason(reason: str) -> str:
    if not (cleaned := text.clean(reason, field="reason", limit=255)):
        raise Unacceptable("Say why; it stands in the history.", field="reason")
    return cleaned


def _record(action: str, entry: WaitlistEntry, by_id: int, reason: str, before: dict[str, int], after: dict[str, int]) -> None:
    event_id = db.session.get_one(Waitlist, entry.waitlist_id).event_id
    audit.record(action, f"event:{event_id}", actor_id=by_id, reason=reason,
                 before={"number": entry.number} | before, after={"number": entry.number} | after)
