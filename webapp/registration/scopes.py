"""What a code or a fund is for: events and prices named in two tables of its own; with none named, all its organization sells.

One statement reads it for as many as there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, literal, null, select, union_all

from webapp.catalog.models import Event
from webapp.core.db import Base, db
from webapp.core.errors import Unacceptable
from webapp.registration.models import RegistrationType


@dataclass(frozen=True)
class Scope:
    """What one is for, by title. `told`: the names everybody may know, without drafts; `within`: its events and those of its prices."""

    names: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    event_ids: set[int] = field(default_factory=set)
    type_ids: set[int] = field(default_factory=set)
    within: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Tables:
    """Where the events and the prices stand, and the column that says whose they are."""

    events: type[Base]
    types: type[Base]
    owner: str

    def read(self, owner_ids: Collection[int]) -> dict[int, Scope]:
        """Owner id -> what it is for; an empty scope where nothing is named."""
        found: dict[int, Scope] = defaultdict(Scope)
        for row in db.session.execute(self._named(owner_ids)):
            one, name = found[row.owner_id], f"{row.title} ({row.type})" if row.type else row.title
            one.names.append(name)
            one.told.extend([name] if row.status != "draft" else [])
            one.within.add(row.event_id)
            (one.event_ids if row.type_id is None else one.type_ids).add(row.type_id or row.event_id)
        return found

    def write(self, owner_id: int, event_ids: Iterable[int], type_ids: Iterable[int]) -> None:
        """From now on it is for these events and prices, and no others."""
        for rows, column, ids in ((self.events, "event_id", event_ids), (self.types, "type_id", type_ids)):
            db.session.execute(delete(rows).where(rows.__table__.c[self.owner] == owner_id))
            if wanted := set(ids):
                db.session.execute(insert(rows), [{self.owner: owner_id, column: one} for one in wanted])

    def _named(self, owner_ids: Collection[int]) -> Any:
        events, types = self.events.__table__.c, self.types.__table__.c
        what = (Event.id.label("event_id"), Event.title, Event.status)
        return union_all(
            select(events[self.owner].label("owner_id"), *what, null().label("type_id"), literal("").label("type"))
            .join(Event, Event.id == events.event_id).where(events[self.owner].in_(owner_ids)),
            select(types[self.owner], *what, RegistrationType.id, RegistrationType.name)
            .join(RegistrationType, RegistrationType.id == types.type_id).join(Event, Event.id == RegistrationType.event_id)
            .where(types[self.owner].in_(owner_ids))).order_by("title", "type")


def refuse_foreign(organization_id: int, event_ids: Collection[int], type_ids: Collection[int]) -> None:
    """Refuses events and prices that another organization offers."""
    ours = Event.organization_id == organization_id
    _refuse("events", event_ids, select(Event.id).where(ours, Event.id.in_(event_ids)))
    _refuse("types", type_ids, select(RegistrationType.id).join(Event, Event.id == RegistrationType.event_id)
            .where(ours, RegistrationType.id.in_(type_ids)))


def _refuse(field_name: str, ids: Collection[int], known: Any) -> None:
    if set(ids) - set(db.session.scalars(known)):
        raise Unacceptable("Choose from what the organization offers.", field=field_name)


def offered(which: Any) -> list[Any]:
    """Events to choose from with their types that are sold, soonest first: rows of event, title and type."""
    return list(db.session.execute(
        select(Event.id, Event.title, Event.zone, Event.starts_at, Event.organization_id, RegistrationType.id.label("type_id"),
               RegistrationType.name.label("type"))
        .outerjoin(RegistrationType, (RegistrationType.event_id == Event.id) & RegistrationType.retired_at.is_(None))
        .where(which).order_by(Event.starts_at.is_(None), Event.starts_at, Event.id, RegistrationType.position, RegistrationType.id)))
