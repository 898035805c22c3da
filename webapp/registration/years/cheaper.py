"""Whether members pay less for a place: a column beside its registration and type, so that a page asks nothing more for it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from webapp.registration.models import Order, Price, Registration, RegistrationType


def for_members() -> ColumnElement[bool]:
    """Of a place at the price for non-members (`Registration` and `RegistrationType` of the statement around it): whether the like type
    for members cost less when it was ordered."""
    own, members = RegistrationType, aliased(RegistrationType)
    like = (members.event_id == own.event_id, members.audience == "member", members.retired_at.is_(None),
            members.mode.is_not_distinct_from(own.mode), members.covers == own.covers)
    is_less = _price(members.id, "member") < _price(own.id, "non_member")
    return and_(own.audience == "non_member", select(members.id).where(*like, is_less).correlate(own, Registration).exists())


def _price(type_id: Any, audience: str) -> Any:
    """What a type cost at the moment of the order: the cheapest price in force for who pays it (`pricing.best`)."""
    ordered = select(Order.created_at).where(Order.id == Registration.order_id).correlate(Registration).scalar_subquery()
    return select(func.min(Price.amount_cents)).where(
        Price.type_id == type_id, or_(Price.audience.is_(None), Price.audience == audience),
        or_(Price.valid_from.is_(None), Price.valid_from <= ordered),
        or_(Price.valid_until.is_(None), Price.valid_until > ordered)).correlate_except(Price).scalar_subquery()
