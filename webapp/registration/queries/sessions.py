"""Sessions ahead, with how many are booked, for those who run them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from webapp.catalog.models import Event, Presenter, Room, Session, SessionPresenter
from webapp.core.db import db
from webapp.registration.models import Registration, Seat

MOST = 5


def ahead(scope: ColumnElement[bool], now: datetime, *, presented_by: int | None = None) -> list[Any]:
    """The next sessions that are on or come, of public events in the scope; with `presented_by` hers and those without a presenter.
    One statement."""
    booked = (select(func.count()).select_from(Seat).join(Registration, Registration.id == Seat.registration_id)
              .where(Seat.session_id == Session.id, Seat.state == "booked", Registration.state == "confirmed").scalar_subquery())
    wanted = (
        select(Session.id, Session.title, Session.starts_at, Session.ends_at, Session.zone, Event.slug, Event.title.label("event"),
               Room.name.label("room"), booked.label("booked"))
        .join(Event, Event.id == Session.event_id).outerjoin(Room, Room.id == Session.room_id)
        .where(scope, Event.status.in_(("published", "closed")), Session.status == "scheduled", Session.ends_at > now)
        .order_by(Session.starts_at, Session.id).limit(MOST))
    return list(db.session.execute(wanted if presented_by is None else wanted.where(_hers(presented_by))).all())


def _hers(person_id: int) -> ColumnElement[bool]:
    named = select(SessionPresenter.presenter_id).where(SessionPresenter.session_id == Session.id)
    return or_(~named.exists(),
               named.join(Presenter, Presenter.id == SessionPresenter.presenter_id).where(Presenter.person_id == person_id).exists())
