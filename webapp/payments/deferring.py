"""A place is put off: registration gives it up, its money becomes lots of the payer's balance that are bound to the course."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances, giving_back, settlement
from webapp.payments.lots import bound
from webapp.payments.models import Allocation, BalanceLot, BalanceMovement
from webapp.payments.rules.standing import Balance
from webapp.registration import registrations
from webapp.registration.cancellation import Outcome
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Charge, Order, Registration
from webapp.registration.other_date import too_often
from webapp.registration.queries import people
from webapp.registration.registrations import regrouping


@dataclass(frozen=True)
class Facts:
    """What the money of a place says about putting it off: how often it would have been (`number`), what of the price is its payer's,
    what is bound to its course and nothing else needs (`bound.spare_of`), how its order stands, and whether others on the order have a
    group price for the event."""

    number: int
    own_cents: int
    spare_cents: int
    balance: Balance
    is_grouped: bool


@dataclass(frozen=True)
class Foreseen:
    """What putting a place off would bring: what is kept and until when, then what; `group_cents`: what the others cost more."""

    outcome: Outcome
    then_months: int
    group_cents: int


def refusals(places: Sequence[Any], today: date, *, by_staff: bool = False) -> dict[int, Refusal]:
    """Why these places (rows of `queries.orders.places_of`) cannot be put off now, with their money; those that can be are not in it.

    What a page offers and what the act accepts is decided here. Reads only: one statement for all that have a course, a policy and a day
    for it; more only where a group price may be lost, then for each order and event, never for each place.
    """
    now = clock.now()
    found = {one.id: registrations.deferral_refused(one, now, by_staff=by_staff) for one in places}
    asked = [one for one in places if found[one.id] is None]
    facts = _facts([one.id for one in asked], today)
    group_cents = {} if by_staff else _group_cents([one for one in asked if facts[one.id].is_grouped])
    found |= {one.id: _refused(one, facts[one.id], group_cents.get(one.id, 0), by_staff) for one in asked}
    return {place_id: refusal for place_id, refusal in found.items() if refusal is not None}


def foresee(place: Any, today: date, *, by_staff: bool = False) -> Foreseen:
    """What would be kept, for a page. Refuses as `defer` does; reads only."""
    refusal = refusals([place], today, by_staff=by_staff).get(place.id)
    if refusal is not None:
        raise refusal
    outcome = registrations.foresee_deferral(place, clock.now())
    group = regrouping.NOTHING if by_staff else registrations.foresee_regroup(place.id)
    return Foreseen(outcome, registrations.then_months(place), group.cents)


def defer(registration_id: int, *, by_id: int | None, today: date, by_staff: bool = False, reason: str = "",
          seen_group_cents: int | None = None) -> None:
    """Puts the place off, in the caller's transaction. Only of a place that is paid in full; else a debt would be forgotten."""
    settlement.lock_with_others(registration_id)
    place = people.place(registration_id)
    if place is None:
        raise NotFound
    foresee(place, today, by_staff=by_staff)
    done = registrations.defer(registration_id, number=number_of(registration_id), by_id=by_id, by_staff=by_staff, reason=reason,
                               seen_group_cents=seen_group_cents)
    giving_back.after([done], reason=reason or f"Put off: {place.title}", by_id=by_id, today=today)


def number_of(registration_id: int) -> int:
    """How often the money of this place would have been put off, were it now: the money remembers, wherever it went."""
    return int(db.session.execute(select(_number()).where(Registration.id == registration_id)).scalar_one())


def _facts(registration_ids: Collection[int], today: date) -> dict[int, Facts]:
    if not registration_ids:
        return {}
    ours = Registration.id.in_(registration_ids)
    books = balances.books(today, Order.id.in_(select(Registration.order_id).where(ours)))
    lines = select(func.coalesce(func.sum(Charge.amount_cents), 0)).where(
        Charge.registration_id == Registration.id, Charge.order_id == Registration.order_id).correlate(Registration).scalar_subquery()
    grouped = select(Charge.id).where(
        Charge.order_id == Registration.order_id, Charge.event_id == Registration.event_id, Charge.registration_id != Registration.id,
        Charge.explained["rule"].as_string() == "group").correlate(Registration).exists()
    rows = db.session.execute(
        select(Registration.id, lines.label("own_cents"), _number(), bound.spare_column(), grouped.label("is_grouped"), books)
        .join(books, books.c.order_id == Registration.order_id).where(ours)).all()
    return {row.id: Facts(row.number, int(row.own_cents), int(row.spare_cents), balances.balance(row), row.is_grouped) for row in rows}


def _number() -> ColumnElement[int]:
    """`number_of`, beside `Registration` in a query."""
    paying = (select(Allocation.payment_id).join(Charge, Charge.id == Allocation.charge_id)
              .where(Charge.registration_id == Registration.id).correlate(Registration)
              .group_by(Allocation.payment_id).having(func.sum(Allocation.amount_cents) > 0))
    before = (select(func.max(Deferral.number)).join(BalanceLot, BalanceLot.deferral_id == Deferral.id)
              .join(BalanceMovement, (BalanceMovement.lot_id == BalanceLot.id) & (BalanceMovement.kind == "used"))
              .where(BalanceMovement.payment_id.in_(paying)).correlate(Registration).scalar_subquery())
    return (func.coalesce(before, 0) + 1).label("number")


def _group_cents(places: Sequence[Any]) -> dict[int, int]:
    """What the others on its order would cost more without each of these places."""
    pairs: dict[tuple[int, int], list[int]] = {}
    for one in places:
        pairs.setdefault((one.order_id, one.event_id), []).append(one.id)
    return {place_id: group.own_cents for (order_id, event_id), ids in pairs.items()
            for place_id, group in regrouping.foresee_each(order_id, event_id, ids).items()}


def _refused(place: Any, facts: Facts, group_cents: int, by_staff: bool) -> Refusal | None:
    if not by_staff and (often := too_often(place.rules, facts.number)) is not None:
        return often
    if facts.own_cents <= 0:
        return Refusal("This place costs nothing, so there is nothing to keep.", way_out="Cancel it, and register for another date.",
                       code="nothing_to_keep")
    if giving_back.foreseen_kept(facts.balance, Outcome(0, 0, facts.own_cents, ""), group_cents, facts.spare_cents) < facts.own_cents:
        return Refusal("Only a place that is paid in full can be put off.", way_out="Pay it first, or cancel it.", code="not_paid")
    return None
