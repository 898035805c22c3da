"""What one person has: her places, those she booked for others, her applications; and what a guest typed before."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, or_, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Group
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration import own_page
from webapp.registration.models import Application, Charge, Order, Payer, Registration, RegistrationAddOn, RegistrationType
from webapp.registration.queries.orders import places_of


def places(person_ids: Collection[int]) -> list[Any]:
    """Her places in events, by id; expired holds are left out. One statement."""
    return places_of(Registration.person_id.in_(person_ids) & (Registration.state != "expired"))


def with_linked(registration_id: int) -> list[Any]:
    """One place, and after it the active ones that came with it in other events. One statement."""
    linked = (Registration.inclusion_of_id == registration_id) & Registration.state.in_(("held", "confirmed"))
    return places_of(or_(Registration.id == registration_id, linked))


def place(registration_id: int) -> Any | None:
    """One place."""
    found = places_of(Registration.id == registration_id)
    return found[0] if found else None


def placed_for_others(person_ids: Collection[int]) -> list[Any]:
    """Places she booked for colleagues. One statement."""
    by_her = select(Order.id).where(Order.placed_by_id.in_(person_ids))
    return places_of(Registration.order_id.in_(by_her) & or_(Registration.person_id.is_(None), Registration.person_id.not_in(person_ids))
                     & Registration.state.in_(("held", "confirmed", "cancelled")) & Registration.inclusion_of_id.is_(None))


def orders(person_ids: Collection[int]) -> list[Any]:
    """Orders she placed or pays, the latest first, with what is owed in all. One statement."""
    owed = select(Charge.order_id, func.sum(Charge.amount_cents).label("owed_cents")).group_by(Charge.order_id).subquery()
    first = select(Registration.order_id, func.min(Registration.id).label("id")).group_by(Registration.order_id).subquery()
    return list(db.session.execute(
        select(Order.id, Order.ref, Order.state, Order.method, Order.created_at, Order.hold_until, Event.title, Event.zone,
               Payer.kind.label("payer_kind"), func.coalesce(owed.c.owed_cents, 0).label("owed_cents"))
        .join(Payer, Payer.id == Order.payer_id).join(first, first.c.order_id == Order.id)
        .join(Registration, Registration.id == first.c.id).join(Event, Event.id == Registration.event_id)
        .outerjoin(owed, owed.c.order_id == Order.id)
        .where(or_(Order.placed_by_id.in_(person_ids), Payer.person_id.in_(person_ids),
                   Registration.person_id.in_(person_ids) & (Registration.email == own_page.buyer_address())),
               Order.state != "expired")
        .order_by(Order.id.desc())).all())


def applications(person_ids: Collection[int]) -> list[Any]:
    """Her applications, the latest first. One statement."""
    return list(db.session.execute(
        select(Application.id, Application.ref, Application.state, Application.created_at, Application.offer_until, Event.title, Event.slug,
               Event.zone, RegistrationType.name.label("type"))
        .join(Event, Event.id == Application.event_id).join(RegistrationType, RegistrationType.id == Application.type_id)
        .where(Application.person_id.in_(person_ids)).order_by(Application.id.desc())).all())


def application(ref: str) -> Any:
    """The application at this address, with its event, group and the order of its place; NotFound otherwise. One statement."""
    a = Application
    found = db.session.execute(
        select(a.id, a.ref, a.state, a.created_at, a.offer_until, a.decision_note, a.event_id, a.type_id, Event.title, Event.slug,
               Event.zone, Event.starts_at, RegistrationType.name.label("type"), Group.name.label("group"), Order.ref.label("order_ref"),
               Person.given_name, Person.family_name)
        .join(Event, Event.id == a.event_id).join(RegistrationType, RegistrationType.id == a.type_id)
        .join(Person, Person.id == a.person_id).outerjoin(Group, Group.id == a.group_id)
        .outerjoin(Registration, Registration.id == a.registration_id).outerjoin(Order, Order.id == Registration.order_id)
        .where(a.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def typed_before(ref: str, event_id: int) -> Any | None:
    """What was typed for an order that was let go: the first place's person, type, mode and add-ons. None for another order."""
    row = db.session.execute(
        select(Registration.id, Registration.type_id, Registration.mode, Registration.email, Person.given_name, Person.family_name,
               Person.profession, Person.employer, Person.county)
        .join(Order, Order.id == Registration.order_id).join(Person, Person.id == Registration.person_id)
        .where(Order.ref == ref, Order.state == "expired", Registration.event_id == event_id, Registration.inclusion_of_id.is_(None))
        .order_by(Registration.id).limit(1)).one_or_none()
    if row is None:
        return None
    add_ons = db.session.execute(
        select(RegistrationAddOn.add_on_id, RegistrationAddOn.count).where(RegistrationAddOn.registration_id == row.id))
    return row, {one[0]: one[1] for one in add_ons}
