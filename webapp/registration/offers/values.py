"""Offers as plain values, and what is refused of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from webapp.core import money
from webapp.core.errors import Unacceptable
from webapp.registration.badges.rules import MOST_EACH

AUDIENCES = ("anyone", "member", "non_member", "student", "presenter", "scholarship")
WHOLE = 10_000


@dataclass(frozen=True)
class PriceSpec:
    """Cents, valid from (inclusive) until (exclusive), both aware or open. `audience` matters for add-ons; None is everybody."""

    cents: int
    label: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    audience: str | None = None


@dataclass(frozen=True)
class InstalmentSpec:
    """A part of the price: share in basis points of 10,000 and its due date."""

    due_on: date
    share: int


@dataclass(frozen=True)
class TypeSpec:
    """A registration type. `id` names a type that stays; `session_ids` make it cover only those; `capacity` gives it a pool.

    Types with the same `shares` word have one pool together. One that takes no seat (an exhibitor's table) counts in its own pool only and
    has no sessions; `badges` come with each place.
    """

    name: str
    prices: Sequence[PriceSpec]
    audience: str = "anyone"
    hint: str = ""
    mode: str | None = None
    session_ids: Sequence[int] = ()
    on_request: bool = False
    account_code: str = "4000"
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None
    shares: str = ""
    instalments: Sequence[InstalmentSpec] = ()
    takes_seat: bool = True
    badges: int = 0
    id: int | None = None


@dataclass(frozen=True)
class AddOnSpec:
    """Something bought beside the place; `unlocks_block_id` opens a block to those who buy it, `badges` come with each of them."""

    name: str
    prices: Sequence[PriceSpec]
    is_required: bool = False
    capacity: int | None = None
    unlocks_block_id: int | None = None
    account_code: str = "4100"
    badges: int = 0
    id: int | None = None


@dataclass(frozen=True)
class GroupRuleSpec:
    """From `min_count` places in one order, `percent` basis points less on each."""

    min_count: int
    percent: int


@dataclass(frozen=True)
class Offers:
    """Everything that is sold for one event."""

    types: Sequence[TypeSpec] = ()
    add_ons: Sequence[AddOnSpec] = ()
    group_rules: Sequence[GroupRuleSpec] = field(default_factory=tuple)


def check(offers: Offers) -> None:
    """Refuses what cannot be sold, beside the field it belongs to (`types-0-name`, `add_ons-1-prices`)."""
    for at, type_ in enumerate(offers.types):
        _check_type(type_, f"types-{at}")
    for at, add_on in enumerate(offers.add_ons):
        if not add_on.name.strip():
            raise Unacceptable("Give the add-on a name.", field=f"add_ons-{at}-name")
        _check_prices(add_on.prices, f"add_ons-{at}-prices")
        _check_badges(add_on.badges, f"add_ons-{at}")
    _check_distinct([one.name for one in offers.types], "types")
    _check_distinct([one.name for one in offers.add_ons], "add_ons")
    for at, rule in enumerate(offers.group_rules):
        if rule.min_count < 2 or not 0 < rule.percent <= WHOLE:
            raise Unacceptable("A group price needs two people or more, and a percentage up to 100.", field=f"group_rules-{at}")
    _check_distinct([str(rule.min_count) for rule in offers.group_rules], "group_rules")


def adds_up(instalments: Sequence[InstalmentSpec]) -> bool:
    """Whether the shares are the whole price (or there are none)."""
    return not instalments or sum(part.share for part in instalments) == WHOLE


def _check_type(type_: TypeSpec, at: str) -> None:
    if not type_.name.strip():
        raise Unacceptable("Give the price a name, for example Member.", field=f"{at}-name")
    if type_.audience not in AUDIENCES:
        raise Unacceptable("Choose whom it is for.", field=f"{at}-audience")
    if type_.opens_at and type_.closes_at and type_.closes_at <= type_.opens_at:
        raise Unacceptable("It closes before it opens.", field=f"{at}-closes_at")
    _check_prices(type_.prices, f"{at}-prices")
    _check_badges(type_.badges, at)
    if type_.session_ids and not type_.takes_seat:
        raise Unacceptable("It takes no seat, so it covers no sessions.", field=f"{at}-takes_no_seat", way_out="Take one of the two away.")
    if any(part.share <= 0 for part in type_.instalments):
        raise Unacceptable("Every instalment is more than nothing.", field=f"{at}-instalments")
    if [part.due_on for part in type_.instalments] != sorted(part.due_on for part in type_.instalments):
        raise Unacceptable("Write the instalments in the order they are due.", field=f"{at}-instalments")


def _check_badges(badges: int, at: str) -> None:
    if not 0 <= badges <= MOST_EACH:
        raise Unacceptable(f"Up to {MOST_EACH} badges come with one.", field=f"{at}-badges")


def _check_prices(prices: Iterable[PriceSpec], at: str) -> None:
    for price in prices:
        if not 0 <= price.cents <= money.MAX_CENTS:
            raise Unacceptable(f"A price is between nothing and {money.written(money.MAX_CENTS)}.", field=at)
        if price.valid_from and price.valid_until and price.valid_until <= price.valid_from:
            raise Unacceptable("A price ends after it begins.", field=at)


def _check_distinct(names: Sequence[str], at: str) -> None:
    folded = [name.strip().casefold() for name in names]
    if len(set(folded)) < len(folded):
        raise Unacceptable("Two of them have the same name.", field=at)
