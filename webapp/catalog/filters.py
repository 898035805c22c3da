"""The catalog's filters: from query words to a selection of events. What means nothing is left out and said."""

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.catalog import areas
from webapp.catalog.models import KINDS, MODES, CreditArea, CreditTag, Event, EventFacet, Pool, Session, SessionCredit
from webapp.core import times
from webapp.core.errors import Unacceptable
from webapp.core.text import clean, searchable

KIND_WORDS = {
    "workshop": "Workshops and series", "conference": "Conferences", "capstone": "Cohorts", "rsc_group": "Consultation groups",
    "awareness": "Gatherings", "info_session": "Information sessions",
}
MODE_WORDS = {"in_person": "In person", "online": "Online", "hybrid": "In person and online"}
TAG_WORDS = {"DEI": "Diversity, equity and inclusion", "RSCP": "About providing reflective supervision",
             "AGE_0_3": "Pregnancy to age 3", "AGE_3_6": "Ages 3 to 6", "RSC": "Reflective supervision/consultation hours"}
AGES = {"0-3": "AGE_0_3", "3-6": "AGE_3_6"}
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
SHOWN = ("published", "closed", "cancelled")  # statuses of events that are public; a draft becomes one only by being published
MOST_HOURS, MOST_PAGES = 500, 10_000
YEARS = range(1990, 2200)


@dataclass(frozen=True)
class Filters:
    """What a person looks for. Empty is everything to come. `ignored` names the query words that meant nothing."""

    q: str = ""
    kind: str = ""
    from_on: date | None = None
    to_on: date | None = None
    mode: str = ""
    area: str = ""
    tag: str = ""
    near: str = ""
    hours_min: int = 0
    age: str = ""
    open: bool = False
    free: bool = False
    page: int = 1
    ignored: tuple[str, ...] = field(default=())


class _Reader:
    """Reads query words one by one and remembers those that meant nothing."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        self.ignored: list[str] = []

    def text(self, name: str) -> str:
        try:
            return clean(self.words.get(name, ""), limit=80)
        except Unacceptable:
            self.ignored.append(name)
            return ""

    def one_of(self, name: str, allowed: Container[str]) -> str:
        value = self.text(name)
        return value if not value or value in allowed else self._ignore(name)

    def area(self, name: str) -> str:
        value = self.text(name).upper()
        return value if not value or value in areas.by_code() else self._ignore(name)

    def day(self, name: str) -> date | None:
        value = self.text(name)
        try:
            found = date.fromisoformat(value) if value else None
        except ValueError:
            found = date.min
        if found is None or found.year in YEARS:
            return found
        self._ignore(name)
        return None

    def number(self, name: str, most: int) -> int:
        value = self.text(name)
        if value and not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) <= most):
            self._ignore(name)
            return 0
        return int(value or 0)

    def yes(self, name: str) -> bool:
        value = self.text(name).lower()
        if value and value not in YES + NO:
            self._ignore(name)
        return value in YES

    def _ignore(self, name: str) -> str:
        self.ignored.append(name)
        return ""


def parse(words: dict[str, str]) -> Filters:
    """The filters of an address's query words (contract: addresses). Never refuses: what it cannot read it leaves out, by name."""
    if not words:
        return Filters()
    read = _Reader(words)
    wanted = Filters(
        q=read.text("q"), kind=read.one_of("kind", KINDS), from_on=read.day("from"), to_on=read.day("to"),
        mode=read.one_of("mode", MODES), area=read.area("area"), tag=read.one_of("tag", TAG_WORDS), near=read.text("near"),
        hours_min=read.number("hours_min", MOST_HOURS), age=read.one_of("age", AGES), open=read.yes("open"),
        free=read.yes("free"), page=read.number("page", MOST_PAGES) or 1,
    )
    if wanted.from_on and wanted.to_on and wanted.to_on < wanted.from_on:
        wanted = replace(wanted, to_on=None)
        read.ignored.append("to")
    return replace(wanted, ignored=tuple(dict.fromkeys(read.ignored)))


_FACETS = {"kind", "mode", "area", "tag", "age", "free"}


def named(wanted: Filters) -> list[tuple[str, str]]:
    """The filters in use as pairs of their query word and what they ask for, in words."""
    found = [
        ("q", f"\u201c{wanted.q}\u201d" if wanted.q else ""), ("kind", KIND_WORDS.get(wanted.kind, "")),
        ("mode", MODE_WORDS.get(wanted.mode, "")), ("area", f"{wanted.area} {areas.name(wanted.area)}" if wanted.area else ""),
        ("tag", TAG_WORDS.get(wanted.tag, "")), ("near", f"near {wanted.near}" if wanted.near else ""),
        ("hours_min", f"{wanted.hours_min} hours or more" if wanted.hours_min else ""),
        ("age", f"ages {wanted.age.replace('-', ' to ')}" if wanted.age else ""), ("open", "places left" if wanted.open else ""),
        ("free", "free" if wanted.free else ""), ("from", f"from {times.date_words(wanted.from_on)}" if wanted.from_on else ""),
        ("to", f"to {times.date_words(wanted.to_on)}" if wanted.to_on else ""),
    ]
    return [(name, words) for name, words in found if words]


def words(wanted: Filters) -> str:
    """The filters in a few words, for a title; '' when there are none."""
    return ", ".join(part for _, part in named(wanted))


def name(wanted: Filters) -> str:
    """A name for filters of which there are few and whose events only the catalog decides: one or two facets. '' for others."""
    chosen = {part for part, _ in named(wanted)}
    if not chosen or len(chosen) > 2 or not chosen <= _FACETS:
        return ""
    return "&".join(f"{part}={getattr(wanted, part)}" for part in sorted(chosen))


def matching(wanted: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """The SQL conditions of everything but the dates, on events that are public."""
    return [*_about(wanted, now), *_counts(wanted)]


def _about(wanted: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Event.status.in_(SHOWN)]
    found += [Event.search_text.contains(word, autoescape=True) for word in searchable(wanted.q).split()[:8]]
    if wanted.kind:
        found.append(Event.kind == wanted.kind)
    if wanted.mode:
        found.append(Event.mode.in_((wanted.mode, "hybrid")))
    if wanted.near:
        place = wanted.near.lower()
        found.append(or_(*(func.lower(column).contains(place, autoescape=True) for column in (Event.county, Event.city))))
    if wanted.free:
        found.append(Event.price_to_cents == 0)
    if wanted.open:
        found.append(_has_places(now))
    return found


def _counts(wanted: Filters) -> list[ColumnElement[bool]]:
    """What attending the event counts for."""
    found = [Event.training_minutes + Event.rsc_minutes >= wanted.hours_min * 60] if wanted.hours_min else []
    if wanted.tag == "RSC":
        found.append(Event.rsc_minutes > 0)
    return found + [_has(kind, value) for kind, value in _facets(wanted)]


def _counted(wanted: Filters) -> list[ColumnElement[bool]]:
    """What its sessions counted for with those that were cancelled: whose calendar holds them must see that they are off."""
    planned = select(func.sum(SessionCredit.minutes)).join(Session, Session.id == SessionCredit.session_id).where(
        Session.event_id == Event.id).scalar_subquery()
    found = [planned >= wanted.hours_min * 60] if wanted.hours_min else []
    if wanted.tag == "RSC":
        found.append(_counted_as(SessionCredit.kind == "rsc"))
    of_credit = {"area": (CreditArea.credit_id, CreditArea.area), "tag": (CreditTag.credit_id, CreditTag.tag)}
    return found + [_counted_as(SessionCredit.id.in_(select(of_credit[kind][0]).where(of_credit[kind][1] == value)))
                    for kind, value in _facets(wanted)]


def _counted_as(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(SessionCredit.session_id == Session.id, Session.event_id == Event.id, which)


def _facets(wanted: Filters) -> list[tuple[str, str]]:
    asked = [("area", wanted.area), ("tag", "" if wanted.tag == "RSC" else wanted.tag), ("tag", AGES.get(wanted.age, ""))]
    return [(kind, value) for kind, value in asked if value]


def conditions(wanted: Filters, now: datetime, zone: str = "UTC") -> list[ColumnElement[bool]]:
    """The SQL conditions, dates (days of `zone`) counted in. Without dates: events that have not ended."""
    return [*matching(wanted, now), *_between(wanted, now, zone, Event)]


def event_ids(wanted: Filters, now: datetime, zone: str = "UTC") -> Select[int]:
    """The ids of matching events, for feeds: the last 90 days belong to a calendar too, and so do sessions that were cancelled.

    An event's own dates and hours are those of its sessions that take place: one that lost its last session has none.
    """
    since = now - timedelta(days=90) if wanted.from_on is None else now
    off = exists().where(Session.event_id == Event.id, Session.status == "cancelled", *_between(wanted, since, zone, Session))
    takes_place = and_(*_counts(wanted), *_between(wanted, since, zone, Event))
    return select(Event.id).where(*_about(wanted, since), or_(takes_place, and_(off, *_counted(wanted))))


def _between(wanted: Filters, now: datetime, zone: str, of: type[Event] | type[Session]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [of.ends_at >= (now if wanted.from_on is None else midnight(wanted.from_on, zone))]
    if wanted.to_on is not None:
        found.append(of.starts_at < after(wanted.to_on, zone))
    return found


def midnight(day: date, zone: str) -> datetime:
    """The instant a calendar day of the zone begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def after(day: date, zone: str) -> datetime:
    """The instant a calendar day of the zone is over."""
    return midnight(day + timedelta(days=1), zone)


def _has(kind: str, value: str) -> ColumnElement[bool]:
    facet = aliased(EventFacet)
    return exists().where(and_(facet.event_id == Event.id, facet.kind == kind, facet.value == value))


def _has_places(now: datetime) -> ColumnElement[bool]:
    """A place can still be had: registration has not ended (by its date, else by the start) and the event is not full."""
    pool = aliased(Pool)
    return and_(
        Event.status == "published", Event.sign_up.in_(("open", "application")), func.coalesce(Event.closes_at, Event.starts_at) > now,
        exists().where(and_(pool.id == Event.pool_id, or_(pool.capacity.is_(None), pool.taken + pool.kept < pool.capacity))),
    )
