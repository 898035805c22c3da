"""What stands in calendars by mail: seen, moved into the subscribed calendar, and kept true when no mail of its own told a change."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.calendars import queries, rules, telling
from webapp.calendars.models import Invitation
from webapp.catalog.models import Event, Session
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import places
from webapp.registration.models import Registration, Seat

QUIET = timedelta(minutes=10)  # somebody who corrects a title three times makes one mail
_TAKES_PLACE = and_(Seat.state == "booked", Session.status == "scheduled", Event.status != "cancelled")


def of_person(person_id: int, now: datetime) -> list[Row[Any]]:
    """The sessions ahead that stand in her calendar by mail, so that her feed leaves them out; in order."""
    return _by_mail(Registration.person_id.in_(people.family_ids(person_id)), now)


def of_registrations(ids: list[int], now: datetime) -> list[Row[Any]]:
    """The same of these registrations, and of those that came with them."""
    return _by_mail(or_(Registration.id.in_(ids), Registration.inclusion_of_id.in_(ids)), now)


def move(rows: list[Row[Any]]) -> None:
    """These sessions change over to the subscribed calendar: it shows them from now on, and mails take the single entries back."""
    now = clock.now()
    ids = sorted({row.registration_id for row in rows})
    db.session.execute(select(Registration.id).where(Registration.id.in_(ids)).order_by(Registration.id).with_for_update())
    seat_ids = [row.seat_id for row in rows]
    places.raise_seats(Seat.id.in_(seat_ids), now)
    for told in db.session.scalars(select(Invitation).where(Invitation.seat_id.in_(seat_ids), Invitation.state == "standing")):
        told.state = "leaving"
    db.session.flush()
    for row in queries.rows(telling.seats(now, Seat.id.in_(seat_ids))):
        telling.ask(row)


def catch_up(now: datetime) -> int:
    """Writes the mails that calendars still lack: a new title, another breakout or group, a place that ended without a mail.

    Returns how many. Each seat and SEQUENCE has one mail at most, so looking again writes nothing.
    """
    changed = Seat.sequence > Invitation.sequence
    lacking = or_(
        and_(changed, Invitation.state.in_(("standing", "leaving"))),
        and_(changed, Invitation.state == "cancelled", _TAKES_PLACE),
        and_(Invitation.seat_id.is_(None), _TAKES_PLACE, _has_standing(), _ahead_of_it(now) <= rules.FEW))
    return sum(telling.ask(row) for row in queries.rows(telling.seats(now, lacking, Seat.changed_at <= now - QUIET)))


def _by_mail(whose: ColumnElement[bool], now: datetime) -> list[Row[Any]]:
    return queries.rows(telling.seats(now, whose, queries.stands_by_mail(), _TAKES_PLACE))


def _has_standing() -> ColumnElement[bool]:
    other, told = aliased(Seat), aliased(Invitation)
    return (select(other.id).join(told, told.seat_id == other.id)
            .where(other.registration_id == Registration.id, told.state == "standing").correlate(Registration).exists())


def _ahead_of_it(now: datetime) -> Any:
    other, session = aliased(Seat), aliased(Session)
    return (select(func.count()).select_from(other).join(session, session.id == other.session_id)
            .where(other.registration_id == Registration.id, other.state == "booked", session.status == "scheduled", session.ends_at > now)
            .correlate(Registration).scalar_subquery())
