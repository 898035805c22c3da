"""Places set aside, for organizers (of an event) and for an agency (its pools of the season). A fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event, Pool
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Registration, RegistrationType
from webapp.registration.setasides.models import SetAside

MOST = 200


def of_event(event_id: int, *, most: int = MOST) -> list[Any]:
    """The set-asides of an event, those that stand first: rows of for whom, how many (`seats` as staff set it, `capacity` as it has now,
    `taken` used), when they return. One statement."""
    return _rows(SetAside.event_id == event_id, most, (SetAside.returned_at.is_not(None), SetAside.id))


def of_agency(agency_id: int, since: datetime, *, most: int = MOST) -> list[Any]:
    """The agency's own pools of seats in events that end after `since` and stand, by date. One statement."""
    return _rows((SetAside.agency_id == agency_id) & or_(Event.ends_at.is_(None), Event.ends_at > since)
                 & Event.status.in_(("published", "closed")), most, (Event.starts_at, Event.id, SetAside.id))


def of_agencies(event_id: int, agency_ids: Collection[int]) -> list[Any]:
    """What these agencies have in one event and was not returned. One statement."""
    theirs = (SetAside.event_id == event_id) & SetAside.agency_id.in_(agency_ids) & SetAside.returned_at.is_(None)
    return _rows(theirs, MOST, (SetAside.id,))


def people_of(event_id: int) -> dict[int, list[str]]:
    """Set-aside id -> who has a place of it, by name; a place without one is "Not yet named". One statement."""
    found = defaultdict(list)
    name = func.trim(func.coalesce(Person.given_name, "") + " " + func.coalesce(Person.family_name, ""))
    for row in db.session.execute(
            select(Registration.set_aside_id, name.label("name")).outerjoin(Person, Person.id == Registration.person_id)
            .where(Registration.event_id == event_id, Registration.set_aside_id.is_not(None), Registration.state.in_(ACTIVE))
            .order_by(Person.family_name, Person.given_name, Registration.id).limit(1000)):
        found[row.set_aside_id].append(row.name or "Not yet named")
    return found


def _rows(which: Any, most: int, order: tuple[Any, ...]) -> list[Any]:
    return list(db.session.execute(
        select(SetAside.id, SetAside.kind, SetAside.label, SetAside.agency_id, Agency.name.label("agency"), SetAside.mode, SetAside.type_id,
               RegistrationType.name.label("type"), SetAside.seats, SetAside.returns_at, SetAside.returned_at, Pool.capacity, Pool.taken,
               Event.title, Event.slug, Event.zone, Event.starts_at, Event.ends_at, Event.session_count)
        .join(Pool, Pool.id == SetAside.pool_id).join(Event, Event.id == SetAside.event_id)
        .outerjoin(Agency, Agency.id == SetAside.agency_id).outerjoin(RegistrationType, RegistrationType.id == SetAside.type_id)
        .where(which).order_by(*order).limit(most)))
