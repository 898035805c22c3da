"""Where the money of payments has gone on to: kept as a balance, which paid other orders, whose cancellation kept it again, and so on.

Read before a check that the bank gave back is undone, level by level, and before finance says so: in words and dollars what follows.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import case, func, select

from webapp.core.db import db
from webapp.payments import balances, payers
from webapp.payments.models import BalanceLot, BalanceMovement, Payment, Refund
from webapp.registration.models import Order

UNDER_WAY = ("requested", "pending")


@dataclass(frozen=True)
class Level:
    """Payments with what they left: balances, refunds to be sent by hand and those that were sent."""

    payments: Sequence[Payment]
    lots: Sequence[tuple[int, BalanceLot]] = ()  # each with the payment that left it
    waiting: Sequence[Refund] = ()
    sent: Sequence[Refund] = ()


@dataclass(frozen=True)
class Chain:
    """All levels, the first ones first. `debtors`: of each payment without an order of which money was sent, the order of its payer
    that owes it from then on; None where nobody knows one."""

    levels: Sequence[Level]
    debtors: dict[int, int | None] = field(default_factory=dict)

    @property
    def payments(self) -> list[Payment]:
        """Every payment that turns out to be no money."""
        return [one for level in self.levels for one in level.payments]

    @property
    def order_ids(self) -> list[int]:
        """Every order that is touched, ascending."""
        named = {one.order_id for one in self.payments} | set(self.debtors.values())
        return sorted(one for one in named if one is not None)

    @property
    def unowned_cents(self) -> int:
        """What was sent to somebody of whom no order is known."""
        return sum(one.amount_cents for level in self.levels for one in level.sent if self.debtors.get(one.payment_id, 0) is None)


@dataclass(frozen=True)
class Fate:
    """What becomes of some of the cents. `what`: open (the order is open again), left (so is one a balance paid), unmatched (paid
    nothing), ends (a balance), expired (is no income any more), unsent (stays here), sent (is owed, on the order if one is known)."""

    what: str
    cents: int
    order_id: int | None = None
    on: date | None = None


def fates(found: Chain) -> list[Fate]:
    """What becomes of every cent, level by level; they add up to what the first payments were."""
    made = [fate for level in found.levels for fate in _fates(level, found)]
    return [one for one in made if one.cents]


def of(payment_ids: Collection[int], owes_id: int | None = None) -> Chain:
    """What hangs on these payments, read afresh. `owes_id`: the order that owes what was sent where no order is known."""
    levels = list(_levels(payment_ids))
    homeless = {one.id: one for level in levels for one in level.payments if one.order_id is None}
    sent = {refund.payment_id for level in levels for refund in level.sent}
    known = [one.order_id for level in levels for one in level.payments if one.order_id is not None]
    return Chain(levels, {key: _debtor(one.payer_id, known) or owes_id for key, one in sorted(homeless.items()) if key in sent})


def expired_cents(lot_id: int) -> int:
    """Of a lot, what its last day took and nothing brought back."""
    return -int(db.session.scalar(select(func.coalesce(func.sum(BalanceMovement.cents), 0)).where(
        BalanceMovement.lot_id == lot_id, BalanceMovement.kind.in_(("expired", "revived")))) or 0)


def _fates(level: Level, found: Chain) -> Iterator[Fate]:
    for payment in level.payments:
        gone = [*level.waiting, *level.sent]
        stays = (payment.amount_cents - sum(one.amount_cents for one in gone if one.payment_id == payment.id)
                 - sum(lot.amount_cents for payment_id, lot in level.lots if payment_id == payment.id))
        yield Fate("unmatched" if payment.order_id is None else "left" if payment.method == "balance" else "open", stays, payment.order_id)
    for _, lot in level.lots:
        yield Fate("ends", lot.left_cents, on=lot.expires_on)
        yield Fate("expired", expired_cents(lot.id), on=lot.expires_on)
    yield from (Fate("unsent", one.amount_cents) for one in level.waiting)
    homes = {one.id: one.order_id for one in level.payments} | {key: value for key, value in found.debtors.items() if value}
    yield from (Fate("sent", one.amount_cents, homes.get(one.payment_id), one.returned_on) for one in level.sent)


def _levels(payment_ids: Collection[int]) -> Iterator[Level]:
    wanted = Payment.id.in_(payment_ids)
    while payments := db.session.scalars(select(Payment).where(wanted, Payment.state == "succeeded").order_by(Payment.id)
                                         .execution_options(populate_existing=True)).all():
        refunds = db.session.scalars(select(Refund).where(Refund.payment_id.in_([one.id for one in payments]), Refund.state != "failed")
                                     .order_by(Refund.id).execution_options(populate_existing=True)).all()
        source = {one.id: one.payment_id for one in refunds if one.to_balance}
        lots = db.session.scalars(select(BalanceLot).where(BalanceLot.refund_id.in_(source)).order_by(BalanceLot.id)
                                  .execution_options(populate_existing=True)).all()
        by_hand = [one for one in refunds if not one.to_balance]
        yield Level(payments, [(source[one.refund_id], one) for one in lots], [one for one in by_hand if one.state in UNDER_WAY],
                    [one for one in by_hand if one.state == "succeeded"])
        wanted = Payment.id.in_(select(BalanceMovement.payment_id).where(
            BalanceMovement.lot_id.in_([one.id for one in lots]), BalanceMovement.kind == "used"))


def _debtor(payer_id: int | None, touched: Collection[int]) -> int | None:
    """An order of this payer, one that is touched anyway first."""
    if payer_id is None:
        return None
    near = case((Order.id.in_(touched), 0), else_=1)
    return db.session.scalar(select(Order.id).where(Order.payer_id.in_(payers.same(payer_id)), Order.state.in_(balances.COUNTED))
                             .order_by(near, Order.id).limit(1))
