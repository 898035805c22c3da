"""The list of an event's sessions, by day."""

from itertools import groupby
from typing import Any

from flask import render_template
from sqlalchemy import func, select

from webapp.catalog.models import Block, Group, Pool, Room, Session, SessionBreak, SessionCredit, Track
from webapp.core import times
from webapp.core.db import db
from webapp.registration.models import Seat
from webapp.web import access
from webapp.web.manage.sessions.blueprint import ROLES, pages, the_event
from webapp.web.registering import views


@pages.get("/manage/events/<slug>/sessions")
@access.staff(*ROLES)
def sessions(slug: str) -> str:
    """All sessions, cancelled ones too."""
    event = the_event(slug)
    rows = [_shown(row) for row in _rows(event.id)]
    days = [(day, list(group)) for day, group in groupby(rows, key=lambda row: row["day"])]
    return render_template("manage/sessions.html", event=event, days=days, total=len(rows))


def _rows(event_id: int) -> Any:
    people = select(func.count()).where(Seat.session_id == Session.id, Seat.state == "booked").scalar_subquery()
    breaks = select(func.coalesce(func.sum(SessionBreak.minutes), 0)).where(SessionBreak.session_id == Session.id).scalar_subquery()
    training, rsc = (
        select(SessionCredit.minutes).where(SessionCredit.session_id == Session.id, SessionCredit.kind == kind).scalar_subquery()
        for kind in ("training", "rsc"))
    return db.session.execute(
        select(Session, Room.name.label("room"), Block.name.label("block"), Track.name.label("track"), Group.name.label("group"),
               Pool.capacity, people.label("people"), breaks.label("breaks"), training.label("training"), rsc.label("rsc"))
        .outerjoin(Room, Room.id == Session.room_id).outerjoin(Block, Block.id == Session.block_id)
        .outerjoin(Track, Track.id == Session.track_id).outerjoin(Group, Group.id == Session.group_id)
        .outerjoin(Pool, Pool.id == Session.pool_id).where(Session.event_id == event_id)
        .order_by(Session.starts_at, Session.position, Session.id))


def _shown(row: Any) -> dict[str, Any]:
    session = row.Session
    start, end = times.local(session.starts_at, session.zone), times.local(session.ends_at, session.zone)
    places = [views.block_words(row.block), row.track, row.group, row.room]
    return {
        "id": session.id, "day": times.date_words(start.date()), "title": session.title, "cancelled": session.status == "cancelled",
        "time": f"{times.clock_words(start)} to {times.clock_words(end)} {times.zone_short(session.zone, session.starts_at)}",
        "where": " · ".join(part for part in places if part), "people": row.people, "capacity": row.capacity,
        "hours": [(minutes, kind) for kind, minutes in (("training", row.training), ("reflective", row.rsc)) if minutes],
        "breaks_missing": bool(row.training or row.rsc) and not row.breaks and not session.no_breaks,
    }
