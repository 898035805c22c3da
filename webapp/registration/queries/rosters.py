"""What staff read: who takes part in an event, how full it is, who applied. A fixed number of statements each."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event, Group, Pool, Session
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Application, Charge, Order, Payer, Registration, RegistrationType, Seat


def of_event(event_id: int, states: tuple[str, ...] = ACTIVE) -> list[Any]:
    """Registrations by name, with type, group, order and what the order owes. One statement."""
    owed = select(Charge.order_id, func.sum(Charge.amount_cents).label("owed_cents")).group_by(Charge.order_id).subquery()
    r = Registration
    return list(db.session.execute(
        select(r.id, r.state, r.mode, r.email, r.person_id, r.created_at, r.confirmed_at, r.ended_reason, r.order_id, r.inclusion_of_id,
               RegistrationType.name.label("type"), Group.name.label("group"), Person.given_name, Person.family_name, Person.employer,
               Order.ref, Order.method, Order.state.label("order_state"), Payer.name.label("payer"),
               func.coalesce(owed.c.owed_cents, 0).label("owed_cents"))
        .join(RegistrationType, RegistrationType.id == r.type_id).join(Order, Order.id == r.order_id)
        .join(Payer, Payer.id == Order.payer_id)
        .outerjoin(Person, Person.id == r.person_id).outerjoin(Group, Group.id == r.group_id).outerjoin(owed, owed.c.order_id == r.order_id)
        .where(r.event_id == event_id, r.state.in_(states))
        .order_by(Person.family_name, Person.given_name, r.id)).all())


def of_session(session_id: int) -> list[Any]:
    """Who holds a seat in a session (confirmed), by name. One statement."""
    return list(db.session.execute(
        select(Registration.id, Registration.person_id, Registration.mode, Registration.email, Person.given_name, Person.family_name)
        .join(Seat, Seat.registration_id == Registration.id).outerjoin(Person, Person.id == Registration.person_id)
        .where(Seat.session_id == session_id, Seat.state == "booked", Registration.state == "confirmed")
        .order_by(Person.family_name, Person.given_name, Registration.id)).all())


def capacity(event_id: int) -> list[Any]:
    """Every level with its pool: rows of level, name, capacity (None: no limit), taken, of those set aside, kept for who waits.

    Four statements.
    """
    event = db.session.execute(select(Event.pool_id, Event.room_pool_id, Event.online_pool_id).where(Event.id == event_id)).one()
    named = [(event.pool_id, "event", "The whole event"), (event.room_pool_id, "mode", "In the room"),
             (event.online_pool_id, "mode", "Online")]
    named += [(row.pool_id, "type", row.name) for row in db.session.execute(
        select(RegistrationType.pool_id, RegistrationType.name)
        .where(RegistrationType.event_id == event_id, RegistrationType.pool_id.is_not(None)).order_by(RegistrationType.position))]
    named += [(row.pool_id, "session", row.title) for row in db.session.execute(
        select(Session.pool_id, Session.title).where(Session.event_id == event_id, Session.pool_id.is_not(None))
        .order_by(Session.starts_at, Session.id))]
    pools = {row.id: row for row in db.session.execute(
        select(Pool.id, Pool.capacity, Pool.taken, Pool.aside, Pool.kept).where(Pool.id.in_([one[0] for one in named if one[0]])))}
    return [{"level": level, "name": name, "capacity": pools[pool_id].capacity, "taken": pools[pool_id].taken,
             "aside": pools[pool_id].aside, "kept": pools[pool_id].kept}
            for pool_id, level, name in named if pool_id]


def states(event_id: int) -> dict[str, int]:
    """How many registrations are in each state. One statement."""
    rows = db.session.execute(
        select(Registration.state, func.count()).where(Registration.event_id == event_id).group_by(Registration.state))
    return {row[0]: row[1] for row in rows}


def confirmed_at(event_id: int) -> list[datetime]:
    """When each place that stands was confirmed. One statement."""
    rows = db.session.scalars(select(Registration.confirmed_at).where(Registration.event_id == event_id, Registration.state == "confirmed"))
    return [moment for moment in rows if moment is not None]


def applications(event_id: int) -> list[Any]:
    """Applications in the order they came, with name, type and group. One statement."""
    return list(db.session.execute(
        select(Application.id, Application.ref, Application.state, Application.created_at, Application.email, Application.offer_until,
               Application.decided_at, Person.given_name, Person.family_name, Person.employer, Person.profession,
               RegistrationType.name.label("type"), Group.name.label("group"))
        .join(Person, Person.id == Application.person_id).join(RegistrationType, RegistrationType.id == Application.type_id)
        .outerjoin(Group, Group.id == Application.group_id)
        .where(Application.event_id == event_id).order_by(Application.id)).all())


def groups(event_id: int) -> list[Any]:
    """Groups with how many belong to each. One statement."""
    members = (select(Registration.group_id, func.count().label("n"))
               .where(Registration.event_id == event_id, Registration.state.in_(ACTIVE)).group_by(Registration.group_id).subquery())
    return list(db.session.execute(
        select(Group.id, Group.name, Group.size, func.coalesce(members.c.n, 0).label("members"))
        .outerjoin(members, members.c.group_id == Group.id).where(Group.event_id == event_id).order_by(Group.position, Group.id)).all())
