"""Membership years for pages: what is sold, what is on an order, and what one would save."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, select

from webapp.accounts import memberships
from webapp.accounts.models import Membership, Person
from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.registration import pricing, sale
from webapp.registration.models import Order, Registration, RegistrationType
from webapp.registration.queries.orders import OrderView
from webapp.registration.registrations import successors
from webapp.registration.sale import Sale
from webapp.registration.years.models import MemberClaim, MembershipPlan, MembershipYear


@dataclass(frozen=True)
class YearOffer:
    """Who may become a member with the order, for how much (cents), and by how much her places would cost less, before codes."""

    registration_id: int
    who: str
    plan_id: int
    plan: str
    months: int
    amount_cents: int
    off_cents: int

    @property
    def more_cents(self) -> int:
        """What she pays more now; negative is what she saves at once."""
        return self.amount_cents - self.off_cents


@cache
def sold_column() -> ColumnElement[bool]:
    """`sells_years`, whether a membership is sold at all, beside the columns of an order: costs its page no statement."""
    return select(MembershipPlan.id).where(MembershipPlan.withdrawn_at.is_(None)).exists().label("sells_years")


def plans() -> list[MembershipPlan]:
    """All plans, those that are sold first."""
    return list(db.session.scalars(select(MembershipPlan).order_by(MembershipPlan.withdrawn_at.is_not(None), MembershipPlan.months,
                                                                   MembershipPlan.name)))


def on_order(order_id: int) -> list[Any]:
    """The years on an order: who, for how many months, and number and days once it stands. One statement."""
    return list(db.session.execute(
        select(MembershipYear.id, MembershipYear.months, MembershipYear.person_id, Person.given_name, Person.family_name,
               Membership.number, Membership.from_on, Membership.until_on, Membership.withdrawn_at)
        .join(Person, Person.id == MembershipYear.person_id).outerjoin(Membership, Membership.id == MembershipYear.membership_id)
        .where(MembershipYear.order_id == order_id, MembershipYear.ended_at.is_(None)).order_by(MembershipYear.id)).all())


def claims(claim_id: int | None = None, *, limit: int = 100) -> list[Any]:
    """Those who say that they are members and wait for an answer, the first first; or the one. One statement."""
    statement = (
        select(MemberClaim.id, MemberClaim.number, MemberClaim.created_at, Person.id.label("person_id"), Person.given_name,
               Person.family_name, Registration.email, Registration.state, RegistrationType.name.label("type"), Event.title, Event.zone,
               Order.ref, Order.created_at.label("ordered_at"))
        .join(Registration, Registration.id == MemberClaim.registration_id).join(Person, Person.id == Registration.person_id)
        .join(RegistrationType, RegistrationType.id == Registration.type_id).join(Event, Event.id == Registration.event_id)
        .join(Order, Order.id == Registration.order_id).where(MemberClaim.state == "asked").order_by(MemberClaim.id).limit(limit))
    return list(db.session.execute(statement if claim_id is None else statement.where(MemberClaim.id == claim_id)).all())


def claimable(view: OrderView) -> list[Any]:
    """The places on the order of which somebody may say that she is a member: those at the price for others, with a name."""
    return [] if view.order.agency_id is not None else [
        one for one in view.own if one.state in ("held", "confirmed") and one.person_id is not None and one.audience == "non_member"]


def offers(view: OrderView, has: Collection[int], now: datetime) -> list[YearOffer]:
    """Who on a held order would pay less for her places as a member; `has`: the persons who become one with it.

    Not who says that she is one: she would pay twice. A few statements for each event, whatever the number of places; none where no
    place has the price of others.
    """
    plain = [one for one in claimable(view) if one.state == "held" and not one.is_claimed]
    if not plain:
        return []
    events = {one: sale.load_by_id(one) for one in {place.event_id for place in plain}}
    today = times.local(now, plain[0].zone).date()
    members = memberships.valid_among({one.person_id for one in plain}, today) | set(has)
    off: dict[tuple[str, str], list[Any]] = {}
    for one in plain:
        if one.person_id not in members:
            key = (f"{one.given_name} {one.family_name or ''}".strip(), one.email)
            found = off.setdefault(key, [one.id, 0])
            found[1] += _off(events[one.event_id], one.type_id, view.order.created_at)
    sold = [one for one in plans() if one.withdrawn_at is None]
    return [YearOffer(place_id, who, plan.id, plan.name, plan.months, plan.amount_cents, cents)
            for (who, _), (place_id, cents) in off.items() if cents > 0 for plan in sold]


def _off(of: Sale, type_id: int, at: datetime) -> int:
    """By how much the member price is less than that of the type, at the moment it was ordered."""
    has = of.type(type_id)
    member = successors.type_for(of, has, True)
    prices = [pricing.best(one.item.prices, one.audience, at) for one in (has, member)]
    return max(prices[0].amount_cents - prices[1].amount_cents, 0) if prices[0] and prices[1] else 0
