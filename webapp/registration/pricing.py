"""What a place costs: pure rules over plain values, told the time. Amounts are integer cents.

In this order (design: the data model, Price): the best dated price for type and audience, then the group rule, then the split
into instalments; a discount code (codes/rules.py) lowers the lines that come out. Every line says how it came about; the lines
are copied onto charges, so a later price changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from webapp.core import money, times
from webapp.core.errors import Closed

WHOLE = 10_000  # basis points
TERMS_DAYS = 30  # a place is to be paid within so many days


@dataclass(frozen=True)
class Dated:
    """An amount valid from (inclusive) until (exclusive); None is open. `audience` None is everybody."""

    amount_cents: int
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    audience: str | None = None
    label: str = ""


@dataclass(frozen=True)
class Part:
    """An instalment: when it is due, and its share in basis points of 10,000."""

    due_on: date
    share: int


@dataclass(frozen=True)
class Item:
    """Something with dated prices: a registration type or an add-on. `in_groups`: the group price is for it: not for one that takes no
    seat, an exhibitor's table."""

    name: str
    prices: tuple[Dated, ...]
    account_code: str = ""
    parts: tuple[Part, ...] = ()
    in_groups: bool = True


@dataclass(frozen=True)
class Line:
    """One line of what is owed, as it will stand on the charge."""

    kind: str
    label: str
    amount_cents: int
    due_on: date
    account_code: str = ""
    explained: dict[str, Any] = field(default_factory=dict)


def audience_of(type_audience: str, is_member: bool) -> str:
    """By which audience add-ons are priced: that of the type where it is one of theirs, else by membership."""
    if type_audience in ("member", "non_member"):
        return type_audience
    return "member" if is_member else "non_member"


def best(prices: Iterable[Dated], audience: str | None, at: datetime) -> Dated | None:
    """The cheapest price valid at the moment for the audience; of equal ones the one that lasts longest. None: not sold now."""
    valid = [p for p in prices if p.audience in (None, audience) and _covers(p, at)]
    return min(valid, key=lambda p: (p.amount_cents, p.valid_until is not None), default=None)


def following(prices: Iterable[Dated], audience: str | None, now_in_force: Dated) -> Dated | None:
    """The price after the one in force ends; None when it does not end, or nothing follows."""
    if now_in_force.valid_until is None:
        return None
    return best(prices, audience, now_in_force.valid_until)


def hint(prices: Sequence[Dated], audience: str | None, at: datetime, zone: str) -> str:
    """`Early price until Tue 15 Sep 2026; $155.00 after.` Empty when the price in force does not end."""
    price = best(prices, audience, at)
    if price is None or price.valid_until is None:
        return ""
    name = price.label[:1].upper() + price.label[1:] if price.label else "This price"
    later = following(prices, audience, price)
    after = f"; {money.written(later.amount_cents)} after" if later else ""
    return f"{name} until {times.until_words(price.valid_until, zone)}{after}."


def due_on(today: date, starts_on: date | None) -> date:
    """When a place is to be paid: within the terms, and at the latest on the day it starts. Instalments have their own dates."""
    terms = today + timedelta(days=TERMS_DAYS)
    return terms if starts_on is None else max(today, min(terms, starts_on))


def quote(place: Item, *, at: datetime, zone: str, audience: str | None = None, add_ons: Sequence[tuple[Item, int]] = (),
          people: int = 1, group_rules: Iterable[tuple[int, int]] = (), starts_on: date | None = None) -> list[Line]:
    """The lines of one place: fee or instalments, group discount, add-ons.

    `people` are the places with a seat in the order (of one payer); `group_rules` are (from how many, basis points off the fee).
    Refuses with Closed when something has no price at this moment.
    """
    today = times.local(at, zone).date()
    due = due_on(today, starts_on)
    fee = _priced(place, audience, at)
    group_rules = list(group_rules) if place.in_groups else []
    off = _group(group_rules, people, fee.amount_cents)
    words = hint(place.prices, audience, at, zone)
    explained: dict[str, Any] = {"rule": "best_dated_price", "words": words, "label": fee.label}
    if place.parts:
        lines = _instalments(place, fee.amount_cents - (off[1] if off else 0), today, explained)
    else:
        group = group_line(group_rules, people, fee.amount_cents, due, place.account_code)
        lines = [Line("fee", place.name, fee.amount_cents, due, place.account_code, explained), *([group] if group else [])]
    return lines + [add_on_line(item, count, audience, at, due) for item, count in add_ons if count]


def group_line(rules: Iterable[tuple[int, int]], people: int, fee_cents: int, due: date, account_code: str) -> Line | None:
    """What the group rule takes off one place when so many are ordered together; None when it takes nothing."""
    off = _group(rules, people, fee_cents)
    return Line("discount", off[0], -off[1], due, account_code, {"rule": "group"}) if off and off[1] else None


def add_on_line(item: Item, count: int, audience: str | None, at: datetime, due: date) -> Line:
    """What so many of an add-on cost. Refuses with Closed when it has no price at this moment."""
    price = _priced(item, audience, at)
    label = item.name if count == 1 else f"{count} × {item.name}"
    return Line("add_on", label, price.amount_cents * count, due, item.account_code, {"rule": "add_on", "count": count})


def total(lines: Iterable[Line]) -> int:
    """The sum of the lines in cents."""
    return sum(line.amount_cents for line in lines)


def _covers(price: Dated, at: datetime) -> bool:
    return (price.valid_from is None or price.valid_from <= at) and (price.valid_until is None or at < price.valid_until)


def _priced(item: Item, audience: str | None, at: datetime) -> Dated:
    price = best(item.prices, audience, at)
    if price is None:
        raise Closed(f"{item.name} has no price on this day.", way_out="Choose another type, or ask the organizer.", field="type")
    return price


def group_share(rules: Iterable[tuple[int, int]], people: int) -> tuple[int, int] | None:
    """The group rule (from how many, basis points off) that takes off most for so many people; None when none fits."""
    return max((rule for rule in rules if people >= rule[0]), key=lambda rule: rule[1], default=None)


def _group(rules: Iterable[tuple[int, int]], people: int, fee_cents: int) -> tuple[str, int] | None:
    fitting = group_share(rules, people)
    if fitting is None:
        return None
    count, share = fitting
    percent = f"{share / 100:g}"
    return f"Group price from {count} people, {percent} % less", money.percent_of(fee_cents, share)


def _instalments(place: Item, cents: int, today: date, explained: dict[str, Any]) -> list[Line]:
    amounts = _shared(cents, [part.share for part in place.parts])
    whole = len(place.parts)
    return [
        Line("instalment", f"{place.name}, part {number} of {whole}", amount, max(part.due_on, today), place.account_code,
             {**explained, "due_on": part.due_on.isoformat()})
        for number, (part, amount) in enumerate(zip(place.parts, amounts, strict=True), 1)
    ]


def _shared(cents: int, shares: list[int]) -> list[int]:
    """Parts by basis points, the remainder to the first. Shares a basis point apart are meant equal: 3334, 3333, 3333."""
    if max(shares) - min(shares) <= 1:
        return money.split(cents, len(shares))
    amounts = [cents * share // WHOLE for share in shares]
    amounts[0] += cents - sum(amounts)
    return amounts
