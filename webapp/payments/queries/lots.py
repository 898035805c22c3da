"""What payers have with us: the lots on finance's list, and one payer's with all that happened."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from webapp.accounts.models import Person
from webapp.catalog.models import Course
from webapp.core.db import db
from webapp.payments import payers
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import Order, Payer

PAGE = 50
SHOWN = ("usable", "expired", "all")


def listing(shown: str, offset: int = 0) -> list[Any]:
    """Lots a page at a time: what expires first first; `expired` the newest first. One statement."""
    moved = BalanceMovement.kind.in_(("expired", "revived"))
    expired = BalanceLot.id.in_(select(BalanceMovement.lot_id).where(moved).group_by(BalanceMovement.lot_id)
                                .having(func.sum(BalanceMovement.cents) < 0))
    which = {"usable": BalanceLot.left_cents > 0, "expired": expired}.get(shown)
    order = BalanceLot.expires_on if shown == "usable" else BalanceLot.expires_on.desc()
    statement = _lots() if which is None else _lots().where(which)
    return list(db.session.execute(statement.order_by(order, BalanceLot.id).offset(offset).limit(PAGE)))


def in_all() -> int:
    """Cents that can still be used, over all payers: what the association owes them."""
    return int(db.session.scalar(select(func.coalesce(func.sum(BalanceLot.left_cents), 0))) or 0)


def of_payer(payer_id: int) -> list[Any]:
    """Every lot of one payer, the newest first."""
    return list(db.session.execute(_lots().where(_of(payers.same(payer_id))).order_by(BalanceLot.id.desc()).limit(200)))


def history(payer_id: int) -> list[Any]:
    """What happened to them, the newest first: the movement, who did it, and the order that was paid."""
    who = func.trim(Person.given_name + " " + Person.family_name).label("who")
    return list(db.session.execute(
        select(BalanceMovement, who, Order.ref).join(BalanceLot, BalanceLot.id == BalanceMovement.lot_id)
        .outerjoin(Person, Person.id == BalanceMovement.made_by_id).outerjoin(Payment, Payment.id == BalanceMovement.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).where(_of(payers.same(payer_id)))
        .order_by(BalanceMovement.id.desc()).limit(200)))


def usable(lots: Collection[Any], today: date) -> int:
    """Cents of these lots that can be used today."""
    return sum(row.BalanceLot.left_cents for row in lots if row.BalanceLot.expires_on >= today)


def _of(payer_ids: Collection[int]) -> ColumnElement[bool]:
    return BalanceLot.payer_id.in_(payer_ids)


def _lots() -> Any:
    """`course`: what the lot alone can pay for, of a place that was put off."""
    course = case((BalanceLot.opened_after.is_(None), Course.title)).label("course")
    return (select(BalanceLot, Payer.name, Payer.kind, Order.ref, course).join(Payer, Payer.id == BalanceLot.payer_id)
            .outerjoin(Deferral, Deferral.id == BalanceLot.deferral_id).outerjoin(Course, Course.id == Deferral.course_id)
            .join(Refund, Refund.id == BalanceLot.refund_id).join(Payment, Payment.id == Refund.payment_id)
            .outerjoin(Order, Order.id == Payment.order_id))


def one(lot_id: int) -> Any:
    """One lot with its payer and the order it came from; None when there is none."""
    return db.session.execute(_lots().where(BalanceLot.id == lot_id)).one_or_none()
