"""The lots of a balance: read, locked, moved. Each move is a conditional update and a line in the list of movements."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, case, or_, select, update

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.payments import payers
from webapp.payments.models import BalanceLot, BalanceMovement, Refund


def of(payer_id: int, today: date, currency: str = "USD") -> list[BalanceLot]:
    """What this payer (and who is the same) can still use today, what expires first first."""
    return list(db.session.scalars(
        select(BalanceLot).where(*_usable(payers.same(payer_id), today, currency)).order_by(BalanceLot.expires_on, BalanceLot.id)))


def locked(payer_ids: Collection[int], today: date, currency: str) -> list[BalanceLot]:
    """The same, locked by ascending id as counters are, and read afresh."""
    return list(db.session.scalars(
        select(BalanceLot).where(*_usable(payer_ids, today, currency)).order_by(BalanceLot.id)
        .with_for_update().execution_options(populate_existing=True)))


def stand_still(payment_ids: Collection[int]) -> None:
    """The lots these payments were taken from, and those they left, locked by ascending id: before they are moved one by one."""
    used = select(BalanceMovement.lot_id).where(BalanceMovement.payment_id.in_(payment_ids), BalanceMovement.kind == "used")
    left = select(Refund.id).where(Refund.payment_id.in_(payment_ids), Refund.to_balance)
    db.session.execute(select(BalanceLot.id).where(or_(BalanceLot.id.in_(used), BalanceLot.refund_id.in_(left))).order_by(BalanceLot.id)
                       .with_for_update()).all()


def move(lot_id: int, cents: int, kind: str, *, payment_id: int | None = None, by_id: int | None = None, reason: str = "") -> None:
    """Adds signed cents to what is left of a lot and writes it down. Refuses what would leave less than nothing."""
    found = db.session.execute(
        update(BalanceLot).where(BalanceLot.id == lot_id, BalanceLot.left_cents + cents >= 0)
        .values(left_cents=BalanceLot.left_cents + cents).returning(BalanceLot.id).execution_options(synchronize_session=False)).first()
    if found is None:
        raise Refusal("The balance has been used meanwhile.", way_out="Look at what is left and try again.", code="balance_used")
    note(lot_id, cents, kind, payment_id=payment_id, by_id=by_id, reason=reason)


def note(lot_id: int, cents: int, kind: str, *, payment_id: int | None = None, by_id: int | None = None, reason: str = "") -> None:
    """Only the line: of a lot that was made with these cents."""
    db.session.add(BalanceMovement(lot_id=lot_id, kind=kind, cents=cents, payment_id=payment_id, made_by_id=by_id,
                                   reason=reason[:255], created_at=clock.now()))
    db.session.flush()


def prolong(lot_id: int, expires_on: date) -> None:
    """The lot is good until this day at least."""
    later = case((BalanceLot.expires_on < expires_on, expires_on), else_=BalanceLot.expires_on)
    db.session.execute(update(BalanceLot).where(BalanceLot.id == lot_id).values(expires_on=later)
                       .execution_options(synchronize_session=False))


def _usable(payer_ids: Collection[int], today: date, currency: str) -> tuple[ColumnElement[bool], ...]:
    return (BalanceLot.payer_id.in_(payer_ids), BalanceLot.left_cents > 0, BalanceLot.expires_on >= today,
            BalanceLot.currency == currency)


def of_payment(payment_id: int) -> BalanceLot | None:
    """The lot a payment by balance was taken from."""
    return db.session.scalar(
        select(BalanceLot).join(BalanceMovement, BalanceMovement.lot_id == BalanceLot.id)
        .where(BalanceMovement.payment_id == payment_id, BalanceMovement.kind == "used"))
