"""Changes of what people hold places in: the catalog changes its rows, here seats and messages follow in the same transaction.

Every change that a calendar shows raises the sequence of the seats in it; whoever holds one is told once for each change, and
waiting reminders follow the new date. What will happen can be seen before (`preview_move`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from webapp.accounts.models import Person
from webapp.catalog import events, sessions
from webapp.catalog.models import Session
from webapp.catalog.sessions import Timing
from webapp.core import clock, times
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration import announcing, applications, registrations, standing_still, unnamed
from webapp.registration.models import ACTIVE, Registration, RegistrationType, Seat
from webapp.registration.orders import locking
from webapp.registration.registrations import Cancelled
from webapp.registration.waitlist import lines, offering

TOLD = ("starts_at", "ends_at", "zone", "room_id", "mode", "online_url")  # a new title alone is nobody's mail


@dataclass(frozen=True)
class Preview:
    """Who will be told what when a session moves: names and addresses, both times in words, reminders that will follow."""

    title: str
    before: str
    after: str
    people: list[tuple[str, str]]
    reminders: int


def preview_move(session_id: int, start: datetime, end: datetime, *, zone: str = "", fold: int | None = None) -> Preview:
    """What `move_session` with the same wall-clock times would do. Reads only; refuses the times that it would refuse."""
    session = sessions.get(session_id)
    new = Timing(start, end, zone or session.zone, fold).columns()
    holding = Registration.id.in_(select(Seat.registration_id).where(Seat.session_id == session_id, Seat.state != "released"))
    which = holding | _is_table(session.event_id) if _moves_event(session, new["starts_at"], new["ends_at"]) else holding
    rows = db.session.execute(
        select(Registration, func.trim(Person.given_name + " " + Person.family_name).label("name"))
        .outerjoin(Person, Person.id == Registration.person_id).where(which, Registration.state == "confirmed")
        .order_by(Person.family_name, Person.given_name, Registration.id)).all()
    names = {row.Registration.id: row.name or "Not yet named" for row in rows}
    waiting = db.session.scalar(select(func.count()).where(
        Message.kind == "reminder", Message.state == "waiting",
        Message.subject_of.in_([f"registration:{registration_id}" for registration_id in names]))) or 0
    return Preview(
        session.title, times.span_words(session.starts_at, session.ends_at, session.zone),
        times.span_words(new["starts_at"], new["ends_at"], new["zone"]),
        [(names[one.id], one.email) for one in unnamed.told([row.Registration for row in rows]) if one.email], waiting)


def move_session(session_id: int, start: datetime, end: datetime, *, actor_id: int | None, zone: str = "", fold: int | None = None,
                 reason: str = "") -> int:
    """Moves a session to other wall-clock times (its breaks move along). Returns how many people are told."""
    return update_session(session_id, actor_id=actor_id, reason=reason, start=start, end=end, zone=zone, fold=fold)


def update_session(session_id: int, *, actor_id: int | None, reason: str = "", **changes: Any) -> int:
    """`catalog.sessions.update` for a session people may hold seats in: seats and messages follow. Returns how many are told."""
    event = events.get(sessions.get(session_id).event_id, lock=True)  # alone: nobody leaves it or comes to it meanwhile
    session, days = sessions.get(session_id, lock=True), _days(event.id)
    before = {name: getattr(session, name) for name in TOLD}
    sequence = session.sequence
    _stand_still(Registration.id.in_(select(Seat.registration_id).where(Seat.session_id == session_id)) | _is_table(event.id))
    session = sessions.update(session_id, actor_id=actor_id, reason=reason, **changes)
    changed = {name for name in TOLD if getattr(session, name) != before[name]}
    if session.sequence == sequence:
        return 0
    moved = bool(changed & {"starts_at", "ends_at", "zone"})
    until_now = times.span_words(before["starts_at"], before["ends_at"], before["zone"]) if moved else ""
    return _follow(session, "moved" if moved else "changed", days, tell=bool(changed), before=until_now, reason=reason)


def cancel_session(session_id: int, *, actor_id: int | None, reason: str) -> int:
    """The session does not take place; seats stay as cancelled entries. Returns how many people are told."""
    days = _days(sessions.get(session_id).event_id)
    return _follow(sessions.cancel(session_id, actor_id=actor_id, reason=reason), "cancelled", days, reason=reason)


def add_session(event_id: int, *, actor_id: int | None, **values: Any) -> int:
    """`catalog.sessions.add` for an event people may be registered in: whoever's place covers it has a seat in it and is told.

    Returns how many are told. Refused with Full when it has fewer places than that.
    """
    days = _days(event_id)
    session = sessions.add(event_id, actor_id=actor_id, **values)
    registrations.seat_newcomers(session, clock.now())
    return _follow(session, "added", days)


def restore_session(session_id: int, *, actor_id: int | None, reason: str = "") -> int:
    """The session takes place after all; who registered meanwhile has a seat in it too. Returns how many people are told.

    Refused with Full when its places are not enough for everybody by now.
    """
    days = _days(sessions.get(session_id).event_id)
    session = sessions.restore(session_id, actor_id=actor_id, reason=reason)
    db.session.flush()
    registrations.seat_newcomers(session, clock.now())
    return _follow(session, "restored", days, reason=reason)


def update_event(event_id: int, *, version: int, actor_id: int | None, reason: str = "", **values: Any) -> int:
    """`catalog.events.update` for an event people may be registered in. A new place, zone or link is told. Returns to how many."""
    row = events.get(event_id, lock=True)
    told = ("zone", "venue_id", "mode", "online_url")
    before, sequence = {name: getattr(row, name) for name in told}, row.sequence
    _stand_still(Registration.event_id == event_id)
    event = events.update(event_id, version=version, actor_id=actor_id, reason=reason, **values)
    if event.sequence == sequence:
        return 0
    db.session.flush()
    now = clock.now()
    ours = _raised(Registration.event_id == event_id, now)
    if all(getattr(event, name) == before[name] for name in told):
        return 0
    hearing = [*ours, *_tables(event_id)]
    announcing.redate_reminders(hearing, now)
    return announcing.event_changed(hearing, event)


def cancel_event(event_id: int, *, actor_id: int | None, reason: str) -> list[Cancelled]:
    """Cancels the event with every place in it, whatever the date: all charges are taken back, everybody is told once.

    Returns what each cancellation did; payments gives back per order what is paid beyond what it owes.
    """
    event = events.cancel(event_id, actor_id=actor_id, reason=reason)
    db.session.flush()
    lines.locked(event_id)
    ours = _locked_places(event_id)
    applications.decline_open(event_id, by_id=actor_id, note=f"The event was cancelled. {event.cancel_reason}")
    standing_still.drawn_on(event_id, Registration.id.in_(ours))
    done = [registrations.cancel(one, by_id=actor_id, reason=event.cancel_reason, by_organizer=True) for one in ours]
    offering.settle(event_id, clock.now())
    return done


def _locked_places(event_id: int) -> list[int]:
    """The active places of the event, by order: all orders locked, then all registrations with those they contain, before the first
    pool is touched.

    One cancellation after the other would ask for an order while it holds the event's pool, which a hold that ends asks for
    the other way round.
    """
    of_event = (Registration.event_id == event_id) & Registration.state.in_(ACTIVE)
    locking.of_places(of_event)
    found = db.session.execute(
        select(Registration.id, Registration.order_id, Registration.event_id)
        .where(or_(of_event, Registration.inclusion_of_id.in_(select(Registration.id).where(of_event))))
        .order_by(Registration.id).with_for_update()).all()
    return [row.id for row in sorted(found, key=lambda row: (row.order_id, row.id)) if row.event_id == event_id]


def _days(event_id: int) -> tuple[datetime | None, datetime | None]:
    """When the event begins and ends by now."""
    event = events.get(event_id)
    return event.starts_at, event.ends_at


def _follow(session: Session, what: str, days: tuple[datetime | None, datetime | None], *, tell: bool = True, before: str = "",
            reason: str = "") -> int:
    """Seats rise, holders hear (why, and what was `before`, in words), reminders follow, exhibitors' too. They have no seat, and hear
    of it where the event begins or ends at another moment than it did (`days`)."""
    db.session.flush()
    now = clock.now()
    of_session = Seat.session_id == session.id
    ours = _raised(Registration.id.in_(select(Seat.registration_id).where(of_session)), now, of_session)
    tables = _tables(session.event_id)
    told = [*ours, *(tables if _days(session.event_id) != days else ())]
    if what == "moved" and told:
        db.session.execute(update(Registration).where(Registration.id.in_([one.id for one in told])).values(moved_at=now))
    announcing.redate_reminders([*ours, *tables], now)
    return announcing.programme_changed(told, session, what=what, before=before, reason=reason) if tell else 0


def _is_table(event_id: int) -> ColumnElement[bool]:
    """Beside `Registration` in a query: an exhibitor's place, which has no session and so no seat that could rise."""
    without = select(RegistrationType.id).where(RegistrationType.event_id == event_id, RegistrationType.covers == "none")
    return (Registration.event_id == event_id) & Registration.type_id.in_(without)


def _tables(event_id: int) -> list[Registration]:
    """The confirmed places of exhibitors: they are told when the event has other days, or another place."""
    return list(db.session.scalars(select(Registration).where(_is_table(event_id), Registration.state == "confirmed")
                                   .order_by(Registration.id)))


def _moves_event(session: Session, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the event begins or ends at another moment when this session does."""
    event = events.get(session.event_id)
    rest = db.session.execute(
        select(func.min(Session.starts_at).label("first"), func.max(Session.ends_at).label("last"))
        .where(Session.event_id == event.id, Session.id != session.id, Session.status == "scheduled")).one()
    then = (min(starts_at, rest.first or starts_at), max(ends_at, rest.last or ends_at))
    return session.status == "scheduled" and then != (event.starts_at, event.ends_at)


def _stand_still(which: Any) -> None:
    """Locks the places whose seats will rise, before a limit that changes with them locks a pool: a place that is given back goes the
    same way. Their event has been locked alone, so nobody comes to them."""
    db.session.execute(select(Registration.id).where(which, Registration.confirmed_at.is_not(None)).order_by(Registration.id)
                       .with_for_update()).all()


def _raised(which: Any, now: datetime, *seats: Any) -> list[Registration]:
    """Raises these seats of every place that was ever confirmed: one given back still stands in its calendar, as cancelled.

    Returns the confirmed registrations that hold one. They are locked by id first (seats write their registration's calendar stamp).
    """
    shown = db.session.scalars(
        select(Registration).where(which, Registration.confirmed_at.is_not(None)).order_by(Registration.id)
        .with_for_update().execution_options(populate_existing=True)).all()
    raised = db.session.execute(
        update(Seat).where(Seat.registration_id.in_([one.id for one in shown]), *seats)
        .values(sequence=Seat.sequence + 1, changed_at=now).returning(Seat.registration_id, Seat.state)).all()
    holding = {row.registration_id for row in raised if row.state != "released"}
    return [one for one in shown if one.state == "confirmed" and one.id in holding]

