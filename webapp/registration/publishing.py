"""Acts on an event as a whole, which need the catalog and what is sold: publish, delete. `duplicating` makes copies."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from webapp.accounts.models import RoleGrant
from webapp.catalog import events, readiness, summaries
from webapp.catalog.models import (
    Block,
    Event,
    EventFacet,
    EventInclusion,
    Group,
    Pool,
    Session,
    SessionBreak,
    SessionCredit,
    SessionPresenter,
    Track,
)
from webapp.core import audit, states
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.forms.models import Question
from webapp.registration import offers
from webapp.registration.models import AddOn, Application, GroupRule, Registration, RegistrationType
from webapp.registration.setasides.models import SetAside, SetAsidePool


def publish(event_id: int, *, actor_id: int | None) -> Event:
    """Shows the event to everybody. Refused (NotReady) with every reason at once; a closed event opens again."""
    event = events.get(event_id, lock=True)
    states.check(events.EVENT_MOVES, "event", event.status, "published")
    readiness.refuse(problems(event.id))
    return events.mark_published(event_id, actor_id=actor_id)


def problems(event_id: int) -> Sequence[str]:
    """What still keeps the event from being published, sentences; empty when it can be."""
    return readiness.problems(event_id) + offers.problems(event_id)


def delete_draft(event_id: int, *, actor_id: int | None) -> None:
    """Takes a draft away for good. Refused once it was published, or when somebody registered or applied for it."""
    event = events.get(event_id, lock=True)
    if event.published_at is not None:
        raise Refusal("This event has been public.", way_out="Cancel it instead; its page then says so.", code="was_public")
    for model in (Registration, Application):
        if db.session.scalar(select(model.id).filter_by(event_id=event_id).limit(1)):
            raise Refusal("Somebody registered or applied for this event.", way_out="Cancel it instead.", code="has_people")
    containers = db.session.scalars(select(EventInclusion.event_id).filter_by(included_id=event_id)).all()
    audit.record("event.deleted", f"event:{event_id}", actor_id=actor_id, before={"title": event.title, "slug": event.slug})
    _delete(event)
    for container in containers:
        summaries.refresh(container)


def _delete(event: Event) -> None:
    of_event = {"event_id": event.id}
    pools = {event.pool_id, event.room_pool_id, event.online_pool_id}
    for owner in (RegistrationType, AddOn, Session, SetAside):
        pools |= set(db.session.scalars(select(owner.pool_id).filter_by(**of_event)))
    sessions = select(Session.id).filter_by(**of_event).scalar_subquery()
    for part in (SessionBreak, SessionCredit, SessionPresenter):
        db.session.execute(delete(part).where(part.session_id.in_(sessions)))
    db.session.execute(delete(EventInclusion).where(
        (EventInclusion.event_id == event.id) | (EventInclusion.included_id == event.id)))
    asides = select(SetAside.id).filter_by(**of_event).scalar_subquery()
    db.session.execute(delete(SetAsidePool).where(SetAsidePool.set_aside_id.in_(asides)))
    for model in (RoleGrant, SetAside, RegistrationType, AddOn, GroupRule, Question, Session, Block, Track, Group, EventFacet):
        db.session.execute(delete(model).filter_by(**of_event))
    db.session.execute(delete(Event).filter_by(id=event.id))
    db.session.execute(delete(Pool).where(Pool.id.in_([one for one in pools if one])))
    db.session.expire_all()
