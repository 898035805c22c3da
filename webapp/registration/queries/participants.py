"""The people of an event as its organizers list them, filtered. One statement for the list, one for the totals.

Who bought a badge is found by what stands on it too: whoever has it is nobody's registration.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from webapp.accounts.models import Agency, AgencyMember, Person
from webapp.catalog.models import Group
from webapp.core.db import db
from webapp.forms.models import Answer, Question
from webapp.registration.badges.models import Badge
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import ACTIVE, Order, Payer, Registration, RegistrationType


@dataclass(frozen=True)
class Filters:
    """What is shown of an event's people. `state` empty is everybody who has or had a place; `active` those who have one."""

    q: str = ""
    type_id: int | None = None
    state: str = "active"
    money: str = ""
    group: str = ""


def listing(event_id: int, filters: Filters) -> list[Any]:
    """Registrations by name with type, group, agency, order and payer; `needs` says whether something is needed to take part."""
    r = Registration
    agency = (
        select(func.min(Agency.name))
        .join(AgencyMember, AgencyMember.agency_id == Agency.id)
        .where(AgencyMember.person_id == r.person_id, AgencyMember.until_on.is_(None))
        .scalar_subquery()
    )
    return list(
        db.session.execute(
            select(
                r.id,
                r.state,
                r.mode,
                r.email,
                r.person_id,
                r.created_at,
                r.confirmed_at,
                r.ended_reason,
                r.order_id,
                r.inclusion_of_id,
                r.group_id,
                RegistrationType.name.label("type"),
                Deferral.id.is_not(None).label("is_put_off"),
                (RegistrationType.covers != "none").label("takes_seat"),
                Group.name.label("group"),
                Person.given_name,
                Person.family_name,
                Person.employer,
                Person.profession,
                agency.label("agency"),
                Order.ref,
                Order.method,
                Order.hold_until,
                Payer.name.label("payer"),
                _needs("access").label("access"),
                _needs("diet").label("diet"),
            )
            .join(RegistrationType, RegistrationType.id == r.type_id)
            .join(Order, Order.id == r.order_id)
            .join(Payer, Payer.id == Order.payer_id)
            .outerjoin(Person, Person.id == r.person_id)
            .outerjoin(Group, Group.id == r.group_id)
            .outerjoin(Deferral, Deferral.registration_id == r.id)
            .where(r.event_id == event_id, *_narrowed(filters, agency))
            .order_by(Person.family_name, Person.given_name, r.id)
        ).all()
    )


def needing(event_id: int) -> tuple[int, int]:
    """How many who have a place need something to take part, and how many said something for the kitchen. One statement."""
    row = db.session.execute(
        select(func.count(case((_needs("access"), 1))), func.count(case((_needs("diet"), 1))))
        .select_from(Registration).where(Registration.event_id == event_id, Registration.state.in_(ACTIVE))).one()
    return row[0], row[1]


def total(event_id: int) -> int:
    """Registrations of the event in any state but an unfinished order's."""
    return db.session.scalar(select(func.count()).where(Registration.event_id == event_id, Registration.state != "expired")) or 0


def types(event_id: int) -> list[Any]:
    """Types that are sold or were given, in order: id and name."""
    return list(
        db.session.execute(
            select(RegistrationType.id, RegistrationType.name)
            .where(RegistrationType.event_id == event_id)
            .order_by(RegistrationType.position, RegistrationType.id)
        ).all()
    )


def _needs(sensitivity: str) -> ColumnElement[bool]:
    return (
        select(Answer.id)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.registration_id == Registration.id, Question.sensitivity == sensitivity)
        .exists()
    )


def _narrowed(filters: Filters, agency: Any) -> list[ColumnElement[bool]]:
    searched = (Person.given_name, Person.family_name, Person.employer, Registration.email, Payer.name, agency)
    on_badge = (Badge.name, Badge.organization, Badge.email)
    found: list[ColumnElement[bool]] = [
        or_(*(func.lower(column).contains(word, autoescape=True) for column in searched),
            select(Badge.id).where(Badge.registration_id == Registration.id,
                                   or_(*(func.lower(column).contains(word, autoescape=True) for column in on_badge))).exists())
        for word in filters.q.lower().split()[:6]
    ]
    if filters.type_id is not None:
        found.append(Registration.type_id == filters.type_id)
    if filters.group:
        found.append(Registration.group_id.is_(None) if filters.group == "none" else Registration.group_id == int(filters.group))
    found.append(
        Registration.state.in_(ACTIVE)
        if filters.state == "active"
        else Registration.state == filters.state
        if filters.state
        else Registration.state != "expired"
    )
    return found
