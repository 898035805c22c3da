"""What an event will count for, before anybody pays: hours by kind, areas (new for me, or had already), tags."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import bindparam, select

from webapp.accounts import people
from webapp.catalog import areas
from webapp.catalog.models import Event, EventFacet
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.planning import reach

State = Literal["new", "recorded", "booked", "unknown"]


@dataclass(frozen=True)
class AreaCount:
    """An area of the event. `state`: `new` for this person, `recorded` or `booked` already; `unknown` for a guest.

    `minutes` are the most this event gives in the area; `mine` what she has recorded, or has booked when nothing is recorded.
    """

    code: str
    name: str
    minutes: int
    state: State
    mine: int = 0


@dataclass(frozen=True)
class TagCount:
    """A tag and the most minutes of the event that carry it."""

    code: str
    name: str
    minutes: int


@dataclass(frozen=True)
class Counts:
    """The most one attendee can be awarded, in minutes; training and reflective supervision apart."""

    training_minutes: int
    rsc_minutes: int
    areas: tuple[AreaCount, ...] = ()
    tags: tuple[TagCount, ...] = ()

    @property
    def counts_for_nothing(self) -> bool:
        """Whether it awards no hours of either kind."""
        return not self.training_minutes and not self.rsc_minutes

    @property
    def new_areas(self) -> tuple[AreaCount, ...]:
        """The areas in which the person has nothing recorded and nothing booked."""
        return tuple(area for area in self.areas if area.state == "new")


def what_counts(event_id: int, person_id: int | None = None, *, family: frozenset[int] | None = None) -> Counts:
    """What the event counts for in full attendance, areas with the most minutes first. With a person, each area says whether
    it is new for her. Two statements for a guest, six for a person, four when the caller knows the ids of her `family`; NotFound
    when there is no such event.
    """
    event = db.session.execute(_EVENT, {"event": event_id}).one_or_none()
    if event is None:
        raise NotFound
    facets = db.session.execute(_FACETS, {"event": event_id}).all()
    mine = _Mine(family if family is not None or person_id is None else people.family_ids(person_id))
    return Counts(
        event.training_minutes, event.rsc_minutes,
        tuple(mine.area(row.value, row.minutes) for row in facets if row.kind == "area"),
        tuple(TagCount(row.value, areas.tags().get(row.value, row.value), row.minutes) for row in facets if row.kind == "tag"))


class _Mine:
    """What a person has already, by area; a guest has nothing that is known."""

    def __init__(self, family: frozenset[int] | None) -> None:
        self.known = family is not None
        self.recorded = reach.recorded(family) if family else {}
        self.booked = reach.booked(family, clock.now()) if family else {}

    def area(self, code: str, minutes: int) -> AreaCount:
        state: State = "new" if self.known else "unknown"
        mine = 0
        if code in self.recorded:
            state, mine = "recorded", self.recorded[code]
        elif code in self.booked:
            state, mine = "booked", self.booked[code].minutes
        return AreaCount(code, areas.name(code), minutes, state, mine)


_EVENT = select(Event.training_minutes, Event.rsc_minutes).where(Event.id == bindparam("event"))
_FACETS = (
    select(EventFacet.kind, EventFacet.value, EventFacet.minutes).where(EventFacet.event_id == bindparam("event"))
    .order_by(EventFacet.minutes.desc(), EventFacet.value)
)
