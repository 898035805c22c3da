"""A movement of the books, and how it stands in a file for the bookkeeper."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from webapp.core import sheets, times
from webapp.core.sheets import Cell
from webapp.payments.rules import methods

COLUMNS = ("Day", "Moment (UTC)", "Kind", "Order", "Payer", "Event", "Account", "Text", "Method", "Number", "Owed", "Received", "Currency",
           "Deposit slip", "Fund or grant")


@dataclass(frozen=True)
class Movement:
    """One line. What is owed and what is received are two columns that are never mixed; cents, signed.

    `source` and `row_id` name the row it comes from: a charge, a payment, its coming back (bounce), a refund, its coming
    back (unrefund), a movement of a balance. `slip` is the deposit slip of a check, `fund` the fund that pays or whose grantor owes.
    """

    at: datetime
    kind: str
    order_ref: str | None
    payer: str | None
    event: str | None
    account_code: str
    text: str
    method: str
    number: str
    owed_cents: int | None
    received_cents: int | None
    currency: str
    source: str
    row_id: int
    slip: str
    fund: str

    @property
    def amount_cents(self) -> int:
        """Whichever of the two it is."""
        return (self.owed_cents or 0) + (self.received_cents or 0)


def rows(found: Iterable[Movement], zone: str) -> Iterator[list[Cell]]:
    """The cells under COLUMNS; days are those of the zone."""
    for one in found:
        yield [
            times.local(one.at, zone).date(), one.at, one.kind, one.order_ref, one.payer, one.event, one.account_code, one.text,
            methods.WORDS.get(one.method, ""), one.number, sheets.amount(one.owed_cents), sheets.amount(one.received_cents), one.currency,
            one.slip, one.fund,
        ]


def midnight(day: date, zone: str) -> datetime:
    """The moment a day begins in the zone."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return month_of(month + timedelta(days=31))
