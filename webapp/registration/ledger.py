"""What is owed: the charges of an order. Lines are only added; a change voids a line and adds another.

What was paid is the other list and belongs to payments; an order's debt is never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.orm import aliased

from webapp.core.db import db, run
from webapp.registration.funds.rules import RULE
from webapp.registration.models import Charge
from webapp.registration.pricing import Line
from webapp.registration.years import rules as years

# Built once: every order asks them.
_OWED = select(func.coalesce(func.sum(Charge.amount_cents), 0)).where(Charge.order_id == bindparam("order"))
_NEW = insert(Charge)


@dataclass(frozen=True)
class Debtor:
    """Where lines are written: the order, its payer, and whose place in which event they are for (None: of the order as a whole)."""

    order_id: int
    payer_id: int
    event_id: int | None
    registration_id: int | None
    made_by_id: int | None = None


def owed(order_id: int) -> int:
    """What the order says is owed, in cents: the sum of all its lines."""
    return int(run(_OWED, {"order": order_id}).scalar_one())


def due(order_id: int, on: date) -> int:
    """What of it is due on a day, in cents."""
    return int(db.session.scalar(
        select(func.coalesce(func.sum(Charge.amount_cents), 0)).where(Charge.order_id == order_id, Charge.due_on <= on)) or 0)


def live(order_id: int, registration_ids: Iterable[int] | None = None) -> list[Charge]:
    """The lines in force: those neither voided nor voiding, oldest first."""
    statement = in_force(Charge)
    if registration_ids is not None:
        statement = statement.where(Charge.registration_id.in_(list(registration_ids)))
    return list(db.session.scalars(statement, {"order": order_id}))


@cache  # built once: composing it costs more than running it
def in_force(*columns: Any) -> Any:
    """These columns of the live lines of the `order` that is bound, oldest first; more tables may be joined."""
    voiding = aliased(Charge)
    return (
        select(*columns).select_from(Charge).outerjoin(voiding, voiding.voids_id == Charge.id)
        .where(Charge.order_id == bindparam("order"), Charge.kind != "void", voiding.id.is_(None)).order_by(Charge.id)
    )


def by_code(one: Charge) -> bool:
    """Whether the line is what a discount code takes off."""
    return one.kind == "discount" and one.explained.get("rule") == "code"


def carried(one: Charge) -> bool:
    """Whether the line is what a fund or another payer carries of the place."""
    return one.kind == "discount" and one.explained.get("rule") == RULE


def write(entries: Iterable[tuple[Debtor, Line]], at: datetime) -> None:
    """Writes lines for their debtors in one statement."""
    rows = [_row(debtor, line, at) for debtor, line in entries]
    if rows:
        run(_NEW, rows)


def void(charges: Iterable[Charge], *, reason: str, by_id: int | None, at: datetime) -> int:
    """Takes back exactly these lines, each by a line of its own; returns their sum in cents. A second time breaks a unique key."""
    taken = list(charges)
    rows: list[dict[str, Any]] = [
        {"order_id": c.order_id, "payer_id": c.payer_id, "event_id": c.event_id, "registration_id": c.registration_id,
         "kind": "void", "label": f"Taken back: {c.label}"[:255], "amount_cents": -c.amount_cents, "currency": c.currency,
         "due_on": c.due_on, "account_code": c.account_code, "voids_id": c.id, "reason": reason[:255], "made_by_id": by_id,
         "explained": {}, "created_at": at}
        for c in taken
    ]
    if rows:
        run(_NEW, rows)
    return sum(c.amount_cents for c in taken)


OUTLIVED = "There is less left than it lowered"


def drop_reductions(order_id: int, *, reason: str = OUTLIVED, by_id: int | None, at: datetime) -> None:
    """Takes reductions of the whole order back as far as they outlived what they reduced, the newest first: an order never owes less
    than nothing, nor more because it became smaller, and what lowered a place does not pay a membership that was bought beside it."""
    rest = [one for one in live(order_id) if one.explained.get("rule") != years.RULE]
    over = -sum(one.amount_cents for one in rest)
    for one in reversed([one for one in rest if one.registration_id is None and one.amount_cents < 0]):
        if over <= 0:
            return
        void([one], reason=reason, by_id=by_id, at=at)
        over += one.amount_cents
        if over < 0:  # so much of it still fits
            left = Line(one.kind, one.label, over, one.due_on, one.account_code, one.explained)
            write([(Debtor(order_id, one.payer_id, one.event_id, None, by_id), left)], at)


def _row(debtor: Debtor, line: Line, at: datetime) -> dict[str, Any]:
    return {
        "order_id": debtor.order_id, "payer_id": debtor.payer_id, "event_id": debtor.event_id,
        "registration_id": debtor.registration_id, "made_by_id": debtor.made_by_id, "kind": line.kind, "label": line.label[:255],
        "amount_cents": line.amount_cents, "due_on": line.due_on, "account_code": line.account_code,
        "explained": line.explained, "created_at": at,
    }
