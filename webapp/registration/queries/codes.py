"""Discount codes for staff: the list, what each is for, and its uses with their orders. A fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, literal, select, union_all

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.codes.models import CodeEvent, CodeType, CodeUse, DiscountCode
from webapp.registration.models import Order, Registration, RegistrationType


@dataclass(frozen=True)
class Scope:
    """What a code is for: names, and the events they belong to (those of its types too). Empty: everything."""

    names: list[str] = field(default_factory=list)
    event_ids: set[int] = field(default_factory=set)


def listed() -> list[Any]:
    """All codes, those in use first, by their word."""
    return list(db.session.execute(select(*DiscountCode.__table__.c).order_by(DiscountCode.withdrawn_at.is_not(None), DiscountCode.word)))


def scopes(code_ids: Collection[int]) -> dict[int, Scope]:
    """Code id -> what it is for."""
    found: dict[int, Scope] = defaultdict(Scope)
    statement = union_all(
        select(CodeEvent.code_id, Event.id, Event.title, literal("").label("type"))
        .join(Event, Event.id == CodeEvent.event_id).where(CodeEvent.code_id.in_(code_ids)),
        select(CodeType.code_id, Event.id, Event.title, RegistrationType.name.label("type"))
        .join(RegistrationType, RegistrationType.id == CodeType.type_id).join(Event, Event.id == RegistrationType.event_id)
        .where(CodeType.code_id.in_(code_ids))).order_by("title", "type")
    for row in db.session.execute(statement):
        found[row.code_id].names.append(f"{row.title} ({row.type})" if row.type else row.title)
        found[row.code_id].event_ids.add(row.id)
    return found


def chosen(code_id: int) -> tuple[list[int], list[int]]:
    """The ids of the events and of the types a code is for."""
    return (list(db.session.scalars(select(CodeEvent.event_id).where(CodeEvent.code_id == code_id))),
            list(db.session.scalars(select(CodeType.type_id).where(CodeType.code_id == code_id))))


def offered(which: Any) -> list[Any]:
    """Events a code may be for, with their types that are sold, soonest first: rows of event, title and type."""
    return list(db.session.execute(
        select(Event.id, Event.title, Event.zone, Event.starts_at, Event.organization_id, RegistrationType.id.label("type_id"),
               RegistrationType.name.label("type"))
        .outerjoin(RegistrationType, (RegistrationType.event_id == Event.id) & RegistrationType.retired_at.is_(None))
        .where(which).order_by(Event.starts_at.is_(None), Event.starts_at, Event.id, RegistrationType.position, RegistrationType.id)))


def uses(code_id: int, limit: int) -> list[Any]:
    """Places it lowered, the latest first, with their orders; those given back have `ended_at`."""
    return list(db.session.execute(
        select(CodeUse.cents, CodeUse.created_at, CodeUse.ended_at, Registration.state, Registration.email, Order.ref, Event.title,
               func.coalesce(Person.given_name, "").label("given_name"), func.coalesce(Person.family_name, "").label("family_name"))
        .join(Registration, Registration.id == CodeUse.registration_id).join(Order, Order.id == Registration.order_id)
        .join(Event, Event.id == Registration.event_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(CodeUse.code_id == code_id).order_by(CodeUse.id.desc()).limit(limit)))
