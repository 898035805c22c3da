"""Cancellation policies for the staff's pages: each with its newest edition, and the events that use it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from webapp.catalog.models import CancellationPolicy, Event
from webapp.core.db import db

MOST = 200
NAMED = 3  # events named in the list


def listed() -> Sequence[Any]:
    """The newest edition of each policy, by name."""
    newest = select(func.max(CancellationPolicy.id)).group_by(CancellationPolicy.code)
    return db.session.execute(
        select(CancellationPolicy.code, CancellationPolicy.edition, CancellationPolicy.name, CancellationPolicy.sentence)
        .where(CancellationPolicy.id.in_(newest)).order_by(CancellationPolicy.name, CancellationPolicy.code).limit(MOST)).all()


def uses() -> dict[str, list[Any]]:
    """By code: at most three events that use an edition of it, the latest first, each with how many there are in all."""
    code, latest = CancellationPolicy.code, (Event.starts_at.desc(), Event.id.desc())
    ranked = (select(code, Event.title, func.count().over(partition_by=code).label("number"),
                     func.row_number().over(partition_by=code, order_by=latest).label("rank"))
              .join(Event, Event.cancellation_policy_id == CancellationPolicy.id).subquery())
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(select(ranked).where(ranked.c.rank <= NAMED).order_by(ranked.c.code, ranked.c.rank)):
        found.setdefault(row.code, []).append(row)
    return found


def editions(code: str) -> Sequence[Any]:
    """All editions of a policy, the newest first, each with its number of events."""
    return db.session.execute(
        select(CancellationPolicy.id, CancellationPolicy.code, CancellationPolicy.edition, CancellationPolicy.name,
               CancellationPolicy.sentence, CancellationPolicy.rules, CancellationPolicy.valid_from, func.count(Event.id).label("events"))
        .outerjoin(Event, Event.cancellation_policy_id == CancellationPolicy.id).where(CancellationPolicy.code == code)
        .group_by(CancellationPolicy.id).order_by(CancellationPolicy.edition.desc()).limit(MOST)).all()


def events(code: str) -> Sequence[Any]:
    """The events under any edition of it, the latest first."""
    return db.session.execute(
        select(Event.slug, Event.title, Event.starts_at, Event.zone, CancellationPolicy.edition)
        .join(CancellationPolicy, CancellationPolicy.id == Event.cancellation_policy_id).where(CancellationPolicy.code == code)
        .order_by(Event.starts_at.desc(), Event.id.desc()).limit(MOST)).all()
