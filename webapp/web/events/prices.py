"""What a place costs, as the event page shows it: a column for each price that is still to come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from webapp.core import money, times
from webapp.core.errors import Closed
from webapp.registration import pricing
from webapp.registration.sale import AddOnOffer, Sale, TypeOffer

MOST_COLUMNS = 3
AUDIENCE = {"member": "members", "non_member": "non-members", "student": "students"}


@dataclass(frozen=True)
class PriceList:
    """`rows` are (who, amounts by column); `lowest` is the least a person who may choose it pays now, in cents."""

    columns: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    add_ons: list[tuple[str, str]] = field(default_factory=list)
    instalments: list[tuple[str, str]] = field(default_factory=list)
    instalments_of: str = ""  # whose, where several types are paid in parts
    lowest: tuple[int, str] | None = None


def make(sale: Sale, group_rules: Sequence[tuple[int, int]], now: datetime) -> PriceList:
    """The price list at this moment; empty when nothing is sold."""
    zone = sale.sign_up.zone
    chosen = [one for one in sale.types.values() if not one.retired and not one.on_request and not _over(one, now)]
    given = [one for one in sale.types.values() if not one.retired and one.on_request]
    applied = sale.sign_up.sign_up in ("application", "roster")
    listed = chosen or (given if applied else [])
    moments, columns = _columns(listed, now, zone)
    rows = [(one.name, [_amount(one, at) for at in moments]) for one in listed]
    notes = [f"{rule}." for rule in _groups(group_rules)]
    notes += [f"{one.name}: {one.hint}" for one in listed if one.hint]
    if given and listed is not given:
        notes.append(f"Given by the organizer: {', '.join(one.name for one in given)}.")
    in_parts = [one for one in listed if len(one.item.parts) > 1]
    add_ons = [line for one in sale.add_ons.values() for line in _add_on(one, now)]
    return PriceList(columns, rows, notes, add_ons, _instalments(in_parts, now, zone),
                     in_parts[0].name if len(in_parts) > 1 else "", _lowest(listed, now))


def _over(offer: TypeOffer, now: datetime) -> bool:
    return offer.closes_at is not None and offer.closes_at <= now


def _columns(types: Sequence[TypeOffer], now: datetime, zone: str) -> tuple[list[datetime], list[str]]:
    """The moments at which a price begins to hold, now the first, and their headings."""
    ends = sorted({price.valid_until for one in types for price in one.item.prices
                   if price.valid_until and price.valid_until > now})[:MOST_COLUMNS - 1]
    moments = [now, *ends]
    headings = [f"To {times.date_words(_last_day(end, zone), weekday=False, year=False)}" for end in ends]
    return moments, [*headings, "After"] if headings else ["Price"]


def _last_day(until: datetime, zone: str) -> date:
    return times.local(until - timedelta(seconds=1), zone).date()


def _amount(offer: TypeOffer, at: datetime) -> str:
    price = pricing.best(offer.item.prices, offer.audience, at)
    if price is None:
        return "\u2013"
    return money.written(price.amount_cents) if price.amount_cents else "Free"


def _groups(rules: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{count} or more places in one order: {share / 100:g}% less" for count, share in sorted(rules)]


def _charged(cents: int) -> str:
    return money.written(cents) if cents else "Free"


def _add_on(offer: AddOnOffer, now: datetime) -> list[tuple[str, str]]:
    """Lines such as (`Materials, needed by everybody`, `$40.00`); prices that differ are told by audience, a line each."""
    amounts: dict[str, int] = {}
    for price in offer.item.prices:
        best = pricing.best(offer.item.prices, price.audience, now)
        if best is not None:
            amounts[AUDIENCE.get(price.audience or "", "")] = best.amount_cents
    full = offer.pool is not None and offer.pool.left == 0
    name = f"{offer.name}{', needed by everybody' if offer.is_required else ''}{' (none left)' if full else ''}"
    if len(set(amounts.values())) <= 1:
        return [(name, ", ".join(_charged(cents) for cents in list(amounts.values())[:1]) or "\u2013")]
    return [(f"{name}, {who}" if who else name, _charged(cents)) for who, cents in amounts.items()]



def _instalments(types: Sequence[TypeOffer], now: datetime, zone: str) -> list[tuple[str, str]]:
    """(`Part 1, due 15 Sep 2026`, `$150.00`) of the first type that is paid in parts."""
    if not types:
        return []
    offer = types[0]
    try:
        lines = pricing.quote(offer.item, at=now, zone=zone, audience=offer.audience)
    except Closed:
        return []
    return [(f"Part {number}, due {times.date_words(part.due_on, weekday=False)}", money.written(line.amount_cents))
            for number, (part, line) in enumerate(zip(offer.item.parts, lines, strict=True), 1)]


def _lowest(types: Sequence[TypeOffer], now: datetime) -> tuple[int, str] | None:
    priced = [(best.amount_cents, one.name) for one in types
              if (best := pricing.best(one.item.prices, one.audience, now)) is not None]
    return min(priced, default=None)
