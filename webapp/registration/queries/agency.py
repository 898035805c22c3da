"""The places an agency has to do with: those its orders pay for, and those of the people who work there. One statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from webapp.accounts.models import AgencyMember, Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.models import Order, Payer, Registration, RegistrationType

MOST = 500


def places(agency_id: int, since: datetime) -> list[Any]:
    """Places in events that end after `since`, by date and name. `is_payer`: the agency pays the order.

    A place a member of staff bought for herself shows neither its order nor its money: that is hers.
    """
    staff = select(AgencyMember.person_id).where(AgencyMember.agency_id == agency_id, AgencyMember.until_on.is_(None))
    pays = Payer.agency_id == agency_id
    return list(
        db.session.execute(
            select(
                Registration.id,
                Registration.state,
                Registration.order_id,
                Event.title,
                Event.slug,
                Event.zone,
                Event.starts_at,
                Event.ends_at,
                Event.session_count,
                RegistrationType.name.label("type"),
                Person.given_name,
                Person.family_name,
                pays.label("is_payer"),
                Order.po_number,
                Order.ref,
            )
            .join(Order, Order.id == Registration.order_id)
            .join(Payer, Payer.id == Order.payer_id)
            .join(Event, Event.id == Registration.event_id)
            .join(RegistrationType, RegistrationType.id == Registration.type_id)
            .outerjoin(Person, Person.id == Registration.person_id)
            .where(
                or_(pays, Registration.person_id.in_(staff)),
                Registration.state.in_(("held", "confirmed", "cancelled")),
                Registration.inclusion_of_id.is_(None),
                or_(Event.ends_at.is_(None), Event.ends_at > since),
            )
            .order_by(Event.starts_at, Event.id, Person.family_name, Person.given_name, Registration.id)
            .limit(MOST)
        ).all()
    )
