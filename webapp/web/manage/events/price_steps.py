"""A type's prices by date in its row: any number of early prices with their last days, and the price after the last of them.

The fields are `early` and `until`, then `early_2` and `until_2` and so on; an empty pair follows the filled ones. What was
removed is emptied; the order in which they stand does not matter.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from webapp.core import money, times
from webapp.core.errors import Unacceptable
from webapp.registration.offers import PriceSpec

MOST = 20
Row = dict[str, Any]


def name(field: str, number: int) -> str:
    """The field of the early price that stands at `number` (from 1)."""
    return field if number == 1 else f"{field}_{number}"


def filled(prices: Sequence[PriceSpec], zone: str) -> Row:
    """The fields of what is sold. Without a price that never ends, the last one stands as the usual."""
    early = [spec for _, spec in sorted(((one.valid_until, one) for one in prices if one.valid_until), key=lambda pair: pair[0])]
    usual = next((one for one in reversed(prices) if one.valid_until is None), None) or (early.pop() if early else None)
    row = {"price": money.plain(usual.cents) if usual else "", "label": usual.label if usual else ""}
    for number, one in enumerate(early, 1):
        row |= {name("early", number): money.plain(one.cents), name("until", number): _last_day(one.valid_until, zone),
                name("called", number): one.label}
    return row


def numbers(row: Row) -> list[int]:
    """The pairs to show: the filled ones and one more, at least one."""
    used = [number for number in range(1, MOST + 1) if row.get(name("early", number)) or row.get(name("until", number))]
    return list(range(1, min(max(used, default=0) + 1, MOST) + 1))


def read(row: Row, at: str, zone: str) -> list[PriceSpec]:
    """The prices that were typed, one after the other; each ends with its last day. Refused beside the field."""
    usual = row.get("price", "").strip()
    if not usual:
        raise Unacceptable("Write the price; it may be 0.00.", field=f"{at}-price")
    cents = money.typed(usual, field=f"{at}-price")
    early = sorted((step for number in numbers(row) if (step := _step(row, number, at, zone))), key=lambda step: step[0])
    for (day, _, _), (other, _, field) in pairwise(early):
        if day == other:
            raise Unacceptable("Two prices end on the same day.", field=field)
    prices: list[PriceSpec] = []
    for ends, spec, _ in early:
        prices.append(PriceSpec(spec.cents, spec.label, prices[-1].valid_until if prices else None, ends))
    return [*prices, PriceSpec(cents, row.get("label", "")[:60], prices[-1].valid_until if prices else None)]


def day(typed: str, field: str) -> date:
    """A day as typed, of this century."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise Unacceptable("Write the day as 2026-12-04.", field=field) from None
    if not 2000 <= found.year < 2200:
        raise Unacceptable("Write a day of this century.", field=field)
    return found


def _step(row: Row, number: int, at: str, zone: str) -> tuple[datetime, PriceSpec, str] | None:
    early, until = row.get(name("early", number), "").strip(), row.get(name("until", number), "").strip()
    fields = {word: f"{at}-{name(word, number)}" for word in ("early", "until")}
    if not early and not until:
        return None
    if not early or not until:
        raise Unacceptable("An early price needs its amount and its last day.", field=fields["until" if early else "early"])
    midnight = datetime.combine(day(until, fields["until"]) + timedelta(days=1), time())
    ends = times.instant(midnight, zone, fold=0, field=fields["until"])
    return ends, PriceSpec(money.typed(early, field=fields["early"]), row.get(name("called", number), "")[:60] or "Early"), fields["until"]


def _last_day(ends: datetime | None, zone: str) -> str:
    """The last day of a price that ends at a midnight (exclusive)."""
    return (times.local(ends, zone) - timedelta(seconds=1)).date().isoformat() if ends else ""
