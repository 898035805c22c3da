"""What feeds read: the rows behind entries, as columns, never as objects. A fixed number of statements per feed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.calendars.models import CalendarChoice, CalendarEntry, Invitation
from webapp.catalog import areas
from webapp.catalog.models import CreditArea, Event, Presenter, Room, Session, SessionCredit, SessionPresenter, Venue
from webapp.core.db import db
from webapp.registration.models import Application, Order, Registration, RegistrationType, Seat, TypeSession
from webapp.registration.waitlist.models import LIVE, Waitlist, WaitlistEntry

CHUNK = 500
PUBLIC = ("published", "closed", "cancelled")
WAITING = ("submitted", "reviewing", "offered")  # an application that may still become a place
TOMBSTONE = timedelta(days=30)

_SHOWN = (
    Session.id.label("session_id"), Session.starts_at, Session.ends_at, Session.zone, Session.title.label("session_title"),
    Session.status.label("session_status"), Session.mode.label("session_mode"), Session.online_url.label("session_url"),
    Session.changed_at.label("session_changed_at"), Event.slug, Event.title.label("event_title"), Event.kind, Event.mode,
    Event.status.label("event_status"), Event.online_url, Event.platform,
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


def presenters(person_ids: Collection[int]) -> list[Any]:
    """Id and name of the presenters these persons are known as, whose public calendar has something in it."""
    public = (exists().where(SessionPresenter.presenter_id == Presenter.id, SessionPresenter.session_id == Session.id,
                             Session.event_id == Event.id, Event.published_at.is_not(None), Event.status.in_(PUBLIC)))
    return list(db.session.execute(
        select(Presenter.id, Presenter.name).where(Presenter.person_id.in_(person_ids), public).order_by(Presenter.id)))


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


def staff_rows(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Sessions as who looks after them sees them, drafts too. Being announced is a change: SEQUENCE and moment rise with it."""
    announced = Event.published_at.is_not(None)
    own = ((literal("staff-") + Session.ical_uid).label("uid"), (Session.sequence + case((announced, 1), else_=0)).label("sequence"),
           _later(Session.changed_at, Event.published_at).label("changed_at"), literal(True).label("for_staff"))
    return (
        _joined(select(*own, *_SHOWN).select_from(Session).join(Event, Event.id == Session.event_id))
        .where(*where).order_by(Session.starts_at, Session.id)
    )


def colleague_rows(*where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Seats of confirmed registrations with the attendee's name, as somebody else may see them: never a joining link."""
    person, root = aliased(Person), aliased(Person)
    own = ((literal("agency-") + Seat.ical_uid).label("uid"), Seat.sequence, Seat.changed_at, Seat.state.label("seat_state"),
           (root.given_name + " " + root.family_name).label("attendee"), Registration.mode.label("registration_mode"))
    return (
        _joined(
            select(*own, *_SHOWN).select_from(Seat).join(Registration, Registration.id == Seat.registration_id)
            .join(person, person.id == Registration.person_id)
            .join(root, root.id == func.coalesce(person.merged_into_id, person.id))
            .join(Session, Session.id == Seat.session_id).join(Event, Event.id == Session.event_id)
        )
        .where(Registration.confirmed_at.is_not(None), *where).order_by(Session.starts_at, Seat.id)
    )


def application_rows(*where: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    """Sessions somebody applied for: everybody's, and those of the group she was offered. A place has entries of its own.

    What waits is shown while it waits, and what was declined for 30 days as cancelled; what she took back, and an offer that
    lapsed, is not hers any more.
    """
    declined = Application.state == "declined"
    decided = func.coalesce(Application.decided_at, Application.created_at)
    own = ((literal("application-") + cast(Application.id, String) + "-" + Session.ical_uid).label("uid"),
           (Session.sequence + case((declined, 1), else_=0)).label("sequence"),
           _later(Session.changed_at, decided).label("changed_at"), Application.state.label("asked"))
    return (
        _joined(select(*own, *_SHOWN).select_from(Application).join(Event, Event.id == Application.event_id)
                .join(Session, Session.event_id == Event.id))
        .where(Event.published_at.is_not(None), Session.block_id.is_(None),
               or_(Session.group_id.is_(None), Session.group_id == Application.group_id),
               or_(and_(Application.state.in_(WAITING), Session.ends_at > now - timedelta(days=90)),
                   and_(declined, decided > now - TOMBSTONE)), *where)
        .order_by(Session.starts_at, Application.id, Session.id)
    )


def waiting_rows(*where: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    """Sessions somebody waits for a place in, while she waits or is offered one: the session of the list, or what its type covers."""
    covered = or_(Waitlist.type_id.is_(None), RegistrationType.covers == "all", exists().where(
        TypeSession.type_id == Waitlist.type_id, TypeSession.session_id == Session.id))
    everybodys = and_(Waitlist.session_id.is_(None), Session.group_id.is_(None), Session.block_id.is_(None), covered)
    own = ((literal("waitlist-") + cast(WaitlistEntry.id, String) + "-" + Session.ical_uid).label("uid"), Session.sequence,
           _later(Session.changed_at, func.coalesce(WaitlistEntry.offered_at, WaitlistEntry.created_at)).label("changed_at"),
           WaitlistEntry.state.label("asked"))
    return (
        _joined(select(*own, *_SHOWN).select_from(WaitlistEntry).join(Waitlist, Waitlist.id == WaitlistEntry.waitlist_id)
                .outerjoin(RegistrationType, RegistrationType.id == Waitlist.type_id)
                .join(Event, Event.id == Waitlist.event_id).join(Session, Session.event_id == Event.id))
        .where(WaitlistEntry.state.in_(LIVE), Session.ends_at > now - timedelta(days=90),
               or_(Waitlist.session_id == Session.id, everybodys), *where)
        .order_by(Session.starts_at, WaitlistEntry.id, Session.id)
    )


def kept_rows(*where: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    """Seats kept while an agency is asked whether it pays, and until who ordered pays after a no. A place has entries of its own."""
    own = ((literal("kept-") + Seat.ical_uid).label("uid"), Seat.sequence, _later(Session.changed_at, Seat.changed_at).label("changed_at"),
           literal("kept").label("asked"), Registration.mode.label("registration_mode"))
    return (
        _joined(select(*own, *_SHOWN).select_from(Seat).join(Registration, Registration.id == Seat.registration_id)
                .join(Order, Order.id == Registration.order_id)
                .join(Session, Session.id == Seat.session_id).join(Event, Event.id == Session.event_id))
        .where(is_kept(), Seat.state == "held", Session.ends_at > now - timedelta(days=90), *where).order_by(Session.starts_at, Seat.id)
    )


def is_kept() -> ColumnElement[bool]:
    """Beside `Registration` and `Order`: whether a place is kept for days, not for the minutes of a checkout."""
    return and_(Registration.state == "held", Order.approvals > 0)


def _later(one: Any, other: Any) -> Any:
    return case((other > one, other), else_=one)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.outerjoin(Room, Room.id == Session.room_id).outerjoin(Venue, Venue.id == Event.venue_id)


def still_shown(now: datetime, cancelled: ColumnElement[bool], changed_at: Any) -> ColumnElement[bool]:
    """Past sessions stay 90 days; cancelled ones to a week after their end, and at least 30 days after they were cancelled."""
    return or_(
        and_(~cancelled, Session.ends_at > now - timedelta(days=90)),
        and_(cancelled, or_(Session.ends_at > now - timedelta(days=7), changed_at > now - TOMBSTONE)),
    )


def stands_by_mail() -> ColumnElement[bool]:
    """Whether mail put a seat's session into the attendee's calendar, and she did not ask to have it twice."""
    mailed, person = aliased(Invitation), aliased(Person)
    told = select(mailed.seat_id).where(mailed.seat_id == Seat.id, mailed.state == "standing").correlate(Seat)
    root = select(person.merged_into_id).where(person.id == Registration.person_id).correlate(Registration).scalar_subquery()
    twice = select(CalendarChoice.person_id).where(
        CalendarChoice.way == "both", CalendarChoice.person_id.in_((Registration.person_id, root))).correlate(Registration)
    return told.exists() & ~twice.exists()


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
