"""Which payment pays which charge. Values in, new allocation lines out; nothing here knows the database.

The oldest due charge is paid first by the oldest payment. Lines are only added: what no longer fits (a charge that was
voided, money that went back) is taken back by a negative line. The sums never exceed either side.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """A charge: signed cents. `voids_id` names the line it takes back; `lowers` is the label of the line a reduction was made for.

    `is_apart`: a membership. What lowers the rest of the order does not pay it.
    """

    id: int
    amount_cents: int
    due_on: date
    registration_id: int | None = None
    voids_id: int | None = None
    label: str = ""
    lowers: str = ""
    is_apart: bool = False


@dataclass(frozen=True)
class Money:
    """A succeeded payment in cents: received, gone back (succeeded refunds), going back (refunds under way)."""

    id: int
    amount_cents: int
    returned_cents: int = 0
    leaving_cents: int = 0

    @property
    def kept_cents(self) -> int:
        """What has not gone back."""
        return self.amount_cents - self.returned_cents


@dataclass(frozen=True)
class Share:
    """One allocation line, signed cents."""

    payment_id: int
    charge_id: int
    amount_cents: int


def payable(lines: Iterable[Line]) -> dict[int, int]:
    """Cents each live positive charge still asks for, oldest due first.

    Voided lines and what voids them are gone. A negative line (discount, correction) lowers the line it was made for, what is left
    of it those of its own registration due that day, then all of that registration, then the others, the oldest due first, and what
    is apart last. What they take beyond all charges is not carried.
    """
    lines = sorted(lines, key=lambda line: (line.due_on, line.id))
    gone = {line.voids_id for line in lines if line.voids_id is not None}
    live = [line for line in lines if line.voids_id is None and line.id not in gone]
    asked = {line.id: line.amount_cents for line in live if line.amount_cents > 0}
    for less in (line for line in live if line.amount_cents < 0):
        left = -less.amount_cents
        others = [line for line in live if line.amount_cents > 0]
        for line in sorted(others, key=lambda one: _distance(less, one)):
            part = min(left, asked[line.id])
            asked[line.id] -= part
            left -= part
    return asked


def _distance(less: Line, line: Line) -> tuple[bool, bool, bool, bool]:
    """How far a reduction is from a charge: apart, another place, another line than the one it names, another day."""
    return line.is_apart, line.registration_id != less.registration_id, line.label != less.lowers, line.due_on != less.due_on


def settle(asked: dict[int, int], payments: Sequence[Money], existing: Iterable[Share]) -> list[Share]:
    """The lines to add so that every allocation fits both sides and free money pays what is open.

    `asked` is `payable(...)`, in the order charges are to be paid; `payments` are the oldest first. Money that is about to
    go back pays nothing new. Doing it again adds nothing.
    """
    table: dict[tuple[int, int], int] = defaultdict(int)
    for share in existing:
        table[share.payment_id, share.charge_id] += share.amount_cents
    before = dict(table)
    for charge_id in {charge for _, charge in table}:
        _take_back(table, _of_charge(table, charge_id), asked.get(charge_id, 0))
    for money in payments:
        _take_back(table, _of_payment(table, money.id, asked), money.kept_cents)
    _pay(table, asked, payments)
    return [Share(payment, charge, cents - before.get((payment, charge), 0))
            for (payment, charge), cents in table.items() if cents != before.get((payment, charge), 0)]


def _of_charge(table: dict[tuple[int, int], int], charge_id: int) -> list[tuple[int, int]]:
    """The shares in a charge, newest payment first."""
    return sorted((key for key in table if key[1] == charge_id), reverse=True)


def _of_payment(table: dict[tuple[int, int], int], payment_id: int, asked: dict[int, int]) -> list[tuple[int, int]]:
    """The shares of a payment, the charge due last first."""
    place = {charge_id: at for at, charge_id in enumerate(asked)}
    return sorted((key for key in table if key[0] == payment_id), key=lambda key: place.get(key[1], -1), reverse=True)


def _take_back(table: dict[tuple[int, int], int], keys: Sequence[tuple[int, int]], limit: int) -> None:
    over = sum(table[key] for key in keys) - limit
    for key in keys:
        part = min(max(over, 0), table[key])
        table[key] -= part
        over -= part


def _pay(table: dict[tuple[int, int], int], asked: dict[int, int], payments: Sequence[Money]) -> None:
    open_cents = {charge: cents - sum(table[key] for key in list(table) if key[1] == charge) for charge, cents in asked.items()}
    for money in payments:
        free = money.kept_cents - money.leaving_cents - sum(table[key] for key in list(table) if key[0] == money.id)
        for charge, wanted in open_cents.items():
            part = min(free, wanted)
            if part > 0:
                table[money.id, charge] += part
                open_cents[charge] -= part
                free -= part
