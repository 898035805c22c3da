"""The derived columns of an event, so that lists and filters read one table: dates, hours, areas, tags, search text.

`training_minutes` and `rsc_minutes` are the most one attendee can be awarded: the ungrouped sessions, the best session of
each block, one group; sessions of an included event on the included dates counted in, there too one per block. The two
price columns belong to `registration.offers`, which knows prices.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, or_, select

from webapp.catalog import areas
from webapp.catalog.models import (
    CreditArea,
    CreditTag,
    Event,
    EventFacet,
    EventInclusion,
    Presenter,
    Session,
    SessionCredit,
    SessionPresenter,
    Venue,
)
from webapp.core import text
from webapp.core.db import db


@dataclass
class Meeting:
    """What the summary needs of one session."""

    event_id: int
    block_id: int | None
    group_id: int | None
    status: str
    day: str
    starts_at: datetime
    ends_at: datetime
    minutes: dict[str, int] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)


def refresh(event_id: int) -> None:
    """Derives the summary and the facets of an event anew, then of the events that include it. Nine statements for each."""
    db.session.flush()
    event = db.session.get_one(Event, event_id)
    inclusions = db.session.scalars(select(EventInclusion).where(
        or_(EventInclusion.event_id == event_id, EventInclusion.included_id == event_id))).all()
    inner = {one.included_id: frozenset(one.dates) for one in inclusions if one.event_id == event_id}
    meetings = _meetings([event_id, *inner])
    own = [one for one in meetings if one.event_id == event_id and (one.status == "scheduled" or event.status == "cancelled")]
    countable = own + [one for one in meetings if one.status == "scheduled" and one.day in inner.get(one.event_id, ())]
    _dates_and_hours(event, own, countable)
    found = _facets(event, countable)
    venue = db.session.get(Venue, event.venue_id) if event.venue_id else None
    event.city, event.county = (venue.city, venue.county) if venue else ("", "")
    event.search_text = text.searchable(
        event.title, event.summary, event.audience, event.format.replace("_", " "), event.city, event.county,
        " ".join(_presenters(event_id)), " ".join(areas.name(value) for _, value in found))
    db.session.flush()
    for container in inclusions:
        if container.included_id == event_id:
            refresh(container.event_id)


def most(meetings: Iterable[Meeting], minutes: Callable[[Meeting], int]) -> int:
    """The most one attendee can have of `minutes`: everything open to all, the best of each block, the best group."""
    by_group: dict[tuple[int, int | None], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in meetings:
        plan, block = by_group[one.event_id, one.group_id], one.block_id or 0
        plan[block] = max(plan[block], minutes(one)) if block else plan[block] + minutes(one)
    total = 0
    for event_id in {key[0] for key in by_group}:
        common = by_group.get((event_id, None), {})
        groups = [plan for (of, group), plan in by_group.items() if of == event_id and group is not None]
        total += max(_joined(common, plan) for plan in groups or [{}])
    return total


def _joined(common: dict[int, int], group: dict[int, int]) -> int:
    blocks = {block for block in (*common, *group) if block}
    return (common.get(0, 0) + group.get(0, 0)
            + sum(max(common.get(block, 0), group.get(block, 0)) for block in blocks))


def _meetings(event_ids: Sequence[int]) -> list[Meeting]:
    found = {
        row.id: Meeting(row.event_id, row.block_id, row.group_id, row.status, row.wall_start[:10], row.starts_at, row.ends_at)
        for row in db.session.execute(
            select(Session.id, Session.event_id, Session.block_id, Session.group_id, Session.status, Session.wall_start,
                   Session.starts_at, Session.ends_at).where(Session.event_id.in_(event_ids)))
    }
    # By the ids just read, not by a subselect: freshly loaded tables have no statistics, and PostgreSQL then plans a nested scan.
    by_id = {row.id: row for row in db.session.execute(
        select(SessionCredit.id, SessionCredit.session_id, SessionCredit.kind, SessionCredit.minutes)
        .where(SessionCredit.session_id.in_(list(found))))}
    mine = list(by_id)
    for credit in by_id.values():
        found[credit.session_id].minutes[credit.kind] = credit.minutes
    for area in db.session.execute(select(CreditArea.credit_id, CreditArea.area).where(CreditArea.credit_id.in_(mine))):
        credit = by_id[area.credit_id]
        touched = found[credit.session_id].areas
        touched[area.area] = touched.get(area.area, 0) + credit.minutes
    for tag in db.session.execute(select(CreditTag.credit_id, CreditTag.tag, CreditTag.minutes).where(CreditTag.credit_id.in_(mine))):
        carried = found[by_id[tag.credit_id].session_id].tags
        carried[tag.tag] = carried.get(tag.tag, 0) + tag.minutes
    return list(found.values())


def _dates_and_hours(event: Event, own: Sequence[Meeting], countable: Sequence[Meeting]) -> None:
    event.starts_at = min((one.starts_at for one in own), default=None)
    event.ends_at = max((one.ends_at for one in own), default=None)
    groups = {one.group_id for one in own if one.group_id is not None}
    event.session_count = sum(one.group_id is None for one in own) + max(
        (sum(one.group_id == group for one in own) for group in groups), default=0)
    event.training_minutes = most(countable, lambda one: one.minutes.get("training", 0))
    event.rsc_minutes = most(countable, lambda one: one.minutes.get("rsc", 0))


def _facets(event: Event, countable: Sequence[Meeting]) -> dict[tuple[str, str], int]:
    """Writes the facets; returns minutes by (kind, value), areas with the most minutes first."""
    codes = {code for one in countable for code in one.areas}
    tags = {tag for one in countable for tag in one.tags}
    in_areas = {code: most(countable, lambda one, code=code: one.areas.get(code, 0)) for code in codes}  # type: ignore[misc]
    in_tags = {tag: most(countable, lambda one, tag=tag: one.tags.get(tag, 0)) for tag in tags}  # type: ignore[misc]
    event.areas = sorted(in_areas, key=lambda code: (-in_areas[code], code))
    event.tags = sorted(in_tags)
    found = {("area", code): in_areas[code] for code in event.areas} | {("tag", tag): in_tags[tag] for tag in event.tags}
    db.session.execute(delete(EventFacet).where(EventFacet.event_id == event.id))
    if found:
        db.session.execute(insert(EventFacet), [
            {"event_id": event.id, "kind": kind, "value": value, "minutes": minutes} for (kind, value), minutes in found.items()])
    return found


def _presenters(event_id: int) -> Iterable[str]:
    return db.session.scalars(
        select(Presenter.name).distinct().join(SessionPresenter, SessionPresenter.presenter_id == Presenter.id)
        .join(Session, Session.id == SessionPresenter.session_id).where(Session.event_id == event_id).order_by(Presenter.name))
