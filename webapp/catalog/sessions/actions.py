"""Adding, changing, removing, cancelling and restoring sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.catalog import fields, pools, summaries
from webapp.catalog.models import Block, Event, Group, Pool, Session, SessionCredit, Track
from webapp.catalog.sessions import content
from webapp.catalog.sessions.calendar import SHOWN, bump
from webapp.catalog.sessions.values import Break, Credit, SessionFields, Timing
from webapp.core import audit, clock, tokens
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal, Unacceptable

_OF_EVENT: dict[str, type[Block] | type[Track] | type[Group]] = {"block_id": Block, "track_id": Track, "group_id": Group}


class Keep:
    """The default of what `update` leaves as it is (None means something for some of them)."""


KEEP = Keep()


def add(
    event_id: int, *, actor_id: int | None, start: datetime, end: datetime, fold: int | None = None, zone: str = "",
    breaks: Sequence[Break] = (), no_breaks: bool = False, credits: Sequence[Credit] = (),
    presenter_ids: Sequence[int] = (), capacity: int | None = None, **values: Unpack[SessionFields],
) -> Session:
    """A new session from its wall-clock times (naive) in the event's zone, or its own. Places registered people in it: nobody."""
    event = db.session.get_one(Event, event_id)
    timing = Timing(start, end, zone or event.zone, fold)
    session = insert(event, timing, breaks=breaks, no_breaks=no_breaks, credits=credits,
                     presenter_ids=presenter_ids, capacity=capacity, **values)
    audit.record("session.added", f"event:{event_id}", actor_id=actor_id,
                 after={"session": session.id, "title": session.title, "start": session.wall_start})
    summaries.refresh(event_id)
    return session


def insert(
    event: Event, timing: Timing, *, breaks: Sequence[Break] = (), no_breaks: bool = False, credits: Sequence[Credit] = (),
    presenter_ids: Sequence[int] = (), capacity: int | None = None, **values: Unpack[SessionFields],
) -> Session:
    """`add` without history and summary, for callers that add many and do both once (import, duplicate)."""
    columns = _columns(event.id, values)
    if not columns.get("title"):
        raise Unacceptable("Give the session a title.", field="title")
    session = Session(event_id=event.id, ical_uid=tokens.uid(), changed_at=clock.now(), no_breaks=no_breaks,
                      **columns, **timing.columns())
    content.check(session, breaks, credits)
    if capacity is not None:
        session.pool_id = pools.make(capacity, session.title).id
    session.breaks = content.break_rows(breaks)
    session.credits = [content.credit_row(one) for one in credits]
    session.presenters = content.presenter_rows(presenter_ids)
    db.session.add(session)
    db.session.flush()
    return session


def update(
    session_id: int, *, actor_id: int | None, reason: str = "", start: datetime | None = None, end: datetime | None = None,
    fold: int | None = None, zone: str = "", breaks: Sequence[Break] | None = None, no_breaks: bool | None = None,
    credits: Sequence[Credit] | None = None, presenter_ids: Sequence[int] | None = None, capacity: int | Keep | None = KEEP,
    **values: Unpack[SessionFields],
) -> Session:
    """Changes what is given. Breaks move with the start. Raises SEQUENCE exactly as the package's docstring says.

    A capacity below what is taken is refused with the number. A first limit while people are registered is
    `registration.offers.limit_session`'s, which counts them in.
    """
    session = get(session_id, lock=True)
    columns = _columns(session.event_id, values)
    if start or end or zone:
        columns |= Timing(start or datetime.fromisoformat(session.wall_start), end or datetime.fromisoformat(session.wall_end),
                          zone or session.zone, fold if fold is not None else session.fold or None).columns()
    if no_breaks is not None or breaks is not None:
        columns["no_breaks"] = bool(no_breaks)
    differences = fields.changed(session, columns)
    fields.apply(session, differences)
    differences |= content.replace(session, breaks, credits, presenter_ids)
    if not isinstance(capacity, Keep):
        differences.update(_limit(session, capacity))
    if SHOWN & set(differences):
        bump(session)
    if differences:
        _finish(session, "session.changed", actor_id, reason, differences)
    return session


def cancel(session_id: int, *, actor_id: int | None, reason: str) -> Session:
    """The session does not take place; it stays visible as cancelled. Messages: `registration.programme.cancel_session`."""
    return _set_status(session_id, "cancelled", actor_id, reason)


def restore(session_id: int, *, actor_id: int | None, reason: str = "") -> Session:
    """The session takes place after all."""
    return _set_status(session_id, "scheduled", actor_id, reason)


def remove(session_id: int, *, actor_id: int | None) -> None:
    """Takes a session out of a draft. One that was ever public is cancelled instead, so that calendars learn of it."""
    session = get(session_id, lock=True)
    event = db.session.get_one(Event, session.event_id)
    if event.published_at is not None:
        raise Refusal("This session has been public, so calendars may hold it.", way_out="Cancel it instead.", code="was_public")
    pool = db.session.get(Pool, session.pool_id) if session.pool_id else None
    db.session.delete(session)
    db.session.flush()
    if pool is not None:
        db.session.delete(pool)
    audit.record("session.removed", f"event:{event.id}", actor_id=actor_id, before={"title": session.title})
    summaries.refresh(event.id)


def get(session_id: int, *, lock: bool = False) -> Session:
    """The session with its breaks, presenters and credit; NotFound when there is none. Its lock lets seats be written meanwhile."""
    wanted = select(Session).filter_by(id=session_id).options(
        selectinload(Session.breaks), selectinload(Session.presenters),
        selectinload(Session.credits).options(selectinload(SessionCredit.areas), selectinload(SessionCredit.tags)))
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("There is no such session.")
    return found


def _columns(event_id: int, values: SessionFields) -> dict[str, Any]:
    fields.refuse_unknown(values, frozenset(SessionFields.__annotations__))
    columns = fields.cleaned(Session, values)
    for name, model in _OF_EVENT.items():
        if columns.get(name) is not None:
            owner = db.session.scalar(select(model.event_id).where(model.id == columns[name]))
            if owner != event_id:
                raise NotFound("That block, track or group belongs to another event.")
    return columns


def _limit(session: Session, capacity: int | None) -> dict[str, tuple[Any, Any]]:
    event = db.session.get_one(Event, session.event_id, with_for_update={"key_share": True})  # the event is locked before its pools
    if session.pool_id is not None:
        before, after = pools.resize(session.pool_id, capacity)
        return {"capacity": (before, after)} if before != after else {}
    if capacity is None:
        return {}
    if pools.used(event.pool_id):
        raise Refusal("People are registered already, and a first limit has to count them in.", field="capacity", code="count_in")
    session.pool_id = pools.make(capacity, session.title).id
    return {"capacity": (None, capacity)}


def _set_status(session_id: int, status: str, actor_id: int | None, reason: str) -> Session:
    session = get(session_id, lock=True)
    if session.status == status:
        raise Refusal(f"This session is {status} already.", code="already_done")
    differences = {"status": (session.status, status)}
    session.status = status
    bump(session)
    _finish(session, f"session.{status}", actor_id, reason, differences)
    return session


def _finish(session: Session, action: str, actor_id: int | None, reason: str, differences: dict[str, tuple[Any, Any]]) -> None:
    before, after = fields.history(differences)
    audit.record(action, f"event:{session.event_id}", actor_id=actor_id, reason=reason,
                 before={"session": session.id} | before, after={"session": session.id} | after)
    db.session.get_one(Event, session.event_id).changed_at = clock.now()
    summaries.refresh(session.event_id)
