"""What of a balance is bound to a course: a place was put off, and its money waits for another date (docs/decisions/deferral.md)."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from webapp.catalog.models import Event
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.payments.rules import balance as rules
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Charge, Registration
from webapp.registration.years import rules as years


def values(lots: Iterable[BalanceLot]) -> list[rules.Lot]:
    """The lots for the rules, each with the course it is bound to. One statement where one came of a deferral, else none."""
    lots = list(lots)
    courses = _courses({lot.deferral_id for lot in lots if lot.deferral_id is not None and lot.opened_after is None})
    return [rules.Lot(lot.id, lot.left_cents, lot.expires_on, courses.get(lot.deferral_id or 0) if lot.opened_after is None else None)
            for lot in lots]


def waits() -> ColumnElement[bool]:
    """Of a lot: what is left of it pays for one course only."""
    return and_(BalanceLot.deferral_id.is_not(None), BalanceLot.opened_after.is_(None))


def paid_bound() -> ColumnElement[bool]:
    """Of a use of a lot (a movement): it paid for the course it was bound to."""
    before = or_(BalanceLot.opened_after.is_(None), BalanceMovement.id <= BalanceLot.opened_after)
    return and_(BalanceMovement.kind == "used", BalanceLot.deferral_id.is_not(None), before)


def again(payment_id: int, expires_on: date) -> tuple[int | None, date]:
    """Money of this payment comes back: the place put off whose course it is bound to again, and the last day it had.

    It can be used for 30 days at least, as all that comes back. What was an ordinary balance is one again, until `expires_on`.
    """
    found = db.session.execute(
        select(Deferral, BalanceLot.expires_on).join(BalanceLot, BalanceLot.deferral_id == Deferral.id)
        .join(BalanceMovement, BalanceMovement.lot_id == BalanceLot.id)
        .where(BalanceMovement.payment_id == payment_id, paid_bound())).one_or_none()
    if found is None:
        return None, expires_on
    deferral, until = found.Deferral, max(found.expires_on, clock.now().date() + rules.RETURNED_FOR)
    deferral.opened_at, deferral.expires_on = None, max(deferral.expires_on, until)
    return deferral.id, until


def course_of_payment() -> Any:
    """Beside the columns of a payment: the course it is bound to (None: to none)."""
    return (select(Deferral.course_id).join(BalanceLot, BalanceLot.deferral_id == Deferral.id)
            .join(BalanceMovement, BalanceMovement.lot_id == BalanceLot.id)
            .where(BalanceMovement.payment_id == Payment.id, paid_bound()).correlate(Payment).scalar_subquery())


def spare_of(registration_id: int) -> int:
    """Cents that would wait for another date of the course again, were the place given up now and nothing of it stayed to be paid.

    What is bound to the course on its order, less what the rest of the course asks for there: that it would pay. Below nothing where
    that asks for more. One statement; reads only.
    """
    return int(db.session.execute(select(spare_column()).where(Registration.id == registration_id)).scalar_one())


def spare_column() -> ColumnElement[int]:
    """`spare_of`, beside `Registration` in a query."""
    course = select(Event.course_id).where(Event.id == Registration.event_id).correlate(Registration).scalar_subquery()
    ours = (Payment.order_id == Registration.order_id, Payment.state == "succeeded", course_of_payment() == course)
    received = select(func.coalesce(func.sum(Payment.amount_cents), 0)).where(*ours)
    gone = select(func.coalesce(func.sum(Refund.amount_cents), 0)).join(Payment).where(*ours, Refund.state != "failed")
    asked = select(func.coalesce(func.sum(Charge.amount_cents), 0)).join(Event, Event.id == Charge.event_id).where(
        Charge.order_id == Registration.order_id, Event.course_id == course, func.coalesce(Charge.registration_id, 0) != Registration.id,
        func.coalesce(Charge.explained["rule"].as_string(), "") != years.RULE)
    others = asked.correlate(Registration).scalar_subquery()
    return (received.correlate(Registration).scalar_subquery() - gone.correlate(Registration).scalar_subquery()
            - case((others > 0, others), else_=0)).label("spare_cents")


def open_used(lot_ids: Collection[int], found: Collection[BalanceLot]) -> None:
    """A later date is taken and paid with these lots: what is left of the places put off that paid for it is an ordinary balance.

    `found`: all lots of the payer, locked.
    """
    closed = {lot.deferral_id for lot in found if lot.id in lot_ids and lot.deferral_id is not None and lot.opened_after is None}
    last = select(func.max(BalanceMovement.id)).where(BalanceMovement.lot_id == BalanceLot.id).scalar_subquery()
    if closed:
        theirs = BalanceLot.id.in_([lot.id for lot in found if lot.deferral_id in closed])
        db.session.execute(update(BalanceLot).where(theirs, BalanceLot.opened_after.is_(None)).values(opened_after=last)
                           .execution_options(synchronize_session=False))
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
    wanted = {lot.deferral_id for lot in due if lot.deferral_id is not None and lot.opened_after is None}
    kind = list(db.session.scalars(select(Deferral).where(Deferral.id.in_(wanted), Deferral.then_months > 0).order_by(Deferral.id))
                ) if wanted else []
    until = {one.id: rules.until(today, one.then_months) for one in kind}
    for one in kind:
        one.opened_at = clock.now()
        audit.record("deferral.lapsed", f"registration:{one.registration_id}", actor_id=None,
                     reason="No later date was taken in time, so it is an ordinary balance.", after={"until": until[one.id].isoformat()})
    for lot in (one for one in found if one.deferral_id in until and one.opened_after is None):
        lot.expires_on, lot.opened_after = max(lot.expires_on, until[lot.deferral_id or 0]), 0
    db.session.flush()
    return [lot for lot in due if lot.deferral_id in until and lot.opened_after == 0 and lot.expires_on == until[lot.deferral_id]]


def _courses(deferral_ids: Collection[int]) -> dict[int, int]:
    if not deferral_ids:
        return {}
    return {row.id: row.course_id for row in db.session.execute(
        select(Deferral.id, Deferral.course_id).where(Deferral.id.in_(deferral_ids)))}
