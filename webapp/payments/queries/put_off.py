"""Places that were put off, with what is kept of them for another date."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, case, func, not_, select

from webapp.catalog.models import Course, Event
from webapp.core.db import db
from webapp.payments.lots import bound
from webapp.payments.models import BalanceLot
from webapp.registration import own_page
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Order, Registration


def of_place(registration_id: int) -> Any:
    """One of them: what waits (`left_cents`), until when, what then, the course; what of it is an ordinary balance (`opened_cents`) and
    until when. None when the place was not put off. One statement."""
    return db.session.execute(_rows(Deferral.registration_id == registration_id)).one_or_none()


def waiting(person_ids: Collection[int]) -> list[Any]:
    """Those these persons ordered, that still wait for a date, what lapses first first. One statement."""
    hers = Order.placed_by_id.in_(person_ids) | (
        Registration.person_id.in_(person_ids) & (Registration.email == own_page.buyer_address()))
    return list(db.session.execute(_rows(hers, bound.waits()).having(_left(bound.waits()) > 0).order_by(Deferral.expires_on)).all())


def bound_cents() -> int:
    """Cents of all balances that can be used for another date of a course only."""
    return int(db.session.scalar(
        select(_left(bound.waits()))) or 0)


def _left(which: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((which, BalanceLot.left_cents), else_=0)), 0)


def _rows(*which: ColumnElement[bool]) -> Any:
    until = func.coalesce(func.max(case((bound.waits(), BalanceLot.expires_on))), Deferral.expires_on)
    opened_until = func.max(case((not_(bound.waits()), BalanceLot.expires_on)))
    return (select(Deferral.registration_id, Deferral.then_months, until.label("until"), _left(bound.waits()).label("left_cents"),
                   _left(not_(bound.waits())).label("opened_cents"),
                   opened_until.label("opened_until"), Course.title.label("course"), Event.title, Order.ref)
            .join(Course, Course.id == Deferral.course_id).join(Registration, Registration.id == Deferral.registration_id)
            .join(Event, Event.id == Registration.event_id).join(Order, Order.id == Registration.order_id)
            .outerjoin(BalanceLot, BalanceLot.deferral_id == Deferral.id).where(*which)
            .group_by(Deferral.id, Course.id, Event.id, Order.id, Registration.id))
