"""Badges as pages show them: of places, and of a whole event with who is registered besides."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.registration.badges import rules
from webapp.registration.badges.models import Badge
from webapp.registration.badges.rules import Written
from webapp.registration.models import AddOn, Order, Payer, Registration, RegistrationType, Seat


@dataclass(frozen=True)
class Holder:
    """A badge of an event. `is_registered`: who has it has a seat too, so she needs no second badge. `buyer`: who may name it."""

    registration_id: int
    name: str
    organization: str
    email: str
    thing: str
    which: str
    buyer: str
    ref: str
    is_registered: bool


def of_places(registration_ids: Collection[int]) -> list[Any]:
    """The badges of these places, in order: id, registration_id, add_on_id, thing, unit, number, out_of and what stands on them."""
    return list(db.session.execute(
        select(Badge.id, Badge.registration_id, Badge.add_on_id, Badge.unit, Badge.number, Badge.out_of, Badge.name, Badge.organization,
               Badge.email, Badge.named_at, func.coalesce(AddOn.name, RegistrationType.name).label("thing"))
        .join(Registration, Registration.id == Badge.registration_id).join(RegistrationType, RegistrationType.id == Registration.type_id)
        .outerjoin(AddOn, AddOn.id == Badge.add_on_id).where(Badge.registration_id.in_(registration_ids))
        .order_by(Badge.registration_id, AddOn.position.nulls_first(), AddOn.id, Badge.unit, Badge.number)).all())


def of_event(event_id: int) -> list[Holder]:
    """The badges of confirmed places, by name, those without one last. Two statements, one where none has a name."""
    rows = db.session.execute(
        select(Badge.registration_id, Badge.add_on_id, Badge.unit, Badge.number, Badge.out_of, Badge.name, Badge.organization, Badge.email,
               func.coalesce(AddOn.name, RegistrationType.name).label("thing"), Payer.name.label("payer"), Order.ref,
               Person.given_name, Person.family_name)
        .join(Registration, Registration.id == Badge.registration_id).join(RegistrationType, RegistrationType.id == Registration.type_id)
        .join(Order, Order.id == Registration.order_id).join(Payer, Payer.id == Order.payer_id)
        .outerjoin(Person, Person.id == Registration.person_id).outerjoin(AddOn, AddOn.id == Badge.add_on_id)
        .where(Registration.event_id == event_id, Registration.state == "confirmed")
        .order_by(Badge.name == "", func.lower(Badge.name), Badge.id)).all()
    people = rules.by_name(_seated(event_id)) if any(row.name for row in rows) else {}
    return [Holder(row.registration_id, row.name, row.organization, row.email, row.thing, which(row),
                   f"{row.given_name or ''} {row.family_name or ''}".strip() or row.payer, row.ref,
                   rules.is_registered(row.name, row.email, people)) for row in rows]


def which(row: Any) -> str:
    """`badge 1 of 2`, and of several tables which one."""
    words = f"badge {row.number} of {row.out_of}"
    return words if row.unit == 1 else f"{words}, no. {row.unit}"


def words(registration_id: int) -> str:
    """How many badges a place brings and how many have no name yet: a sentence for mails, '' where it brings none. One statement."""
    every, named = db.session.execute(
        select(func.count(), func.count(func.nullif(Badge.name, ""))).where(Badge.registration_id == registration_id)).one()
    if not every:
        return ""
    comes = "One badge comes with it" if every == 1 else f"{every} badges come with it"
    if named == every:
        return f"{comes}, named on your page."
    missing = "it has" if every == 1 else "none has" if not named else "1 has" if every - named == 1 else f"{every - named} have"
    return f"{comes}; {missing} {'no' if named or every == 1 else 'a'} name yet. Write on your page who comes."


def typed_with(registration_id: int) -> dict[str, str]:
    """What stood on the badges of the first thing of each kind, by the fields of the form of registering (`web.registering.badges`)."""
    found: dict[str, str] = {}
    for row in of_places([registration_id]):
        if row.unit == 1 and row.name:
            key = f"badge_{row.add_on_id or 'type'}_{row.number}"
            found |= {f"{key}_name": row.name, f"{key}_organization": row.organization, f"{key}_email": row.email}
    return found


def written(row: Any) -> Written:
    """What stands on it."""
    return Written(row.name, row.organization, row.email)


def digest(rows: Iterable[Any]) -> str:
    """Tells whether these badges were written on since: the same text for the same names."""
    content = repr([(row.id, row.name, row.organization, row.email) for row in rows])
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def _seated(event_id: int) -> list[tuple[str, str]]:
    """Name and address of everybody with a seat in the event: who has none gets a badge from her table alone."""
    rows = db.session.execute(
        select(Person.given_name, Person.family_name, Registration.email).join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event_id, Registration.state == "confirmed",
               select(Seat.id).where(Seat.registration_id == Registration.id, Seat.state == "booked").exists()))
    return [(f"{row.given_name} {row.family_name or ''}".strip(), row.email) for row in rows]
