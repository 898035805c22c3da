"""The season as staff see it: the events of a selection, how full each is and who waits. Fixed numbers of statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from webapp.catalog.models import KINDS, Event, Pool
from webapp.core.db import db
from webapp.core.text import searchable
from webapp.registration.models import Application, Registration

PAGE = 50
TABS = ("coming", "drafts", "past", "all")
UNDECIDED = ("submitted", "reviewing", "lapsed")
NEARLY_DUE = timedelta(days=42)


@dataclass(frozen=True)
class Filters:
    """What part of the season is shown."""

    tab: str = "coming"
    q: str = ""
    kind: str = ""


def listing(scope: ColumnElement[bool], filters: Filters, now: datetime, offset: int = 0) -> list[Any]:
    """Rows of events with their places and the applications nobody has decided. One statement, fifty at a time."""
    waiting = (select(func.count()).where(Application.event_id == Event.id, Application.state.in_(UNDECIDED)).scalar_subquery())
    order = (Event.starts_at.desc(), Event.id.desc()) if filters.tab in ("past", "all") else (Event.starts_at, Event.id)
    return list(db.session.execute(
        select(Event.id, Event.slug, Event.title, Event.kind, Event.format, Event.status, Event.zone, Event.starts_at, Event.ends_at,
               Event.city, Event.organization_id, Event.sign_up, Pool.capacity, Pool.taken, Pool.aside,
               waiting.label("waiting"))
        .join(Pool, Pool.id == Event.pool_id).where(scope, _tab(filters.tab, now), *_narrowed(filters))
        .order_by(*order).offset(offset).limit(PAGE)).all())


def counts(scope: ColumnElement[bool], filters: Filters, now: datetime) -> dict[str, int]:
    """How many events each tab has under the same search. One statement."""
    row = db.session.execute(
        select(*(func.sum(case((_tab(tab, now), 1), else_=0)).label(tab) for tab in TABS)).where(scope, *_narrowed(filters))).one()
    return {tab: int(getattr(row, tab) or 0) for tab in TABS}


def unpublished(scope: ColumnElement[bool], now: datetime) -> list[Any]:
    """Drafts whose first session is near. One statement."""
    return list(db.session.execute(
        select(Event.slug, Event.title, Event.zone, Event.starts_at)
        .where(scope, Event.status == "draft", Event.starts_at > now, Event.starts_at < now + NEARLY_DUE)
        .order_by(Event.starts_at, Event.id).limit(5)).all())


def undecided(scope: ColumnElement[bool], now: datetime) -> list[Any]:
    """Events with applications to decide or offers that stand: how many, and when the next offer ends. One statement."""
    stands = and_(Application.state == "offered", Application.offer_until > now)
    wait = Application.state.in_(UNDECIDED)
    return list(db.session.execute(
        select(Event.slug, Event.title, Event.zone, func.sum(case((wait, 1), else_=0)).label("waiting"),
               func.sum(case((stands, 1), else_=0)).label("offered"), func.min(case((stands, Application.offer_until))).label("until"))
        .join(Application, Application.event_id == Event.id).where(scope, or_(wait, stands), Event.status != "cancelled")
        .group_by(Event.id, Event.slug, Event.title, Event.zone).order_by(Event.id).limit(10)).all())


def slug_of(subject: str) -> str:
    """The address of the event that a subject of `subjects.of_events` (`order:7`) belongs to. One statement."""
    word, _, number = subject.partition(":")
    key = int(number)
    ours = {"event": Event.id == key, "registration": _through(Registration, Registration.id, key),
            "order": _through(Registration, Registration.order_id, key), "application": _through(Application, Application.id, key)}
    return db.session.scalars(select(Event.slug).where(ours[word]).order_by(Event.id)).first() or ""


def _through(model: type[Registration] | type[Application], column: Any, number: int) -> ColumnElement[bool]:
    return Event.id.in_(select(model.event_id).where(column == number))


def _tab(tab: str, now: datetime) -> ColumnElement[bool]:
    public = Event.status != "draft"
    over = and_(Event.ends_at.is_not(None), Event.ends_at < now)
    return {"coming": and_(public, Event.status != "cancelled", ~over), "drafts": Event.status == "draft",
            "past": and_(public, or_(over, Event.status == "cancelled")), "all": Event.id.is_not(None)}[tab]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    words = searchable(filters.q).split()[:6]
    found: list[ColumnElement[bool]] = [Event.search_text.contains(word, autoescape=True) for word in words]
    if filters.kind in KINDS:
        found.append(Event.kind == filters.kind)
    return found
