"""What a discount code does to the lines of a place, and why not: pure, told the time. Amounts are integer cents.

A code comes after the best dated price and the group rule, at most one on an order. It lowers the price of the place (each
instalment), and the extras where it says so. A percentage is rounded half up on each line; an amount is shared among the lines
by what they cost, the remainder cents on the first. No line falls below zero.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from webapp.core import money, times
from webapp.core.errors import Closed, Full, Refusal, Unacceptable
from webapp.registration.pricing import Line

WORD = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{1,38}[A-Z0-9])")
FIELD = "code"
WAY_OUT = "Take it out of the field, or type another."


@dataclass(frozen=True)
class Discount:
    """A code as it stood when it was read. `offered_for`: the names of what it is for, as far as everybody may know them."""

    id: int
    word: str
    amount_cents: int | None = None
    percent: int | None = None  # basis points
    with_add_ons: bool = False
    best_price: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    max_uses: int | None = None
    max_per_person: int | None = None
    budget_cents: int | None = None
    uses: int = 0
    spent_cents: int = 0
    withdrawn: bool = False
    event_ids: frozenset[int] = frozenset()
    type_ids: frozenset[int] = frozenset()
    offered_for: tuple[str, ...] = field(default=())

    @property
    def takes(self) -> str:
        """`10 % off`, `$20.00 off`."""
        return f"{money.written(self.amount_cents)} off" if self.amount_cents is not None else f"{percent_words(self.percent or 0)} off"

    def off(self, cents: int) -> int:
        """What it takes off one amount; never more than all of it."""
        return min(self.amount_cents, cents) if self.amount_cents is not None else money.percent_of(cents, self.percent or 0)


def word(typed: str) -> str:
    """A code as it is kept: capitals, digits and hyphens, however it was typed."""
    return re.sub(r"\s+", "", typed).upper()


def percent_words(basis_points: int) -> str:
    """`12.5 %`."""
    return f"{basis_points / 100:g} %"


def unknown(typed: str) -> Refusal:
    """Nobody gave this code out."""
    return Unacceptable(f"The code {typed[:40]} does not exist.", field=FIELD, way_out="Look at its letters and digits once more.",
                        code="no_such_code")


def withdrawn(code: Discount) -> Refusal:
    """Nobody gives it out any more."""
    return _no(Closed, f"The code {code.word} was withdrawn.", "code_withdrawn")


def because(code: Discount, *, event_id: int, type_id: int, zone: str, now: datetime) -> Refusal | None:
    """Why the code does nothing for this place now; None when it does. In the order a person would ask."""
    if code.withdrawn:
        return withdrawn(code)
    if code.valid_from and now < code.valid_from:
        return _no(Closed, f"This code begins on {times.moment_words(code.valid_from, zone)}.", "code_not_yet")
    if code.valid_until and now >= code.valid_until:
        return _no(Closed, f"This code was good until {times.until_words(code.valid_until, zone)}.", "code_ended")
    if (code.event_ids or code.type_ids) and event_id not in code.event_ids and type_id not in code.type_ids:
        return _no(Unacceptable, f"This code is for {listed(code.offered_for)} only." if code.offered_for
                   else "This code is for something else.", "code_elsewhere")
    return None


def exhausted(code: Discount, places: int, cents: int) -> Refusal | None:
    """Why its counters do not give this; None when they do."""
    if code.max_uses is not None and code.uses + places > code.max_uses:
        left = code.max_uses - code.uses
        return _no(Full, f"The code {code.word} was used up." if left <= 0
                   else f"The code {code.word} is good for {left} more, and {places} places were asked for.", "code_used_up")
    if code.budget_cents is not None and code.spent_cents + cents > code.budget_cents:
        left = code.budget_cents - code.spent_cents
        return _no(Full, f"The code {code.word} was used up." if left <= 0
                   else f"The code {code.word} has {money.written(left)} left, and this would take {money.written(cents)}.", "code_used_up")
    return None


def had_already(code: Discount) -> Refusal:
    """Her share of the code is used."""
    times_ = "once" if code.max_per_person == 1 else f"{code.max_per_person} times"
    return _no(Refusal, f"The code {code.word} is good {times_} for each person, and was used for this one.", "code_used_by_her")


def taken_off(code: Discount, lines: Sequence[Line], *, regular_cents: int | None = None) -> list[Line]:
    """The discount lines the code adds to the lines of one place: one for each line it lowers, none where it does nothing.

    `regular_cents`: for a code with `best_price` on a member's place, the regular price it is reckoned from: only what it is
    better than the member price is taken off.
    """
    bases = _bases(code, lines)
    amounts = [cents for _, cents in bases]
    if regular_cents is not None and code.best_price:
        offs = shared(max(sum(amounts) - (regular_cents - code.off(regular_cents)), 0), amounts)
    elif code.amount_cents is not None:
        offs = shared(code.amount_cents, amounts)
    else:
        offs = [code.off(cents) for cents in amounts]
    from_ = " the regular price" if regular_cents is not None and code.best_price else ""
    return [_line(code, line, cents, off, from_, alone=len(bases) == 1) for (line, cents), off in zip(bases, offs, strict=True) if off]


def sum_off(lines: Sequence[Line]) -> int:
    """What the lines of a code take off, in cents above zero."""
    return -sum(line.amount_cents for line in lines if line.explained.get("rule") == "code")


def idle(code: Discount, *, regular_cents: int | None = None) -> str:
    """Why a code that fits takes nothing off, for who typed it."""
    if regular_cents is not None and code.best_price:
        return f"The member price is better: it is used instead of {code.word}."
    return f"There is nothing left to take off the price of the place, so {code.word} was not used."


def shared(cents: int, among: Sequence[int]) -> list[int]:
    """Cents shared among amounts by their size, never more than each; the remainder goes to the first that has room."""
    whole = sum(among)
    cents = min(cents, whole)
    parts = [cents * one // whole for one in among] if whole else [0] * len(among)
    left = cents - sum(parts)
    for at, one in enumerate(among):
        more = min(left, one - parts[at])
        parts[at] += more
        left -= more
    return parts


def check(*, amount_cents: int | None, percent: int | None, budget_cents: int | None = None, max_uses: int | None = None,
          max_per_person: int | None = None, valid_from: datetime | None = None, valid_until: datetime | None = None,
          with_add_ons: bool = False, best_price: bool = False) -> None:
    """Refuses what no code can be, beside the field it belongs to."""
    if (amount_cents is None) == (percent is None):
        raise Unacceptable("Write an amount or a percentage.", field="off")
    if not 1 <= (amount_cents or percent or 0) <= (money.MAX_CENTS if percent is None else 10_000):
        raise Unacceptable("A code takes off something: an amount above zero, or up to 100 %.", field="off")
    for name, limit in (("max_uses", max_uses), ("max_per_person", max_per_person), ("budget", budget_cents)):
        if limit is not None and not 1 <= limit <= money.MAX_CENTS:
            raise Unacceptable("Leave it empty for no limit, or write a number above zero.", field=name)
    if any(first >= then for first, then in pairwise(one for one in (valid_from, valid_until) if one)):
        raise Unacceptable("It ends before it begins.", field="last_on")
    if with_add_ons and best_price:
        raise Unacceptable("A code that competes with the member price lowers the price of the place alone.", field="with_add_ons")


def _no(kind: type[Refusal], sentence: str, code: str) -> Refusal:
    return kind(sentence, field=FIELD, way_out=WAY_OUT, code=code)


def listed(names: Sequence[str]) -> str:
    """`A, B and C`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _bases(code: Discount, lines: Sequence[Line]) -> list[tuple[Line, int]]:
    """The lines the code may lower, with what earlier discounts of the price left of each."""
    kinds = ("fee", "instalment", "add_on") if code.with_add_ons else ("fee", "instalment")
    less = -sum(line.amount_cents for line in lines if line.kind == "discount")
    found = []
    for line in (one for one in lines if one.kind in kinds):
        part = min(less, line.amount_cents) if line.kind != "add_on" else 0
        less -= part
        found.append((line, line.amount_cents - part))
    return found


def _line(code: Discount, line: Line, cents: int, off: int, from_: str, *, alone: bool) -> Line:
    label = f"Code {code.word}, {code.takes}{from_}" + ("" if alone else f": {line.label}")
    words = f"{code.word} takes {money.written(off)} off {line.label}: {money.written(cents)} becomes {money.written(cents - off)}."
    explained = {"rule": "code", "code": code.word, "of": line.label, "words": words}
    return Line("discount", label, -off, line.due_on, line.account_code, explained)
