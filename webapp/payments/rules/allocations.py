"""Which payment pays which charge. Values in, new allocation lines out; nothing here knows the database.

The oldest due charge is paid first by the oldest payment. Lines are only added: what no longer fits (a charge that was
voided, money that went back) is taken back by a negative line. The sums never exceed either side.

Money that is bound to a course begins to pay lines of this course only. It goes before other money, which makes room for it as far
as something else is open: so no cent lies idle that could pay.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Table = dict[tuple[int, int], int]  # cents by payment and charge
Courses = Mapping[int, int | None]  # of each charge


@dataclass(frozen=True)
class Line:
    """A charge: signed cents. `voids_id` names the line it takes back; `lowers` is the label of the line a reduction was made for.

    `is_apart`: a membership. What lowers the rest of the order does not pay it. `course_id`: of its event; None where it has none.
    """

    id: int
    amount_cents: int
    due_on: date
    registration_id: int | None = None
    voids_id: int | None = None
    label: str = ""
    lowers: str = ""
    is_apart: bool = False
    course_id: int | None = None


@dataclass(frozen=True)
class Money:
    """A succeeded payment in cents: received, gone back (succeeded refunds), going back (refunds under way).

    `course_id`: it is bound, and pays for this course only.
    """

    id: int
    amount_cents: int
    returned_cents: int = 0
    leaving_cents: int = 0
    course_id: int | None = None

    @property
    def kept_cents(self) -> int:
        """What has not gone back."""
        return self.amount_cents - self.returned_cents

    @property
    def usable_cents(self) -> int:
        """What has neither gone back nor is on its way."""
        return self.kept_cents - self.leaving_cents

    def may_pay(self, course_id: int | None) -> bool:
        """Whether it may pay a line of this course (None: of no course)."""
        return self.course_id is None or self.course_id == course_id


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


def settle(lines: Sequence[Line], payments: Sequence[Money], existing: Iterable[Share]) -> list[Share]:
    """The shares to add so that every allocation fits both sides and free money pays what is open.

    `lines` are those of an order that got its places, else none; `payments` are the oldest first. Money that is about to go back
    pays nothing new. What a share pays already it pays on, whatever its money is bound to. Doing it again adds nothing.
    """
    asked, courses = payable(lines), {line.id: line.course_id for line in lines}
    table: Table = defaultdict(int)
    for share in existing:
        table[share.payment_id, share.charge_id] += share.amount_cents
    before = dict(table)
    for charge_id in {charge for _, charge in table}:
        _take_back(table, _of_charge(table, charge_id), asked.get(charge_id, 0))
    for money in payments:
        _take_back(table, _of_payment(table, money.id, asked), money.kept_cents)
    _pay(table, asked, payments, courses)
    while _make_room(table, asked, payments, courses):
        _pay(table, asked, payments, courses)
    return [Share(payment, charge, cents - before.get((payment, charge), 0))
            for (payment, charge), cents in table.items() if cents != before.get((payment, charge), 0)]


def rooms(lines: Iterable[Line], payments: Iterable[Money]) -> dict[int, int]:
    """Cents by course that bound money may still pay: what the lines of the course ask for, less what is bound to it here already."""
    lines = list(lines)
    courses, found = {line.id: line.course_id for line in lines}, Counter[int]()
    for charge_id, cents in payable(lines).items():
        if (course_id := courses[charge_id]) is not None:
            found[course_id] += cents
    for money in payments:
        if money.course_id is not None:
            found[money.course_id] -= money.usable_cents
    return {course_id: cents for course_id, cents in found.items() if cents > 0}


def _of_charge(table: Table, charge_id: int) -> list[tuple[int, int]]:
    """The shares in a charge, newest payment first."""
    return sorted((key for key in table if key[1] == charge_id), reverse=True)


def _of_payment(table: Table, payment_id: int, asked: dict[int, int]) -> list[tuple[int, int]]:
    """The shares of a payment, the charge due last first."""
    place = {charge_id: at for at, charge_id in enumerate(asked)}
    return sorted((key for key in table if key[0] == payment_id), key=lambda key: place.get(key[1], -1), reverse=True)


def _take_back(table: Table, keys: Sequence[tuple[int, int]], limit: int) -> None:
    over = sum(table[key] for key in keys) - limit
    for key in keys:
        part = min(max(over, 0), table[key])
        table[key] -= part
        over -= part


def _pay(table: Table, asked: Mapping[int, int], payments: Sequence[Money], courses: Courses) -> None:
    still_open = _still_open(table, asked)
    for money in sorted(payments, key=lambda one: one.course_id is None):
        free = _free(table, money)
        for charge, wanted in still_open.items():
            part = min(free, wanted) if money.may_pay(courses[charge]) else 0
            if part > 0:
                table[money.id, charge] += part
                still_open[charge] -= part
                free -= part


def _make_room(table: Table, asked: Mapping[int, int], payments: Sequence[Money], courses: Courses) -> int:
    """Other money leaves lines of a course to idle money that is bound to it, the newest first; answers the cents it left.

    Only as much as it can pay elsewhere: else each pays what it paid.
    """
    wanted, left = sum(_still_open(table, asked).values()), 0
    anywhere = {money.id for money in payments if money.course_id is None}
    for money in (one for one in payments if one.course_id is not None):
        most = min(max(_free(table, money), 0), wanted - left)
        for key in sorted((key for key in table if key[0] in anywhere and courses.get(key[1]) == money.course_id), reverse=True):
            part = min(most, table[key])
            table[key] -= part
            most -= part
            left += part
    return left


def _still_open(table: Table, asked: Mapping[int, int]) -> dict[int, int]:
    """What nothing pays yet, of each charge."""
    paid = Counter[int]()
    for (_, charge), cents in table.items():
        paid[charge] += cents
    return {charge: cents - paid[charge] for charge, cents in asked.items()}


def _free(table: Table, money: Money) -> int:
    """What of a payment pays nothing and stays; below nothing where what pays is about to go."""
    return money.usable_cents - sum(cents for (payment, _), cents in table.items() if payment == money.id)
