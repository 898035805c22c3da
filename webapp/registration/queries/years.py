"""Membership years for pages: what is sold, what is on an order, and what one would save."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, select

from webapp.accounts import memberships
from webapp.accounts.models import Membership, Person
from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.registration import sale
from webapp.registration.models import Order, Registration, RegistrationType
from webapp.registration.orders import foreseeing
from webapp.registration.queries.orders import OrderView
from webapp.registration.years.models import MemberClaim, MembershipPlan, MembershipYear


@dataclass(frozen=True)
class YearOffer:
    """Who may become a member with the order, for how much (cents), and by how much the order would cost less."""

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


def open_claims() -> int:
    """How many say that they are members and wait for an answer. One statement."""
    return db.session.scalar(select(func.count()).where(MemberClaim.state == "asked")) or 0


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


def claimable(*views: OrderView) -> list[Any]:
    """The places on these orders of which somebody may say that she is a member: those at the price for others, with a name, where members
    pay less. Asks nothing."""
    return [one for view in views for one in _plain(view) if one.is_less_for_members or one.is_claimed]


def _plain(view: OrderView) -> list[Any]:
    return [] if view.order.agency_id is not None else [
        one for one in view.own if one.state in ("held", "confirmed") and one.person_id is not None and one.audience == "non_member"]


def offers(view: OrderView, has: Collection[int], now: datetime) -> list[YearOffer]:
    """Who on a held order would pay less for her places as a member; `has`: the persons who become one with it.

    Not who says that she is one: she would pay twice. A few statements for each event, whatever the number of places; none where no
    place has the price of others.
    """
    plain = [one for one in _plain(view) if one.state == "held" and not one.is_claimed]
    sold = [one for one in plans() if one.withdrawn_at is None] if plain else []
    if not sold:
        return []
    members = memberships.valid_among({one.person_id for one in plain}, times.local(now, plain[0].zone).date()) | set(has)
    hers: dict[tuple[str, str], list[int]] = {}
    for one in plain:
        if one.person_id not in members:
            hers.setdefault((f"{one.given_name} {one.family_name or ''}".strip(), one.email), []).append(one.id)
    events = [sale.load_by_id(one) for one in sorted({place.event_id for place in plain})]
    off = foreseeing.off_cents(view.order.id, view.order.created_at, events, list(hers.values()), now)
    return [YearOffer(places[0], who, plan.id, plan.name, plan.months, plan.amount_cents, cents)
            for ((who, _), places), cents in zip(hers.items(), off, strict=True) if cents > 0 for plan in sold]
