"""What feeds read: the rows behind entries, as columns, never as objects. A fixed number of statements per feed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from webapp.calendars.models import CalendarEntry
from webapp.catalog import areas
from webapp.catalog.models import CreditArea, Event, Room, Session, SessionCredit, Venue
from webapp.core.db import db
from webapp.registration.models import Registration, Seat

CHUNK = 500
PUBLIC = ("published", "closed", "cancelled")

_SHOWN = (
    Session.id.label("session_id"), Session.starts_at, Session.ends_at, Session.zone, Session.title.label("session_title"),
    Session.status.label("session_status"), Session.mode.label("session_mode"), Session.online_url.label("session_url"),
    Session.changed_at.label("session_changed_at"), Event.slug, Event.title.label("event_title"), Event.kind, Event.mode,
    Event.status.label("event_status"), Event.changed_at.label("event_changed_at"), Event.online_url, Event.platform,
    Event.link_opens_minutes, Room.name.label("room"), Venue.name.label("venue"), Venue.street, Venue.city,
    Venue.region, Venue.postcode, Venue.latitude, Venue.longitude,
)


def public_rows(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Sessions of events that were ever published, with what an entry shows. Oldest first."""
    own = (Session.ical_uid.label("uid"), Session.sequence, Session.changed_at)
    return (
        _joined(select(*own, *_SHOWN).select_from(Session).join(Event, Event.id == Session.event_id))
        .where(Event.published_at.is_not(None), Event.status.in_(PUBLIC), *where)
        .order_by(Session.starts_at, Session.id)
    )


def seat_rows(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Seats of registrations that were ever confirmed, with what an entry shows. Oldest first."""
    own = (Seat.ical_uid.label("uid"), Seat.sequence, Seat.changed_at, Seat.state.label("seat_state"), Seat.id.label("seat_id"),
           Registration.mode.label("registration_mode"))
    return (
        _joined(
            select(*own, *_SHOWN).select_from(Seat).join(Registration, Registration.id == Seat.registration_id)
            .join(Session, Session.id == Seat.session_id).join(Event, Event.id == Session.event_id)
        )
        .where(Registration.confirmed_at.is_not(None), *where)
        .order_by(Session.starts_at, Seat.id)
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.outerjoin(Room, Room.id == Session.room_id).outerjoin(Venue, Venue.id == Event.venue_id)


def still_shown(now: datetime, cancelled: ColumnElement[bool], changed_at: Any) -> ColumnElement[bool]:
    """Past sessions stay 90 days; cancelled ones to a week after their end, and at least 30 days after they were cancelled."""
    return or_(
        and_(~cancelled, Session.ends_at >= now - timedelta(days=90)),
        and_(cancelled, or_(Session.ends_at >= now - timedelta(days=7), changed_at >= now - timedelta(days=30))),
    )


def rows(statement: Select[*tuple[Any, ...]]) -> list[Row[Any]]:
    """Runs it."""
    return list(db.session.execute(statement).all())


def texts(uids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The finished texts that are kept: uid -> (fingerprint, body)."""
    wanted = list(uids)
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(wanted), CHUNK):
        part = db.session.execute(
            select(CalendarEntry.uid, CalendarEntry.fingerprint, CalendarEntry.body)
            .where(CalendarEntry.uid.in_(wanted[start:start + CHUNK])))
        found.update({uid: (fingerprint, body) for uid, fingerprint, body in part})
    return found


def credits_of(session_ids: Iterable[int]) -> tuple[dict[int, list[tuple[str, int]]], dict[int, list[str]]]:
    """Credit (kind, minutes) and names of competency areas of sessions, in two statements per 500."""
    credit: dict[int, list[tuple[str, int]]] = defaultdict(list)
    named: dict[int, list[str]] = defaultdict(list)
    wanted = sorted(set(session_ids))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start:start + CHUNK]
        for session_id, kind, minutes in db.session.execute(
                select(SessionCredit.session_id, SessionCredit.kind, SessionCredit.minutes)
                .where(SessionCredit.session_id.in_(part)).order_by(SessionCredit.kind.desc())):
            credit[session_id].append((kind, minutes))
        for session_id, area in db.session.execute(
                select(SessionCredit.session_id, CreditArea.area).join(CreditArea, CreditArea.credit_id == SessionCredit.id)
                .where(SessionCredit.session_id.in_(part)).order_by(CreditArea.position, CreditArea.area)):
            if (name := areas.name(area)) not in named[session_id]:
                named[session_id].append(name)
    return credit, named
