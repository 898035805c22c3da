"""Brings the allocations of an order in line with its charges, payments and refunds. Adds lines, changes none."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select

from webapp.catalog.models import Event
from webapp.core import clock, work
from webapp.core.db import db
from webapp.payments import balances, debts
from webapp.payments.lots import bound, making
from webapp.payments.models import Allocation, Payment, Refund
from webapp.payments.rules import allocations
from webapp.payments.rules.allocations import Line, Money, Share
from webapp.registration.models import Charge, Order
from webapp.registration.orders import locking
from webapp.registration.years import rules, standing

WAITING = ("held", "releasing")  # an order that may still get its places


def lock(order_id: int) -> Order:
    """The order, locked first as everywhere, read afresh."""
    return locking.locked(order_id)


def lock_all(order_ids: Collection[int]) -> dict[int, Order]:
    """These orders in one statement, by id, whatever order the caller names them in."""
    return locking.several(order_ids)


def lock_to_pay(order_id: int, other_id: int | None = None) -> Order:
    """The order money has come for: what may have to be found again for it stands still before. `other_id`: the one it was of."""
    return locking.to_place(order_id, other_id)


def lock_with_others(registration_id: int) -> Order:
    """The order of a place that may be given back, with those that carry a part of it and whose money follows."""
    return locking.of_place(registration_id)


def bring_in_line(order_id: int, *, put_off_id: int | None = None) -> int:
    """Pays open charges with free money, the oldest due first, and takes back what no longer fits. Safe to repeat.

    Call with the order locked, after any change to its charges, payments or refunds. An order that never got its places
    (held, expired) pays for nothing: its money stays unplaced and shows on finance's list. A payment page that now asks for
    too much is closed soon after the commit. Money that is bound to a course, and has nothing of it to pay here, waits for another
    date again (with the place `put_off_id`, where that was put off just now): answers these cents.
    """
    work.waits("money")
    order = db.session.execute(
        select(Order.id, Order.state, Order.has_year, Order.placed_at, Order.ended_at).where(Order.id == order_id)).one()
    free = _allocate(order)
    if order.has_year and standing.settle(order_id, _unpaid(order)):
        free = _allocate(order)
    debts.cover(order_id, {money.id: cents for money, cents in free.items() if money.course_id is None})
    if order.ended_at is not None and order.placed_at is None:
        return 0  # as if it had never paid: balance.return_unused
    return making.return_bound(order_id, {money: cents for money, cents in free.items() if money.course_id is not None}, put_off_id)


def _allocate(order: Any) -> dict[Money, int]:
    """What each payment has then that pays nothing and goes nowhere, in cents, the oldest first; in a held order: would have."""
    payments, existing = moneys(order.id), shares(order.id)
    if not payments and not existing:
        return {}
    made = allocations.settle(lines(order.id) if order.state != "expired" else [], payments, existing)
    if order.state not in WAITING:
        _add(made, _last_refunds([money.id for money in payments]))
    used = allocated([*existing, *made])
    free = {one: one.usable_cents - used.get(one.id, 0) for one in payments}
    return {money: cents for money, cents in free.items() if cents > 0}


def _add(made: Sequence[Share], last_refund: Mapping[int, int]) -> None:
    now = clock.now()
    db.session.add_all(
        Allocation(
            payment_id=share.payment_id,
            charge_id=share.charge_id,
            amount_cents=share.amount_cents,
            created_at=now,
            refund_id=last_refund.get(share.payment_id) if share.amount_cents < 0 else None,
        )
        for share in made
    )
    db.session.flush()


def _unpaid(order: Any) -> dict[int, int]:
    """What each charge in force still asks for, in cents; none of an order that never got its places."""
    asked = allocations.payable(lines(order.id)) if order.state in balances.COUNTED else {}
    for share in shares(order.id):
        if share.charge_id in asked:
            asked[share.charge_id] -= share.amount_cents
    return asked


def rooms(order_id: int) -> dict[int, int]:
    """Cents by course that money bound to it may still pay of this order."""
    return allocations.rooms(lines(order_id), moneys(order_id))


def give_back(payment_id: int) -> None:
    """Takes back everything a payment pays: it turned out to be no money (a check that bounced)."""
    rows = db.session.execute(
        select(Allocation.charge_id, func.sum(Allocation.amount_cents))
        .where(Allocation.payment_id == payment_id)
        .group_by(Allocation.charge_id)
        .having(func.sum(Allocation.amount_cents) != 0)
    ).all()
    now = clock.now()
    db.session.add_all(
        Allocation(payment_id=payment_id, charge_id=charge_id, amount_cents=-cents, created_at=now) for charge_id, cents in rows
    )
    db.session.flush()


def lines(order_id: int) -> list[Line]:
    """The charges of an order as values. A membership belongs to no course, whatever it was bought beside."""
    rows = db.session.execute(
        select(Charge.id, Charge.amount_cents, Charge.due_on, Charge.registration_id, Charge.voids_id, Charge.label, Charge.explained,
               Event.course_id)
        .outerjoin(Event, Event.id == Charge.event_id).where(Charge.order_id == order_id)
    )
    return [_line(row, is_year=row.explained.get("rule") == rules.RULE) for row in rows]


def _line(row: Any, *, is_year: bool) -> Line:
    return Line(row.id, row.amount_cents, row.due_on, row.registration_id, row.voids_id, row.label, str(row.explained.get("of", "")),
                is_year, None if is_year else row.course_id)


def moneys(order_id: int) -> list[Money]:
    """The succeeded payments of an order, the oldest first, with what went back of each."""
    return [Money(*row) for row in db.session.execute(_moneys().where(Payment.order_id == order_id).order_by(Payment.id))]


def money_of(payment_id: int) -> Money | None:
    """One succeeded payment with what went back of it."""
    row = db.session.execute(_moneys().where(Payment.id == payment_id)).first()
    return Money(*row) if row else None


def is_free(payment_id: int) -> bool:
    """Whether some of a payment pays nothing and is not going back."""
    money = money_of(payment_id)
    used = db.session.scalar(select(func.sum(Allocation.amount_cents)).where(Allocation.payment_id == payment_id)) or 0
    return money is not None and money.usable_cents > used


def shares(order_id: int) -> list[Share]:
    """What pays what in an order, summed per payment and charge."""
    rows = db.session.execute(
        select(Allocation.payment_id, Allocation.charge_id, func.sum(Allocation.amount_cents))
        .join(Payment, Payment.id == Allocation.payment_id)
        .where(Payment.order_id == order_id)
        .group_by(Allocation.payment_id, Allocation.charge_id)
    )
    return [Share(payment, charge, int(cents)) for payment, charge, cents in rows]


def allocated(found: Sequence[Share]) -> dict[int, int]:
    """Cents each payment pays now."""
    total: dict[int, int] = {}
    for share in found:
        total[share.payment_id] = total.get(share.payment_id, 0) + share.amount_cents
    return total


def _moneys() -> Any:
    def refunds(*states: str) -> Any:
        return func.coalesce(func.sum(case((Refund.state.in_(states), Refund.amount_cents), else_=0)), 0)

    return (
        select(Payment.id, Payment.amount_cents, refunds("succeeded"), refunds("requested", "pending"), bound.course_of_payment())
        .outerjoin(Refund, Refund.payment_id == Payment.id)
        .where(Payment.state == "succeeded")
        .group_by(Payment.id, Payment.amount_cents)
    )


def _last_refunds(payment_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Refund.payment_id, func.max(Refund.id))
        .where(Refund.payment_id.in_(payment_ids), Refund.state == "succeeded")
        .group_by(Refund.payment_id)
    )
    return {row[0]: row[1] for row in rows}
