"""Pools and counters that an act touches one after the other are locked before the first of them, in ascending id (docs/house.md, Locks).

An act that takes and gives back in one pass over them needs none of this: one for each place, or for each event of an order, does.
"""

from typing import Any

from sqlalchemy import ColumnElement, or_, select, union

from webapp.catalog.models import Event, EventInclusion, Session
from webapp.core.db import db
from webapp.registration import seats
from webapp.registration.codes import rules
from webapp.registration.codes.models import CodeUse, DiscountCode
from webapp.registration.funds.models import Fund, PlaceShare
from webapp.registration.models import AddOn, PoolUse, Registration, RegistrationType
from webapp.registration.orders import typed
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside


def drawn_on(event_id: int, which: ColumnElement[bool]) -> None:
    """Everything these places of the event were given from, and all its other pools: before they are given back one by one."""
    standing.locked(SetAside.id.in_(select(Registration.set_aside_id).where(which)))
    held = select(PoolUse.pool_id).join(Registration, Registration.id == PoolUse.registration_id)
    inner = held.where(Registration.inclusion_of_id.in_(select(Registration.id).where(which)))
    _pools(event_id, held.where(which), inner)
    counters(which)


def pools(event_id: int) -> None:
    """All pools of what the event and those it contains have to give."""
    _pools(event_id)


def counters(which: ColumnElement[bool], typed_words: str = "") -> None:
    """The codes these places (a condition on `Registration`) have and the funds that pay for them, with those that were typed."""
    words = [rules.word(one) for one in typed.words(typed_words)]
    codes = select(CodeUse.code_id).join(Registration, Registration.id == CodeUse.registration_id).where(which, CodeUse.ended_at.is_(None))
    funds = (select(PlaceShare.fund_id).join(Registration, Registration.id == PlaceShare.registration_id)
             .where(which, PlaceShare.ended_at.is_(None)))
    for counter, used in ((DiscountCode, codes), (Fund, funds)):
        db.session.execute(select(counter.id).where(or_(counter.id.in_(used), counter.word.in_(words))).order_by(counter.id)
                           .with_for_update(key_share=True)).all()


def _pools(event_id: int, *more: Any) -> None:
    events = [event_id, *db.session.scalars(select(EventInclusion.included_id).where(EventInclusion.event_id == event_id))]
    own: list[Any] = [select(column).where(Event.id.in_(events)) for column in (Event.pool_id, Event.room_pool_id, Event.online_pool_id)]
    own += [select(one.pool_id).where(one.event_id.in_(events)) for one in (RegistrationType, AddOn, Session, SetAside)]
    seats.locked({one for one in db.session.scalars(union(*own, *more)) if one is not None})
