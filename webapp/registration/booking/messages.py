"""What an agency is told about the places it booked, from what is true when it is sent. Read only."""

from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import times
from webapp.core.db import db
from webapp.notifications.contents import Withdrawn
from webapp.registration import accepted, substitution
from webapp.registration.models import ACTIVE, Order, Registration

Context = dict[str, Any]


def seats_unnamed(facts: Context) -> Context | Withdrawn:
    """To who booked: so many seats have no name yet, and until when she can name them."""
    row = db.session.execute(
        select(Order.ref, Event.title, Event.zone, Event.starts_at, CancellationPolicy.rules).select_from(Order)
        .join(Registration, Registration.order_id == Order.id).join(Event, Event.id == Registration.event_id)
        .join(CancellationPolicy, accepted.policy()).where(Order.id == facts["order_id"], Event.id == facts["event_id"])
        .order_by(Registration.id).limit(1)).one()
    seats = db.session.scalar(select(func.count()).where(
        Registration.order_id == facts["order_id"], Registration.event_id == facts["event_id"], Registration.person_id.is_(None),
        Registration.state.in_(ACTIVE), Registration.inclusion_of_id.is_(None))) or 0
    if not seats:
        return Withdrawn("Every seat has a name by now, or was given back.")
    until = substitution.naming_until(row.rules, row.starts_at)
    return {"name": "", "title": row.title, "seats": seats, "until": times.moment_words(until, row.zone) if until else "",
            "order_path": f"/orders/{row.ref}"}


def staff_left(facts: Context) -> Context | Withdrawn:
    """To who booked: somebody left the agency, and the seat stays the agency's."""
    row = db.session.execute(
        select(Registration.state, Registration.order_id, Event.title, Person.given_name, Person.family_name, Agency.name.label("agency"))
        .join(Event, Event.id == Registration.event_id)
        .join(Person, Person.id == Registration.person_id).join(Agency, Agency.id == facts["agency_id"])
        .where(Registration.id == facts["registration_id"])).one_or_none()
    if row is None or row.state not in ACTIVE:
        return Withdrawn("The seat was handed on or given back by now.")
    return {"name": "", "who": f"{row.given_name} {row.family_name}".strip(), "agency": row.agency, "title": row.title,
            "order_id": row.order_id,
            "agency_path": f"/agency/{facts['agency_id']}"}
