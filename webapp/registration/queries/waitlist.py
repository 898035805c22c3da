"""Lines and who stands in them, for pages and mails: plain rows, one or two statements each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Pool, Session
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.models import Order, Registration, RegistrationType
from webapp.registration.waitlist.models import LIVE, Waitlist, WaitlistEntry

_MODES = {"in_person": "a seat in the room", "online": "a seat online"}


@dataclass(frozen=True)
class Place:
    """Where a party stands: `ahead` parties wait before it, for `seats_ahead` seats together."""

    ahead: int
    seats_ahead: int

    @property
    def position(self) -> int:
        """Its place in the line, from 1."""
        return self.ahead + 1


def by_ref(ref: str) -> Any:
    """The entry at this address with its event and what it waits for; NotFound when there is none."""
    found = db.session.execute(_entries(WaitlistEntry.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def by_id(entry_id: int) -> Any:
    """The same, by id."""
    return db.session.execute(_entries(WaitlistEntry.id == entry_id)).one()


def place_of(entry: Any) -> Place:
    """How many parties wait before this one."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(WaitlistEntry.seats), 0))
        .where(WaitlistEntry.waitlist_id == entry.waitlist_id, WaitlistEntry.state == "waiting", WaitlistEntry.rank < entry.rank)).one()
    return Place(row[0], int(row[1]))


def of_persons(person_ids: Collection[int]) -> list[Any]:
    """What these persons wait for or are offered, with `ahead`: how many parties stand before them. One statement."""
    other = aliased(WaitlistEntry)
    ahead = (select(func.count()).where(other.waitlist_id == WaitlistEntry.waitlist_id, other.state == "waiting",
                                        other.rank < WaitlistEntry.rank).scalar_subquery())
    return list(db.session.execute(
        _entries(WaitlistEntry.person_id.in_(person_ids), WaitlistEntry.state.in_(LIVE)).add_columns(ahead.label("ahead"))).all())


def of_registration(registration_id: int) -> dict[int, Any]:
    """Session id -> the open entry of this place in the line for it."""
    return {row.session_id: row for row in db.session.execute(
        _entries(WaitlistEntry.registration_id == registration_id, WaitlistEntry.state.in_(LIVE)))}


def tentative(person_ids: Collection[int]) -> list[Any]:
    """The sessions these persons hope for, for calendars: rows of entry id and ref, session id, title, times, event title and slug.

    Of an event all its sessions that take place and everybody attends; of a breakout the one that is waited for.
    """
    meant = (Waitlist.session_id == Session.id) | (
        Waitlist.session_id.is_(None) & (Session.event_id == Waitlist.event_id) & Session.block_id.is_(None) & Session.group_id.is_(None))
    return list(db.session.execute(
        select(WaitlistEntry.id.label("entry_id"), WaitlistEntry.ref, WaitlistEntry.state, WaitlistEntry.created_at,
               Session.id.label("session_id"), Session.title, Session.starts_at, Session.ends_at, Session.zone, Session.sequence,
               Session.changed_at, Event.title.label("event_title"), Event.slug)
        .join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id).join(Session, meant).join(Event, Event.id == Waitlist.event_id)
        .where(WaitlistEntry.person_id.in_(person_ids), WaitlistEntry.state.in_(LIVE), Session.status == "scheduled")
        .order_by(Session.starts_at, Session.id)).all())


def lists(event_id: int) -> list[Any]:
    """The lists of an event with their pool and what they are for, as staff see them."""
    return list(db.session.execute(
        select(Waitlist.id, Waitlist.closed_at, Waitlist.closed_reason, Waitlist.mode, Pool.capacity, Pool.taken, Pool.aside, Pool.kept,
               RegistrationType.name.label("type"), Session.title.label("session_title"))
        .join(Pool, Pool.id == Waitlist.pool_id).outerjoin(RegistrationType, RegistrationType.id == Waitlist.type_id)
        .outerjoin(Session, Session.id == Waitlist.session_id).where(Waitlist.event_id == event_id).order_by(Waitlist.id)).all())


def parties(event_id: int, since: datetime) -> list[Any]:
    """The parties of an event's lists in order: those in line, and those whose waiting ended after `since`."""
    return list(db.session.execute(
        _entries(Waitlist.event_id == event_id, WaitlistEntry.state.in_(LIVE) | (WaitlistEntry.ended_at >= since))).all())


def waiting(event_id: int) -> int:
    """How many parties wait or have an open offer, on all lists of the event."""
    return db.session.scalar(
        select(func.count()).select_from(WaitlistEntry).join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id)
        .where(Waitlist.event_id == event_id, WaitlistEntry.state.in_(LIVE))) or 0


def what(row: Any) -> str:
    """What is waited for, as part of a sentence: `a seat`, `a seat in the room`, `“Sleep and feeding”`."""
    if row.session_title:
        return f"“{row.session_title}”"
    return f"a seat at the price “{row.type}”" if row.type else _MODES.get(row.mode or "", "a seat")


def _entries(*which: ColumnElement[bool]) -> Any:
    e, w = WaitlistEntry, Waitlist
    return (
        select(e.id, e.waitlist_id, e.number, e.rank, e.ref, e.email, e.seats, e.claimed, e.state, e.created_at, e.offered_at,
               e.offer_until, e.ended_at, e.person_id, e.registration_id, w.event_id, w.mode, w.type_id, w.session_id, w.closed_reason,
               RegistrationType.name.label("type"), Session.title.label("session_title"), Session.starts_at.label("session_starts_at"),
               Event.title, Event.slug, Event.zone, Event.status, Event.starts_at, Event.ends_at, Event.closes_at, Event.cancel_reason,
               Event.breakouts_change_until, Person.given_name, Person.family_name, Order.ref.label("order_ref"))
        .join(w, w.id == e.waitlist_id).join(Event, Event.id == w.event_id)
        .outerjoin(RegistrationType, RegistrationType.id == w.type_id).outerjoin(Session, Session.id == w.session_id)
        .outerjoin(Person, Person.id == e.person_id).outerjoin(Registration, Registration.id == e.registration_id)
        .outerjoin(Order, Order.id == Registration.order_id)
        .where(*which).order_by(w.id, e.rank, e.id)
    )
