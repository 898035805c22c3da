"""Discount codes for staff: the list, and the uses of one with their orders. A fixed number of statements."""

from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.codes.models import CodeUse, DiscountCode
from webapp.registration.models import Order, Registration


def listed() -> list[Any]:
    """All codes, those in use first, by their word."""
    return list(db.session.execute(select(*DiscountCode.__table__.c).order_by(DiscountCode.withdrawn_at.is_not(None), DiscountCode.word)))


def uses(code_id: int, limit: int) -> list[Any]:
    """Places it lowered, the latest first, with their orders; those given back have `ended_at`."""
    return list(db.session.execute(
        select(CodeUse.cents, CodeUse.created_at, CodeUse.ended_at, Registration.state, Registration.email, Order.ref, Event.title,
               func.coalesce(Person.given_name, "").label("given_name"), func.coalesce(Person.family_name, "").label("family_name"))
        .join(Registration, Registration.id == CodeUse.registration_id).join(Order, Order.id == Registration.order_id)
        .join(Event, Event.id == Registration.event_id).outerjoin(Person, Person.id == Registration.person_id)
        .where(CodeUse.code_id == code_id).order_by(CodeUse.id.desc()).limit(limit)))
