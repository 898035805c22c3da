"""What a person has ahead: her next sessions, and booked sessions that clash."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.catalog.models import Event, Session, SessionCredit
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Registration, Seat

MOST = 500  # a year of meetings and more


@dataclass(frozen=True)
class Ahead:
    """A booked session: where it is, when (instants, with the zone of its wall clock), and what full attendance counts."""

    session_id: int
    title: str
    event_title: str
    slug: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    mode: str
    training_minutes: int
    rsc_minutes: int


def sessions(person_ids: Collection[int], now: datetime, *, most: int = MOST) -> list[Ahead]:
    """The booked or held sessions that are not over, in order of time. One statement."""
    credit = (select(SessionCredit.session_id,
                     func.sum(SessionCredit.minutes).filter(SessionCredit.kind == "training").label("training"),
                     func.sum(SessionCredit.minutes).filter(SessionCredit.kind == "rsc").label("rsc"))
              .group_by(SessionCredit.session_id).subquery())
    rows = db.session.execute(
        select(Session.id, Session.title, Event.title, Event.slug, Session.starts_at, Session.ends_at, Session.zone,
               func.coalesce(Session.mode, Event.mode), func.coalesce(credit.c.training, 0), func.coalesce(credit.c.rsc, 0))
        .join(Event, Event.id == Session.event_id).join(Seat, Seat.session_id == Session.id)
        .join(Registration, Registration.id == Seat.registration_id).outerjoin(credit, credit.c.session_id == Session.id)
        .where(Registration.person_id.in_(person_ids), Registration.state.in_(ACTIVE), Seat.state != "released",
               Session.status == "scheduled", Session.ends_at > now)
        .order_by(Session.starts_at, Session.id).limit(most))
    return [Ahead(*row) for row in rows]


def clashes(booked: Sequence[Ahead]) -> list[tuple[Ahead, Ahead]]:
    """Pairs of sessions that overlap in time, the earlier first; one that ends when the other starts does not clash."""
    found: list[tuple[Ahead, Ahead]] = []
    running: list[Ahead] = []
    for one in sorted(booked, key=lambda session: (session.starts_at, session.session_id)):
        running = [other for other in running if other.ends_at > one.starts_at]
        found += [(other, one) for other in running if other.session_id != one.session_id]
        running.append(one)
    return found
