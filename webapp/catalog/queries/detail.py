"""One event as its page shows it: the event, its sessions with all that hangs on them, what it contains. Six statements."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from webapp.catalog.models import (
    Block,
    CreditArea,
    Event,
    EventFacet,
    EventInclusion,
    Group,
    Organization,
    Pool,
    Presenter,
    Programme,
    Room,
    Session,
    SessionBreak,
    SessionCredit,
    SessionPresenter,
    Track,
    Venue,
)
from webapp.core.db import db

SLUG = re.compile(r"[\w-]{1,100}")  # what an address may be at all: PostgreSQL refuses to look for a NUL


@dataclass
class Meeting:
    """A session with its breaks (offset, minutes), credit (kind -> minutes), areas and presenters (their ids)."""

    row: Any
    breaks: list[tuple[int, int]] = field(default_factory=list)
    credits: dict[str, int] = field(default_factory=dict)
    areas: list[str] = field(default_factory=list)
    presenters: list[int] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        """What full attendance counts, all kinds together."""
        return sum(self.credits.values())


@dataclass(frozen=True)
class Detail:
    """Everything public about an event but prices. `presenters` by id, in the order of their first session."""

    event: Any
    meetings: Sequence[Meeting]
    presenters: dict[int, Any]
    included: Sequence[Any]


def of(slug: str) -> Detail | None:
    """The event at this address, drafts too (the caller decides who sees one); None when there is none."""
    event = db.session.execute(_EVENT, {"slug": slug}).first() if SLUG.fullmatch(slug) else None
    if event is None:
        return None
    wanted = {"event": event.id}
    meetings = {row.id: Meeting(row) for row in db.session.execute(_SESSIONS, wanted)}
    for session_id, offset, minutes in db.session.execute(_BREAKS, wanted):
        meetings[session_id].breaks.append((offset, minutes))
    _add_credits(meetings, db.session.execute(_CREDITS, wanted))
    presenters: dict[int, Any] = {}
    for row in db.session.execute(_PRESENTERS, wanted):
        meetings[row.session_id].presenters.append(row.id)
        presenters.setdefault(row.id, row)
    return Detail(event, list(meetings.values()), presenters, db.session.execute(_INCLUDED, wanted).all())


def groups(event_id: int) -> Sequence[Any]:
    """The groups of a cohort with the names of those who lead them. One statement."""
    return db.session.execute(_GROUPS, {"event": event_id}).all()


def session_seats(event_id: int) -> dict[int, tuple[int, int]]:
    """(capacity, taken) of the event's sessions that have a limit of their own. One statement."""
    return {row.id: (row.capacity, row.taken) for row in db.session.execute(_SEATS, {"event": event_id})}


def shared(slug: str) -> Any:
    """What the share image shows of a public event."""
    return db.session.execute(_SHARED, {"slug": slug}).first() if SLUG.fullmatch(slug) else None


def _add_credits(meetings: dict[int, Meeting], rows: Iterable[Any]) -> None:
    areas: dict[int, dict[str, None]] = defaultdict(dict)
    for session_id, kind, minutes, area in rows:
        meetings[session_id].credits[kind] = minutes
        if area is not None:
            areas[session_id][area] = None
    for session_id, found in areas.items():
        meetings[session_id].areas = list(found)


def _of_tag(tag: str) -> Any:
    """The most minutes that carry the tag, as a column of the event."""
    return (select(EventFacet.minutes).where(EventFacet.event_id == Event.id, EventFacet.kind == "tag", EventFacet.value == tag)
            .scalar_subquery().label(f"{tag.lower()}_minutes"))


_event_id: Any = bindparam("event")
_leader = aliased(Presenter)

# Built once: they run for every reader.
_EVENT = (
    select(Event.id, Event.slug, Event.kind, Event.format, Event.status, Event.organization_id, Event.title, Event.summary,
           Event.description, Event.objectives, Event.prerequisites, Event.audience, Event.access_contact, Event.accommodations,
           Event.zone, Event.mode, Event.platform, Event.link_opens_minutes, Event.sign_up, Event.opens_at, Event.closes_at,
           Event.breakouts_change_until, Event.attendance_rule, Event.facts, Event.changed_at, Event.cancel_reason, Event.starts_at,
           Event.ends_at, Event.session_count, Event.training_minutes, Event.rsc_minutes, Event.price_from_cents, Event.price_to_cents,
           Event.areas, Event.tags, Organization.name.label("organization"), Programme.name.label("programme"),
           Venue.name.label("venue"), Venue.street, Venue.city, Venue.region, Venue.postcode, Venue.latitude, Venue.longitude,
           Venue.access_notes, _of_tag("DEI"), _of_tag("RSCP"))
    .join(Organization, Organization.id == Event.organization_id).outerjoin(Programme, Programme.id == Event.programme_id)
    .outerjoin(Venue, Venue.id == Event.venue_id).where(Event.slug == bindparam("slug"))
)
_SESSIONS = (
    select(Session.id, Session.title, Session.description, Session.status, Session.mode, Session.zone, Session.wall_start,
           Session.wall_end, Session.starts_at, Session.ends_at, Session.block_id, Session.group_id, Block.name.label("block"),
           Block.add_on_only, Track.name.label("track"), Room.name.label("room"), Room.position.label("room_position"),
           Group.name.label("group"))
    .outerjoin(Block, Block.id == Session.block_id).outerjoin(Track, Track.id == Session.track_id)
    .outerjoin(Room, Room.id == Session.room_id).outerjoin(Group, Group.id == Session.group_id)
    .where(Session.event_id == _event_id).order_by(Session.starts_at, Session.position, Session.id)
)
_BREAKS = (
    select(SessionBreak.session_id, SessionBreak.offset_minutes, SessionBreak.minutes).join(Session, Session.id == SessionBreak.session_id)
    .where(Session.event_id == _event_id).order_by(SessionBreak.offset_minutes)
)
_CREDITS = (
    select(SessionCredit.session_id, SessionCredit.kind, SessionCredit.minutes, CreditArea.area)
    .join(Session, Session.id == SessionCredit.session_id).outerjoin(CreditArea, CreditArea.credit_id == SessionCredit.id)
    .where(Session.event_id == _event_id).order_by(SessionCredit.kind.desc(), CreditArea.position, CreditArea.area)
)
_PRESENTERS = (
    select(SessionPresenter.session_id, Presenter.id, Presenter.name, Presenter.credentials, Presenter.bio)
    .join(Presenter, Presenter.id == SessionPresenter.presenter_id).join(Session, Session.id == SessionPresenter.session_id)
    .where(Session.event_id == _event_id, Session.status == "scheduled").order_by(Session.starts_at, SessionPresenter.position)
)
_INCLUDED = (
    select(EventInclusion.dates, EventInclusion.note, Event.slug, Event.title, Event.zone, Event.status)
    .join(Event, Event.id == EventInclusion.included_id).where(EventInclusion.event_id == _event_id).order_by(Event.starts_at)
)
_GROUPS = (
    select(Group.name, Group.size, _leader.name.label("leader"), _leader.credentials)
    .outerjoin(_leader, _leader.id == Group.leader_id).where(Group.event_id == _event_id).order_by(Group.position, Group.name)
)
_SEATS = (
    select(Session.id, Pool.capacity, (Pool.taken + Pool.kept).label("taken")).join(Pool, Pool.id == Session.pool_id)
    .where(Session.event_id == _event_id, Pool.capacity.is_not(None))
)
_SHARED = (
    select(Event.title, Event.slug, Event.starts_at, Event.ends_at, Event.zone, Event.city, Event.mode, Event.kind, Event.status,
           Event.training_minutes, Event.rsc_minutes, Event.changed_at)
    .where(Event.slug == bindparam("slug"), Event.status != "draft")
)
