"""Funds for staff: the list, what each paid, who asks, and who carries parts of a place. A fixed number of statements."""

from typing import Any

from sqlalchemy import func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.funds.models import Fund, FundEvent, FundRequest, FundType, PlaceShare
from webapp.registration.models import ACTIVE, Order, Payer, Registration, RegistrationType

GIVEN, FAMILY = func.coalesce(Person.given_name, "").label("given_name"), func.coalesce(Person.family_name, "").label("family_name")


def listed() -> list[Any]:
    """All funds, those that give first, by name; with who pays for a grant."""
    return list(db.session.execute(
        select(*Fund.__table__.c, Order.ref.label("order_ref"), Payer.name.label("grantor"))
        .outerjoin(Order, Order.id == Fund.order_id).outerjoin(Payer, Payer.id == Order.payer_id)
        .order_by(Fund.withdrawn_at.is_not(None), Fund.name)))


def uses(fund_id: int, limit: int) -> list[Any]:
    """Places it paid for, the latest first; those given back have `ended_at`."""
    return list(db.session.execute(
        _parts().where(PlaceShare.fund_id == fund_id).order_by(PlaceShare.id.desc()).limit(limit)))


def carried(registration_id: int) -> list[Any]:
    """Who carries a part of a place now: funds first."""
    return list(db.session.execute(
        _parts().where(PlaceShare.registration_id == registration_id, PlaceShare.ended_at.is_(None))
        .order_by(PlaceShare.fund_id.is_(None), PlaceShare.id)))


def requests(which: Any, limit: int) -> list[Any]:
    """Those who ask and wait for an answer, the first first: with their words, event and place. `which`: the events one may decide for."""
    return list(db.session.execute(
        select(FundRequest.id, FundRequest.words, FundRequest.created_at, Registration.id.label("registration_id"), Registration.email,
               Event.title, Event.slug, Event.id.label("event_id"), Event.organization_id, GIVEN, FAMILY)
        .join(Registration, Registration.id == FundRequest.registration_id).join(Event, Event.id == Registration.event_id)
        .outerjoin(Person, Person.id == Registration.person_id)
        .where(FundRequest.state == "asked", Registration.state.in_(ACTIVE), which).order_by(FundRequest.id).limit(limit)))


def giving(event_id: int, type_id: int | None = None) -> list[Any]:
    """Funds of the event's organization that have money and are for it: to choose from."""
    types = select(RegistrationType.id).where(RegistrationType.event_id == event_id)
    if type_id is not None:
        types = types.where(RegistrationType.id == type_id)
    named = select(FundEvent.fund_id).union(select(FundType.fund_id))
    fitting = select(FundEvent.fund_id).where(FundEvent.event_id == event_id).union(
        select(FundType.fund_id).where(FundType.type_id.in_(types)))
    return list(db.session.execute(
        select(*Fund.__table__.c).join(Event, Event.organization_id == Fund.organization_id)
        .where(Event.id == event_id, Fund.withdrawn_at.is_(None), Fund.used_cents < Fund.budget_cents,
               Fund.id.not_in(named) | Fund.id.in_(fitting)).order_by(Fund.name)))


def _parts() -> Any:
    return (
        select(PlaceShare.id, PlaceShare.name, PlaceShare.cents, PlaceShare.fund_id, PlaceShare.reason, PlaceShare.created_at,
               PlaceShare.ended_at, Registration.id.label("registration_id"), Registration.state, Registration.email, Order.ref,
               Event.title, Event.slug, GIVEN, FAMILY)
        .join(Registration, Registration.id == PlaceShare.registration_id).join(Order, Order.id == Registration.order_id)
        .join(Event, Event.id == Registration.event_id).outerjoin(Person, Person.id == Registration.person_id))
