"""Choosing a session of each block, now or later: pools swapped in one pass, what was given up stays as a calendar tombstone."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from webapp.catalog.models import Event, Session
from webapp.core import audit, clock, times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Unacceptable
from webapp.registration import announcing, places, seats
from webapp.registration.models import ACTIVE, Registration, RegistrationAddOn, RegistrationType, Seat
from webapp.registration.setasides import drawing
from webapp.registration.setasides.standing import Standing


def choose_breakouts(registration_id: int, picked: Mapping[int, int | None], *, by_id: int | None = None, reason: str = "",
                     passed: seats.Uses | None = None) -> list[int]:
    """Sets the session of each block named: a session id, or None for none of them. Blocks left out stay as they are.

    Returns the sessions held by choice afterwards. Refused after `breakouts_change_until` (else the start of the event),
    when a session is full, is not of its block, is on a day a linked place is not for, or needs an add-on that was not bought.
    `by_id`: staff, who may do it at any time, afterwards with a reason; what they change is recorded. `passed`: seats that an
    offer of the waitlist kept for her.
    """
    now = clock.now()
    event = _standing_event(registration_id)
    registration = lock(registration_id)
    if registration.state not in ACTIVE:
        raise Closed("This place is not held any more.", way_out="Register again.", code="not_active")
    _refuse_late(event, now, by_id, reason)
    sessions = places.covered(registration.event_id, registration.type_id, event.covers, registration.mode, event.included)
    bought = select(RegistrationAddOn.add_on_id).where(RegistrationAddOn.registration_id == registration_id)
    chosen = places.choice(sessions, picked, places.locked_blocks(registration.event_id, bought))
    known = _in_blocks(registration_id)
    held = {block: seat for block, seat in known if seat.how == "chosen" and seat.state != "released"}
    leave = {seat.session_id for block, seat in held.items() if block in picked and seat.session_id != chosen.get(block)}
    join = {session for block, session in chosen.items() if block not in held or held[block].session_id != session}
    _swap_pools(registration, sessions, leave, join, passed)
    leave_sessions(registration, leave, now)
    join_sessions(registration, join, now, left={seat.session_id for _, seat in known})
    registration.declined_blocks = sorted(
        (set(registration.declined_blocks) - set(picked)) | {block for block, session in picked.items() if session is None})
    if registration.state == "confirmed":
        announcing.redate_reminders([registration], now)  # another session may be the first now
    before = {seat.session_id for seat in held.values()}
    if by_id is not None:
        audit.record("registration.breakouts", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                     before=_titles(before), after=_titles((before - leave) | join))
    return sorted((before - leave) | join)


def lock(registration_id: int) -> Registration:
    """The registration, locked and read afresh."""
    registration = db.session.scalar(
        select(Registration).where(Registration.id == registration_id).with_for_update().execution_options(populate_existing=True))
    if registration is None:
        raise NotFound
    return registration


def _standing_event(registration_id: int) -> Any:
    """The event of the registration, which stands still (see `sale`): no session is cancelled while one is chosen."""
    event = db.session.execute(
        select(Event.breakouts_change_until, Event.starts_at, Event.zone, RegistrationType.covers,
               places.included_days().label("included"))
        .join(Registration, Registration.event_id == Event.id).join(RegistrationType, RegistrationType.id == Registration.type_id)
        .where(Registration.id == registration_id).with_for_update(read=True, of=Event)).one_or_none()
    if event is None:
        raise NotFound
    return event


def _refuse_late(event: Any, now: datetime, by_id: int | None, reason: str) -> None:
    until = event.breakouts_change_until or event.starts_at
    if until is None or now < until:
        return
    if by_id is None:
        raise Closed(f"Breakouts could be changed until {times.until_words(until, event.zone)}.", way_out="Ask at the desk on the day.",
                     code="breakouts_closed")
    if not reason.strip():
        raise Unacceptable(f"Attendees could change breakouts until {times.until_words(until, event.zone)}.", field="reason",
                           way_out="Say why it is changed now; it stands in the history.")


def _titles(session_ids: Collection[int]) -> dict[str, list[str]]:
    """The sessions as the history names them."""
    return {"sessions": list(db.session.scalars(
        select(Session.title).where(Session.id.in_(session_ids)).order_by(Session.starts_at, Session.id)))}


def _in_blocks(registration_id: int) -> list[tuple[int, Seat]]:
    """Its seats in sessions of blocks, those given up too, each with its block."""
    rows = db.session.execute(
        select(Session.block_id, Seat).join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id, Session.block_id.is_not(None)))
    return [(row.block_id, row.Seat) for row in rows]


def _swap_pools(registration: Registration, sessions: list[places.Meeting], leave: set[int], join: set[int],
                passed: seats.Uses | None) -> None:
    delta: Counter[int] = places.session_pools(sessions, join)
    if leave:  # read by itself: `sessions` lacks those that were cancelled meanwhile, and their seats go back too
        left = db.session.scalars(select(Session.pool_id).where(Session.id.in_(leave), Session.pool_id.is_not(None)))
        delta.subtract(pool_id for pool_id in left if pool_id is not None)
    levels = {one.pool_id: one.level() for one in sessions if one.pool_id is not None}
    asides: list[Standing] = []
    if registration.set_aside_id is not None and (leave or join):  # a seat the waitlist kept for her is not another that was kept
        held = seats.held_by([registration.id])[registration.id]
        own, asides = drawing.swapped(registration.set_aside_id, held, leave, () if passed else join)
        delta.update(own)
    uses = {pool: count for pool, count in delta.items() if count}
    seats.change({registration.id: uses}, levels, passed=passed, asides=asides,
                 fresh=not leave)  # a session's own pool, and what is kept of it, is held only with a seat in it


def leave_sessions(registration: Registration, session_ids: set[int], now: datetime) -> None:
    """A seat nobody's calendar ever saw goes; one that was confirmed stays as a tombstone."""
    if not session_ids:
        return
    mine = (Seat.registration_id == registration.id, Seat.session_id.in_(session_ids))
    if registration.state == "held":
        db.session.execute(delete(Seat).where(*mine))
    else:
        db.session.execute(update(Seat).where(*mine).values(state="released", sequence=Seat.sequence + 1, changed_at=now))


def join_sessions(registration: Registration, session_ids: set[int], now: datetime, how: str = "chosen",
                  left: Collection[int] | None = None) -> None:
    """Seats in these sessions. One that was given up before takes its old seat again, so that its calendar identity stays.

    `left`: the sessions it had a seat in before, where the caller knows them.
    """
    state = "booked" if registration.state == "confirmed" else "held"
    again = set() if left is not None and session_ids.isdisjoint(left) else set(db.session.scalars(
        update(Seat).where(Seat.registration_id == registration.id, Seat.session_id.in_(session_ids))
        .values(state=state, how=how, sequence=Seat.sequence + 1, changed_at=now).returning(Seat.session_id)))
    places.add_seats({registration.id: dict.fromkeys(session_ids - again, how)}, state=state, at=now)
