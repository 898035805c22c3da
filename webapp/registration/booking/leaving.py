"""Somebody leaves an agency: her account and hours are hers, the seats the agency pays stay the agency's, and it is told."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from webapp.accounts import people
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.outbox import Letter
from webapp.registration import own_page
from webapp.registration.models import ACTIVE, Order, Payer, Registration


def tell(agency_id: int, person_id: int) -> int:
    """Writes to who booked, for each seat ahead that the agency pays for her; returns how many. She keeps it until it is handed on."""
    booked = aliased(Payer)
    rows = db.session.execute(
        select(Registration.id, Order.id.label("order_id"), own_page.buyer_address().label("buyer"), booked.name,
               booked.email.label("billed"), Registration.email).select_from(Registration)
        .join(Order, Order.id == Registration.order_id).join(booked, booked.id == Order.payer_id)
        .join(Event, Event.id == Registration.event_id)
        .where(booked.agency_id == agency_id, Registration.person_id.in_(people.family_ids(person_id)), Registration.state.in_(ACTIVE),
               Registration.inclusion_of_id.is_(None), or_(Event.starts_at.is_(None), Event.starts_at > clock.now()))
        .order_by(Registration.id)).all()
    return outbox.write_all([
        Letter(fact=f"left:agency:{agency_id}:registration:{row.id}", kind="staff_left", to_name=row.name,
               to_address=row.buyer if row.buyer != row.email else row.billed,  # she may have ordered it herself
               subject_of=f"order:{row.order_id}", facts={"registration_id": row.id, "agency_id": agency_id}) for row in rows])
