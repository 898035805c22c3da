"""What a fund or another payer carries of a place, and why not: pure, told the time. Amounts are integer cents.

After the best dated price, the group rule and a code; at most one fund on a place, never more than is left of it. It lowers the price of
the place (each instalment), and the extras where it says so; one line for each line lowered, with the due date of that line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from webapp.core import money, times
from webapp.core.errors import Closed, Full, Refusal, Unacceptable
from webapp.registration.codes.rules import FIELD, listed, percent_words, shared
from webapp.registration.pricing import Line

RULE = "share"
STAFF = "Choose another fund, or a smaller amount."
TYPED = "Take it out of the field, or ask the organizer."


@dataclass(frozen=True)
class Grant:
    """A fund as it stood when it was read. `offered_for`: the names of what it is for, as far as everybody may know them."""

    id: int
    name: str
    kind: str
    word: str | None = None
    order_id: int | None = None
    account_code: str = ""
    amount_cents: int | None = None
    percent: int | None = None  # basis points
    max_per_person_cents: int | None = None
    with_add_ons: bool = False
    passes_on: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    budget_cents: int = 0
    used_cents: int = 0
    withdrawn: bool = False
    event_ids: frozenset[int] = frozenset()
    type_ids: frozenset[int] = frozenset()
    offered_for: tuple[str, ...] = field(default=())

    @property
    def left_cents(self) -> int:
        """What of the budget is not used."""
        return self.budget_cents - self.used_cents


def pays(amount_cents: int | None, percent: int | None) -> str:
    """`$100.00`, `50 %`, `The rest`: what it pays of a place."""
    if amount_cents is not None:
        return money.written(amount_cents)
    return percent_words(percent) if percent is not None else "The rest"


def withdrawn(fund: Grant) -> Refusal:
    """Nobody gives it any more."""
    return Closed(f"{fund.name} gives nothing any more.", field=FIELD, way_out=TYPED, code="fund_withdrawn")


def because(fund: Grant, *, event_id: int, type_id: int, zone: str, now: datetime) -> Refusal | None:
    """Why the fund pays nothing of this place now; None when it does. In the order a person would ask."""
    if fund.withdrawn:
        return withdrawn(fund)
    if fund.valid_from and now < fund.valid_from:
        return Closed(f"{fund.name} begins on {times.moment_words(fund.valid_from, zone)}.", field=FIELD, way_out=TYPED,
                      code="fund_not_yet")
    if fund.valid_until and now >= fund.valid_until:
        return Closed(f"{fund.name} gave until {times.until_words(fund.valid_until, zone)}.", field=FIELD, way_out=TYPED, code="fund_ended")
    if (fund.event_ids or fund.type_ids) and event_id not in fund.event_ids and type_id not in fund.type_ids:
        return Unacceptable(f"{fund.name} is for {listed(fund.offered_for)} only." if fund.offered_for
                            else f"{fund.name} is for something else.", field=FIELD, way_out=TYPED, code="fund_elsewhere")
    return None


def for_staff(refusal: Refusal) -> Refusal:
    """The same refusal beside the fund that staff chose."""
    return type(refusal)(refusal.sentence, field="fund", way_out=STAFF, code=refusal.code)


def exhausted(fund: Grant, cents: int) -> Refusal | None:
    """Why its budget does not give this; None when it does. All or nothing: staff may give less by hand."""
    if cents <= fund.left_cents:
        return None
    left = f"has {money.written(fund.left_cents)} left, and this would take {money.written(cents)}" if fund.left_cents else "was used up"
    return Full(f"{fund.name} {left}.", field=FIELD, way_out=TYPED, code="fund_used_up")


def beyond_hers(fund: Grant) -> Refusal:
    """Her share of the fund is used."""
    return Refusal(f"{fund.name} gives {money.written(fund.max_per_person_cents or 0)} for each person, and she had of it already.",
                   field=FIELD, way_out="Staff may give what is left.", code="fund_had_by_her")


def part(fund: Grant, lines: Sequence[Line], *, cents: int | None = None) -> list[Line]:
    """The lines by which the fund lowers what is left of one place; `cents`: the amount staff chose, instead of the fund's own."""
    lefts = left_of(lines, with_add_ons=fund.with_add_ons)
    amounts = [left for _, left in lefts]
    amount = cents if cents is not None else fund.amount_cents
    offs = amounts
    if amount is not None:
        offs = shared(amount, amounts)
    elif fund.percent is not None:
        offs = [money.percent_of(one, fund.percent) for one in amounts]
    if fund.max_per_person_cents is not None and sum(offs) > fund.max_per_person_cents:
        offs = shared(fund.max_per_person_cents, offs)
    account = fund.account_code if fund.kind == "scholarship" else ""
    return lowering(fund.name, lefts, offs, account=account)


def carried(name: str, lines: Sequence[Line], cents: int) -> list[Line]:
    """The lines by which another payer lowers what is left of the price of one place by exactly these cents, or less where less is left."""
    lefts = left_of(lines)
    return lowering(name, lefts, shared(cents, [left for _, left in lefts]))


def left_of(lines: Sequence[Line], *, with_add_ons: bool = False) -> list[tuple[Line, int]]:
    """The lines of a place that can be lowered, each with what earlier reductions left of it."""
    kinds = ("fee", "instalment", "add_on") if with_add_ons else ("fee", "instalment")
    left = {at: line.amount_cents for at, line in enumerate(lines) if line.amount_cents > 0}
    for less in (one for one in lines if one.amount_cents < 0):
        rest = -less.amount_cents
        for at in sorted(left, key=lambda at: (lines[at].label != less.explained.get("of"), lines[at].kind == "add_on", at)):
            taken = min(rest, left[at])
            left[at] -= taken
            rest -= taken
    return [(lines[at], cents) for at, cents in left.items() if lines[at].kind in kinds]


def lowering(name: str, lefts: Sequence[tuple[Line, int]], offs: Sequence[int], *, account: str = "") -> list[Line]:
    """One line for each that is lowered."""
    alone = len(lefts) == 1
    return [Line("discount", f"Paid by {name}" + ("" if alone else f": {line.label}"), -off, line.due_on, account or line.account_code,
                 {"rule": RULE, "by": name, "of": line.label,
                  "words": f"{name} pays {money.written(off)} of the {money.written(left)} that {line.label} costs."})
            for (line, left), off in zip(lefts, offs, strict=True) if off]


def sum_of(lines: Sequence[Line]) -> int:
    """What lines of a fund or another payer carry, in cents above zero."""
    return -sum(line.amount_cents for line in lines if is_share(line))


def by_payer(lines: Sequence[Line]) -> dict[str, int]:
    """The same for each of those who carry a part, by name."""
    found: dict[str, int] = {}
    for line in lines:
        if is_share(line):
            found[line.explained["by"]] = found.get(line.explained["by"], 0) - line.amount_cents
    return found


def is_share(line: Line) -> bool:
    """Whether a line of a place says what somebody else carries."""
    return line.kind == "discount" and line.explained.get("rule") == RULE


def kept(share_cents: Sequence[int], coming_back_cents: int) -> list[int]:
    """What stays with each share when so much of the whole price comes back: to the first of them first, whole."""
    found = []
    for cents in share_cents:
        back = min(cents, coming_back_cents)
        coming_back_cents -= back
        found.append(cents - back)
    return found


def check(*, amount_cents: int | None, percent: int | None, budget_cents: int, max_per_person_cents: int | None,
          valid_from: datetime | None, valid_until: datetime | None) -> None:
    """Refuses what no fund can be, beside the field it belongs to."""
    if amount_cents is not None and percent is not None:
        raise Unacceptable("Write an amount or a percentage.", field="off")
    if not 1 <= (1 if amount_cents is None else amount_cents) <= money.MAX_CENTS or not 1 <= (1 if percent is None else percent) <= 10_000:
        raise Unacceptable("A fund pays something: an amount above zero, or up to 100 %.", field="off")
    if not 1 <= budget_cents <= money.MAX_CENTS:
        raise Unacceptable(f"A budget is above zero, and at most {money.written(money.MAX_CENTS)}.", field="budget")
    if max_per_person_cents is not None and not 1 <= max_per_person_cents <= money.MAX_CENTS:
        raise Unacceptable("Leave it empty for no limit, or write an amount above zero.", field="max_per_person")
    if valid_from and valid_until and valid_from >= valid_until:
        raise Unacceptable("It ends before it begins.", field="last_on")
