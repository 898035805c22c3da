"""What of a balance is bound to a course: a place was put off, and its money waits for another date (docs/decisions/deferral.md)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, update

from webapp.catalog.models import Event
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.payments.models import BalanceLot, BalanceMovement, Payment
from webapp.payments.rules import balance as rules
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Charge


def values(lots: Iterable[BalanceLot]) -> list[rules.Lot]:
    """The lots for the rules, each with the course it is bound to. One statement where one came of a deferral, else none."""
    lots = list(lots)
    courses = _courses({lot.deferral_id for lot in lots if lot.deferral_id is not None})
    return [rules.Lot(lot.id, lot.left_cents, lot.expires_on, courses.get(lot.deferral_id or 0)) for lot in lots]


def rooms(order_id: int) -> dict[int, int]:
    """Cents by course that bound lots may still pay of this order: what its events of the course cost, less what such lots paid."""
    owed: dict[Any, int] = dict(db.session.execute(
        select(Event.course_id, func.sum(Charge.amount_cents)).join(Charge, Charge.event_id == Event.id)
        .where(Charge.order_id == order_id, Event.course_id.is_not(None)).group_by(Event.course_id)).all())
    paid: dict[Any, int] = dict(db.session.execute(
        select(Deferral.course_id, func.sum(Payment.amount_cents))
        .join(BalanceLot, BalanceLot.deferral_id == Deferral.id).join(BalanceMovement, BalanceMovement.lot_id == BalanceLot.id)
        .join(Payment, Payment.id == BalanceMovement.payment_id)
        .where(Payment.order_id == order_id, Payment.state == "succeeded", BalanceMovement.kind == "used")
        .group_by(Deferral.course_id)).all())
    return {course: cents - paid.get(course, 0) for course, cents in owed.items() if cents > paid.get(course, 0)}


def open_used(lot_ids: Collection[int]) -> None:
    """A later date is taken and paid: what is left of the places put off that paid for it is an ordinary balance. Lots are locked."""
    closed = select(BalanceLot.deferral_id).where(BalanceLot.id.in_(lot_ids), BalanceLot.deferral_id.is_not(None))
    db.session.execute(update(Deferral).where(Deferral.id.in_(closed), Deferral.opened_at.is_(None)).values(opened_at=clock.now())
                       .execution_options(synchronize_session=False))


def with_the_rest(lot_ids: Collection[int]) -> list[BalanceLot]:
    """These lots, with all that are of the same place put off; locked by ascending id."""
    deferrals = select(BalanceLot.deferral_id).where(BalanceLot.id.in_(lot_ids), BalanceLot.deferral_id.is_not(None))
    return list(db.session.scalars(
        select(BalanceLot).where(or_(BalanceLot.id.in_(lot_ids), BalanceLot.deferral_id.in_(deferrals))).order_by(BalanceLot.id)
        .with_for_update().execution_options(populate_existing=True))) if lot_ids else []


def prolonged(due: Collection[BalanceLot], found: Collection[BalanceLot], today: date) -> list[BalanceLot]:
    """Those of the lots, whose last day is over, that their policy leaves to the payer as an ordinary balance; they are that now.

    All money of the place (`found`) lapses at once: also what an order that is held pays with, and may bring back.
    """
    wanted = {lot.deferral_id for lot in due if lot.deferral_id is not None}
    kind = list(db.session.scalars(select(Deferral).where(Deferral.id.in_(wanted), Deferral.opened_at.is_(None), Deferral.then_months > 0)
                                   .order_by(Deferral.id))) if wanted else []
    until = {one.id: rules.until(today, one.then_months) for one in kind}
    for one in kind:
        one.opened_at = clock.now()
        audit.record("deferral.lapsed", f"registration:{one.registration_id}", actor_id=None,
                     reason="No later date was taken in time, so it is an ordinary balance.", after={"until": until[one.id].isoformat()})
    for lot in (one for one in found if one.deferral_id in until):
        lot.expires_on = max(lot.expires_on, until[lot.deferral_id or 0])
    db.session.flush()
    return [lot for lot in due if lot.deferral_id in until]


def _courses(deferral_ids: Collection[int]) -> dict[int, int]:
    if not deferral_ids:
        return {}
    return {row.id: row.course_id for row in db.session.execute(
        select(Deferral.id, Deferral.course_id).where(Deferral.id.in_(deferral_ids), Deferral.opened_at.is_(None)))}
