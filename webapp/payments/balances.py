"""What is owed and what is paid, per order: derived from the two lists in one statement, never stored."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Subquery, bindparam, case, func, select

from webapp.core.db import db, run
from webapp.payments.models import Allocation, Payment, Refund
from webapp.payments.rules.standing import Balance
from webapp.registration.models import Charge, Order

COUNTED = ("placed", "cancelled")  # states of orders that owe what their lines say; held and expired ones owe nothing


def of_order(order_id: int, today: date) -> Balance:
    """How the order stands on this calendar day (of the association)."""
    row = run(_one(), {"order": order_id, "today": today}).one_or_none()
    return balance(row) if row is not None else Balance()


@cache  # built once: composing it costs more than running it
def _one() -> Any:
    return select(books(bindparam("today", type_=Date), Order.id == bindparam("order")))


@cache
def _several() -> Any:
    return select(books(bindparam("today", type_=Date), Order.id.in_(bindparam("orders", expanding=True))))


@cache
def paid_column() -> ColumnElement[int]:
    """`paid_cents`, what was received and not given back, beside the columns of an order: costs its page no statement."""
    received = select(func.coalesce(_sum_in(Payment, "succeeded"), 0)).where(Payment.order_id == Order.id)
    back = (select(func.coalesce(_sum_in(Refund, "succeeded"), 0)).join(Payment, Payment.id == Refund.payment_id)
            .where(Payment.order_id == Order.id))
    return (received.correlate(Order).scalar_subquery() - back.correlate(Order).scalar_subquery()).label("paid_cents")


def of_orders(order_ids: Collection[int], today: date) -> dict[int, Balance]:
    """The same for many orders, in one statement."""
    rows = db.session.execute(_several(), {"orders": list(order_ids), "today": today}).all()
    return {row.order_id: balance(row) for row in rows}


def balance(row: object) -> Balance:
    """The values of a row of `books`."""
    return Balance(**{name: int(getattr(row, name)) for name in Balance.__dataclass_fields__})


def kept_of(order_ids: Collection[int]) -> int:
    """Of what these orders gave back, the cents that did not leave the house: they became their payer's balance."""
    return int(db.session.scalar(select(_sum_in(Refund, "succeeded")).join(Payment, Payment.id == Refund.payment_id)
                                 .where(Payment.order_id.in_(order_ids), Refund.to_balance)) or 0)


def books(today: date | BindParameter[date], *which: ColumnElement[bool]) -> Subquery:
    """A table with one row per order (`order_id`, `state` and the columns of Balance), to select from and to filter by."""
    orders = select(Order.id).where(*which).scalar_subquery() if which else None
    owed, paid, back, used = _owed(today, orders), _paid(orders), _refunded(orders), _allocated(orders)
    sources = {"owed_cents": owed, "due_cents": owed, "overdue_cents": owed, "received_cents": paid, "processing_cents": paid,
               "refunded_cents": back, "in_flight_cents": back, "allocated_cents": used}
    columns = [func.coalesce(table.c[name], 0).label(name) for name, table in sources.items()]
    statement = select(Order.id.label("order_id"), Order.state.label("order_state"), *columns)
    for table in (owed, paid, back, used):
        statement = statement.outerjoin(table, table.c.order_id == Order.id)
    return statement.where(*which).subquery()


def _owed(today: date | BindParameter[date], orders: ColumnElement[int] | None) -> Subquery:
    """Sums of charges. A line that voids another carries its due date, so a voided future instalment never counts early."""
    def total(condition: ColumnElement[bool] | None = None) -> ColumnElement[int]:
        return func.sum(Charge.amount_cents if condition is None else case((condition, Charge.amount_cents), else_=0))

    statement = select(Charge.order_id, total().label("owed_cents"), total(Charge.due_on <= today).label("due_cents"),
                       total(Charge.due_on < today).label("overdue_cents"))
    statement = statement.group_by(Charge.order_id)
    return (statement if orders is None else statement.where(Charge.order_id.in_(orders))).subquery()


def _paid(orders: ColumnElement[int] | None) -> Subquery:
    statement = select(Payment.order_id, _sum_in(Payment, "succeeded").label("received_cents"),
                       _sum_in(Payment, "processing").label("processing_cents"))
    return _of(statement.group_by(Payment.order_id), orders)


def _refunded(orders: ColumnElement[int] | None) -> Subquery:
    statement = select(Payment.order_id, _sum_in(Refund, "succeeded").label("refunded_cents"),
                       _sum_in(Refund, "requested", "pending").label("in_flight_cents"))
    return _of(statement.join(Refund, Refund.payment_id == Payment.id).group_by(Payment.order_id), orders)


def _allocated(orders: ColumnElement[int] | None) -> Subquery:
    statement = select(Payment.order_id, func.sum(Allocation.amount_cents).label("allocated_cents"))
    return _of(statement.join(Allocation, Allocation.payment_id == Payment.id).group_by(Payment.order_id), orders)


def _sum_in(table: type[Payment] | type[Refund], *states: str) -> ColumnElement[int]:
    return func.sum(case((table.state.in_(states), table.amount_cents), else_=0))


def _of(statement: Any, orders: ColumnElement[int] | None) -> Subquery:
    found: Subquery = (statement if orders is None else statement.where(Payment.order_id.in_(orders))).subquery()
    return found
