"""The lists of an event as they stand, locked; which pools a place of each draws on, and when its offers end.

Lists are locked after the event and before orders, registrations and pools, so that whoever joins, leaves, is offered a seat or
takes one up does so one after the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.catalog.models import Event, Session
from webapp.core.db import db
from webapp.registration.models import Registration, RegistrationType
from webapp.registration.waitlist import rules
from webapp.registration.waitlist.models import LIVE, Waitlist, WaitlistEntry


@dataclass(frozen=True)
class Queue:
    """One list: what it needs of the event to be worked."""

    waitlist: Waitlist
    pools: frozenset[int]
    window: rules.Window
    takes_place: bool  # the event is open to registration and the session is not cancelled

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can be offered anything on it any more."""
        return not self.takes_place or self.waitlist.closed_at is not None or self.window.is_over(now)


def locked(event_id: int, *, alone: bool = False) -> list[Queue]:
    """All lists of the event, by id. The event stands still until the end of the transaction.

    `alone`: nobody else shares the event meanwhile. Who may make a list asks for it: a list that is being made is seen by nobody,
    so two of them would be locked in two orders, and each be settled without the other.
    """
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(read=not alone, key_share=alone))
    rows = db.session.execute(
        select(Waitlist, Event.status, Event.mode, Event.starts_at, Event.closes_at, Event.breakouts_change_until, Event.pool_id,
               Event.room_pool_id, Event.online_pool_id, RegistrationType.pool_id.label("type_pool_id"),
               RegistrationType.mode.label("type_mode"),
               Session.starts_at.label("session_starts_at"), Session.status.label("session_status"))
        .join(Event, Event.id == Waitlist.event_id).outerjoin(RegistrationType, RegistrationType.id == Waitlist.type_id)
        .outerjoin(Session, Session.id == Waitlist.session_id)
        .where(Waitlist.event_id == event_id).order_by(Waitlist.id).with_for_update(of=Waitlist)
        .execution_options(populate_existing=True)).all()
    return [_queue(row) for row in rows]


def live(queues: Collection[Queue]) -> list[tuple[WaitlistEntry, bool]]:
    """The parties that wait or have an offer, in order, and whether what they would change (a registration) still stands."""
    rows = db.session.execute(
        select(WaitlistEntry, Registration.state).outerjoin(Registration, Registration.id == WaitlistEntry.registration_id)
        .where(WaitlistEntry.waitlist_id.in_([one.waitlist.id for one in queues]), WaitlistEntry.state.in_(LIVE))
        .order_by(WaitlistEntry.rank, WaitlistEntry.id).execution_options(populate_existing=True)).all()
    return [(row.WaitlistEntry, row.state in (None, "held", "confirmed")) for row in rows]


def _queue(row: Any) -> Queue:
    of: Waitlist = row.Waitlist
    if of.session_id is not None:
        window = rules.window(row.session_starts_at, row.breakouts_change_until or row.starts_at)
        return Queue(of, frozenset({of.pool_id}), window, row.status in ("published", "closed") and row.session_status == "scheduled")
    mode = of.mode or row.type_mode or (row.mode if row.mode != "hybrid" else None)
    by_mode = {"in_person": row.room_pool_id, "online": row.online_pool_id}.get(mode or "")
    pools = {of.pool_id, row.pool_id, by_mode, row.type_pool_id}
    return Queue(of, frozenset(pool for pool in pools if pool is not None), rules.window(row.starts_at, row.closes_at),
                 row.status == "published")
