"""What a place costs once somebody else has it: the lines as they are, or those of the other audience's price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from webapp.core import clock, times
from webapp.core.db import db
from webapp.registration import ledger, pricing, sale
from webapp.registration.funds import returning
from webapp.registration.models import Charge, Order, Registration, RegistrationAddOn
from webapp.registration.orders import additions
from webapp.registration.pricing import Line
from webapp.registration.sale import Sale, TypeOffer

PRICED = ("fee", "instalment", "discount", "add_on")


@dataclass(frozen=True)
class Rewritten:
    """The lines that are taken back, and those written in their stead."""

    old: list[Charge]
    new: list[Line]

    @property
    def change_cents(self) -> int:
        """What is owed more; negative is less."""
        return pricing.total(self.new) - sum(one.amount_cents for one in self.old)


def rewritten(place: Any, of: Sale, before: TypeOffer, after: TypeOffer) -> Rewritten:
    """The lines of the place for its new type: the early price and the group price she was promised survive, only the audience changes.

    Corrections made by hand go along unchanged, and so do all lines where the type stays. What a code took off and what others carry
    stays too, as far as the new price reaches; a fund only where its rule lets it be passed on.
    """
    old = ledger.live(place.order_id, [place.id])
    handed_on = place.person_id is not None  # else a place whose name was to follow: nothing passes from anybody
    gone = returning.not_passed_on([place.id]) if handed_on and any(ledger.carried(one) for one in old) else frozenset()
    staying = [one for one in old if not (ledger.carried(one) and one.explained["by"] in gone)]
    if before.id == after.id:
        return Rewritten(old, [copied(one) for one in staying])
    return Rewritten(old, retyped(place, of, after, staying))


def retyped(place: Any, of: Sale, after: TypeOffer, staying: Sequence[Charge]) -> list[Line]:
    """The lines of the place with the price of this type; of `staying` what a code takes off and others carry, as far as it reaches,
    and corrections as they are."""
    bought = dict(db.session.execute(
        select(RegistrationAddOn.add_on_id, RegistrationAddOn.count).where(RegistrationAddOn.registration_id == place.id)).all())
    priced = PRICED if bought.keys() <= of.add_ons.keys() else PRICED[:3]  # what is sold no more keeps its line
    ours = [one for one in staying if not (ledger.by_code(one) or ledger.carried(one))]
    quoted = _quoted(place, of, after, ours, bought if "add_on" in priced else {})
    return [*quoted, *still_off([*filter(ledger.by_code, staying), *filter(ledger.carried, staying)], pricing.total(quoted)),
            *(copied(one) for one in ours if one.kind not in priced)]


def still_off(lines: Sequence[Charge], price_cents: int) -> list[Line]:
    """The lines of a code, then those others carry, together no more than the price."""
    kept = []
    for one in lines:
        off = min(-one.amount_cents, price_cents)
        price_cents -= off
        kept.append(replace(copied(one), amount_cents=-off))
    return [one for one in kept if one.amount_cents]


def _quoted(place: Any, of: Sale, type_: TypeOffer, old: Sequence[Charge], bought: dict[int, int]) -> list[Line]:
    has_discount = any(one.kind == "discount" for one in old)
    lines = pricing.quote(
        type_.item, at=_ordered_at(place.order_id), zone=of.event.zone, starts_on=of.starts_on, audience=type_.audience,
        add_ons=[(of.add_ons[one].item, count) for one, count in bought.items()],
        people=together(place.order_id, place.event_id), group_rules=sale.group_rules(of) if has_discount or type_.item.parts else [])
    today = times.local(clock.now(), of.event.zone).date()
    return [replace(line, due_on=_due(line, today, of.starts_on)) for line in lines]


def _due(line: Line, today: date, starts_on: date | None) -> date:
    return max(line.due_on, today) if line.kind == "instalment" else pricing.due_on(today, starts_on)


def _ordered_at(order_id: int) -> Any:
    return db.session.scalars(select(Order.created_at).where(Order.id == order_id)).one()


def together(order_id: int, event_id: int) -> int:
    """How many places with a seat in the event were ordered together; who came later in somebody's stead is not one more, nor who was
    taken out of it before it was placed. Who was added to the order later counts from then on."""
    before = aliased(Registration)
    ours = or_(Registration.order_id == order_id, Registration.confirmed_at.is_not(None) & additions.in_whole(order_id))
    return db.session.scalar(
        select(func.count()).select_from(Registration).outerjoin(before, before.id == Registration.replaces_id)
        .where(ours, Registration.event_id == event_id, Registration.inclusion_of_id.is_(None), additions.counted(),
               or_(before.id.is_(None), before.event_id != event_id),
               or_(Registration.state != "cancelled", Registration.confirmed_at.is_not(None)))) or 0


def copied(one: Charge) -> Line:
    """The same line once more."""
    return Line(one.kind, one.label, one.amount_cents, one.due_on, one.account_code, one.explained)
