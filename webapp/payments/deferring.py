"""A place is put off: registration gives it up, its money becomes lots of the payer's balance that are bound to the course."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances, giving_back, settlement
from webapp.payments.lots import bound
from webapp.payments.models import Allocation, BalanceLot, BalanceMovement
from webapp.registration import registrations
from webapp.registration.cancellation import Outcome
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Charge
from webapp.registration.other_date import too_often
from webapp.registration.queries import people
from webapp.registration.registrations import regrouping


@dataclass(frozen=True)
class Foreseen:
    """What putting a place off would bring: what is kept and until when, then what; `group_cents`: what the others cost more."""

    outcome: Outcome
    then_months: int
    group_cents: int


def refused(place: Any, *, by_staff: bool = False) -> Refusal | None:
    """Why this place (a row of `queries.orders.places_of`) cannot be put off now, with its money; None when it can. Reads only."""
    refusal = registrations.deferral_refused(place, clock.now(), by_staff=by_staff)
    if refusal is None and not by_staff:
        refusal = too_often(place.rules, number_of(place.id))
    return refusal


def foresee(place: Any, today: date, *, by_staff: bool = False) -> Foreseen:
    """What would be kept, for a page. Refuses as `defer` does; reads only."""
    refusal = refused(place, by_staff=by_staff)
    if refusal is not None:
        raise refusal
    outcome = registrations.foresee_deferral(place, clock.now())
    group = regrouping.NOTHING if by_staff else registrations.foresee_regroup(place.id)
    _refuse_unpaid(place, outcome, group.own_cents, today)
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
    paying = (select(Allocation.payment_id).join(Charge, Charge.id == Allocation.charge_id)
              .where(Charge.registration_id == registration_id)
              .group_by(Allocation.payment_id).having(func.sum(Allocation.amount_cents) > 0))
    before = db.session.scalar(
        select(func.max(Deferral.number)).join(BalanceLot, BalanceLot.deferral_id == Deferral.id)
        .join(BalanceMovement, (BalanceMovement.lot_id == BalanceLot.id) & (BalanceMovement.kind == "used"))
        .where(BalanceMovement.payment_id.in_(paying)))
    return (before or 0) + 1


def _refuse_unpaid(place: Any, outcome: Outcome, group_cents: int, today: date) -> None:
    if outcome.balance_cents <= 0:
        raise Refusal("This place costs nothing, so there is nothing to keep.", way_out="Cancel it, and register for another date.",
                      code="nothing_to_keep")
    stands, bound_cents = balances.of_order(place.order_id, today), bound.paid_of(place.id)
    if giving_back.foreseen_kept(stands, outcome, group_cents, bound_cents) < outcome.balance_cents:
        raise Refusal("Only a place that is paid in full can be put off.", way_out="Pay it first, or cancel it.", code="not_paid")
