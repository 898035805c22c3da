"""A payer's statement: what was open at a day, everything that moved since, what is open then, and how old it is.

The lines are the movements of the books, so opening and closing are what the ledger says at these instants, now and always.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.payments.models import BalanceLot, BalanceMovement, CreditNote, Invoice, Payment, Refund
from webapp.payments.queries import movements
from webapp.payments.rules import methods
from webapp.payments.rules.ageing import Ages, aged
from webapp.payments.rules.books import Movement
from webapp.registration.models import Charge, Order

NEAR = timedelta(seconds=5)  # a paper is issued in the transaction of what it bills, or minutes after a seat was held
A_DAY = timedelta(days=1)  # money is booked by the day
Papers = list[tuple[datetime, str, bool]]  # issued, number, and whether it bills (else it is a credit note)


@dataclass(frozen=True)
class Part:
    """What a line is for one order: cents. `papers`: the numbers of the order's invoices by then."""

    order_ref: str
    papers: str
    text: str
    owed_cents: int
    paid_cents: int

    @property
    def cents(self) -> int:
        """Whichever of the two it is."""
        return self.owed_cents or self.paid_cents


@dataclass(frozen=True)
class Line:
    """One thing that happened: more is owed, or something was paid; in cents. `open_cents` is what is open after it.

    A check over three invoices is one line of three parts, and one when it comes back.
    """

    at: datetime
    what: str
    parts: tuple[Part, ...]
    open_cents: int

    @property
    def owed_cents(self) -> int:
        """What came to be owed by it."""
        return sum(part.owed_cents for part in self.parts)

    @property
    def paid_cents(self) -> int:
        """What was paid by it."""
        return sum(part.paid_cents for part in self.parts)

    @property
    def order_ref(self) -> str:
        """Its order; '' where it is of several, or of none."""
        return self.parts[0].order_ref if len({part.order_ref for part in self.parts}) == 1 else ""

    @property
    def text(self) -> str:
        """The events of charges, what staff wrote of money; said once."""
        return " · ".join(dict.fromkeys(part.text for part in self.parts if part.text))


@dataclass(frozen=True)
class Statement:
    """From `start` (inclusive) until `end` (exclusive). A negative amount is with us for the payer."""

    opening_cents: int
    closing_cents: int
    lines: list[Line]
    ages: Ages = field(default_factory=Ages)

    @property
    def owed_cents(self) -> int:
        """What came to be owed in the period."""
        return sum(line.owed_cents for line in self.lines)

    @property
    def paid_cents(self) -> int:
        """What was paid in it, less what went back."""
        return sum(line.paid_cents for line in self.lines)


def of(payer_ids: Collection[int], start: datetime, end: datetime, last_day: date) -> Statement:
    """The statement of these payers (one payer's rows). `last_day`: by which day of the association it is aged. Five statements."""
    opening = _sum(movements.read(_moved(payer_ids, start)))
    found = list(movements.read(_moved(payer_ids, end, start)))
    papers = _papers(payer_ids, end)
    lines, still_open = [], opening
    for made in _happened(found):
        parts = [_part(list(group), papers) for _, group in groupby(made, key=lambda one: one.order_ref)]
        still_open += sum(part.owed_cents - part.paid_cents for part in parts)
        lines.append(Line(made[0].at, _what(made, papers), tuple(sorted(parts, key=lambda part: not part.order_ref)), still_open))
    return Statement(opening, still_open, lines, _ages(payer_ids, end, last_day, still_open))


def _moved(payer_ids: Collection[int], end: datetime, start: datetime | None = None) -> Any:
    """What moved for these payers: an order's by who pays the order, else by who is named."""
    table = movements.table(end, start)
    orders, payments = select(Order.id).where(Order.payer_id.in_(payer_ids)), _payments(payer_ids)
    lots = select(BalanceLot.id).where(BalanceLot.payer_id.in_(payer_ids))
    refunds = select(Refund.id).where(Refund.payment_id.in_(payments))
    mine = {"charge": select(Charge.id).where(Charge.order_id.in_(orders)), "payment": payments, "bounce": payments,
            "refund": refunds, "unrefund": refunds,
            "balance": select(BalanceMovement.id).where(BalanceMovement.lot_id.in_(lots))}
    conditions = [(table.c.source == source) & table.c.row_id.in_(ids) for source, ids in mine.items()]
    either = conditions[0]
    for one in conditions[1:]:
        either = either | one
    return select(table).where(either).order_by(table.c.at, table.c.order_ref, table.c.source, table.c.row_id)


def _payments(payer_ids: Collection[int]) -> Any:
    payer = func.coalesce(Order.payer_id, Payment.payer_id)
    return select(Payment.id).outerjoin(Order, Order.id == Payment.order_id).where(payer.in_(payer_ids))


def _sum(found: Iterator[Movement]) -> int:
    return sum((one.owed_cents or 0) - (one.received_cents or 0) for one in found)


def _happened(found: list[Movement]) -> Iterator[list[Movement]]:
    """Movements that are one thing to the payer, in the order of time: what an act wrote of one kind within seconds."""
    recent: dict[tuple[Any, ...], list[Movement]] = {}
    for one in found:
        for key in [key for key, made in recent.items() if one.at - made[0].at > NEAR]:
            yield recent.pop(key)
        recent.setdefault(_together(one), []).append(one)
    yield from recent.values()


def _together(one: Movement) -> tuple[Any, ...]:
    """Charges of one order and moment are one; so are the parts of a check (its number names it), and what is undone together.

    Other payments are booked by the day, so of one moment is nothing that they say: each is one of its own.
    """
    if one.source == "charge":
        return (one.source, one.at, one.order_ref)
    if one.source == "payment" and not one.number:
        return (one.source, one.row_id)
    return (one.source, one.kind, one.method, one.number)


def _part(made: list[Movement], papers: dict[str, Papers]) -> Part:
    ref = made[0].order_ref or ""
    until = made[0].at + (A_DAY if made[0].source == "payment" else -NEAR)
    bills = [number for issued, number, bills in papers.get(ref, []) if bills and issued <= until]
    return Part(ref, ", ".join(bills), _text(made),
                sum(one.owed_cents or 0 for one in made), sum(one.received_cents or 0 for one in made))


def _papers(payer_ids: Collection[int], end: datetime) -> dict[str, Papers]:
    """The invoices and credit notes of each order, by its reference, the oldest first."""
    found: dict[str, Papers] = {}
    mine = Order.payer_id.in_(payer_ids)
    notes = (select(Order.ref, CreditNote.issued_at, CreditNote.number).join(Invoice, Invoice.id == CreditNote.invoice_id)
             .join(Order, Order.id == Invoice.order_id).where(mine, CreditNote.issued_at < end))
    invoices = (select(Order.ref, Invoice.issued_at, Invoice.number).join(Order, Order.id == Invoice.order_id)
                .where(mine, Invoice.issued_at < end))
    for statement, bills in ((notes, False), (invoices, True)):
        for ref, at, number in db.session.execute(statement):
            found.setdefault(ref, []).append((at, number, bills))
    return {ref: sorted(papers) for ref, papers in found.items()}


def _what(made: list[Movement], papers: dict[str, Papers]) -> str:
    first = made[0]
    if first.source == "charge":
        return _paper(made, papers.get(first.order_ref or "", []))
    if first.source == "payment":
        return f"Paid by {methods.WORDS.get(first.method, first.method)} {first.number}".strip()
    if first.source == "bounce":
        way = f"{methods.WORDS.get(first.method, first.method)} {first.number}".strip().capitalize()
        return f"{way} came back from the bank" if first.method != "balance" else "Balance not used"
    return first.kind.capitalize()


def _paper(made: list[Movement], papers: Papers) -> str:
    """The papers that were issued with these charges; else, where they are owed, the first invoice after them."""
    at, more = made[0].at, sum(one.owed_cents or 0 for one in made) >= 0
    numbers = [number for issued, number, _ in papers if abs(issued - at) <= NEAR]
    if not numbers and more:
        numbers = [number for issued, number, bills in papers if bills and issued >= at][:1]
    return ", ".join(dict.fromkeys(numbers)) or ("Order" if more else "Less is owed")


def _text(made: list[Movement]) -> str:
    """The events of a line of charges; what staff wrote of another."""
    if made[0].source != "charge":
        return " · ".join(dict.fromkeys(one.text for one in made if one.text))
    return " · ".join(dict.fromkeys(one.event or one.text for one in made))


def _ages(payer_ids: Collection[int], end: datetime, last_day: date, closing_cents: int) -> Ages:
    """What is open at the end, by how long it is due; each order's money pays its oldest due first."""
    charges = db.session.execute(
        select(Charge.order_id, Charge.due_on, func.sum(Charge.amount_cents)).join(Order, Order.id == Charge.order_id)
        .where(Order.payer_id.in_(payer_ids), Order.placed_at < end, Charge.created_at < end)
        .group_by(Charge.order_id, Charge.due_on).order_by(Charge.order_id, Charge.due_on)).all()
    table = movements.table(end)
    paid: Any = db.session.execute(
        select(Order.id, func.sum(table.c.received_cents)).join(Order, Order.ref == table.c.order_ref)
        .where(Order.payer_id.in_(payer_ids), table.c.source != "balance").group_by(Order.id))
    money = {row[0]: int(row[1] or 0) for row in paid}
    orders = [([(row[1], int(row[2])) for row in rows], money.get(order_id, 0))
              for order_id, rows in groupby(charges, key=lambda row: row[0])]
    return aged(orders, last_day, closing_cents)
