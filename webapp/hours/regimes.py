"""Hour regimes as data: how minutes are shown as hours, credits or units. Nothing here is stored; minutes are."""

import json
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from webapp.core.errors import Unacceptable

ENDORSE = "ENDORSE"


class Regime(NamedTuple):
    """`minutes_per_unit` minutes are one unit, shown in multiples of `step`, cut `down` or to the `nearest` (half up)."""

    code: str
    name: str
    unit: str
    minutes_per_unit: int
    step: Decimal
    rounding: str
    sentence: str
    first_whole: bool


@cache
def all_regimes() -> dict[str, Regime]:
    """Every regime by its code."""
    raw = json.loads(resources.files("webapp.hours").joinpath("data/hour_regimes.json").read_text("utf-8"))
    return {one["code"]: _regime(one) for one in raw}


def get(code: str) -> Regime:
    """The regime; refused when there is none with this code."""
    found = all_regimes().get(code)
    if found is None:
        raise Unacceptable(f"There is no hour regime called {code}.", field="hour_regimes")
    return found


def hours(minutes: int, code: str = ENDORSE) -> Decimal:
    """Minutes in the units of a regime, rounded as it says: `hours(165)` is 2.75, `hours(165, "IACET")` 0.3."""
    regime = get(code)
    if regime.first_whole and minutes < regime.minutes_per_unit:
        return Decimal(0)
    per_step = regime.minutes_per_unit * regime.step
    mode = ROUND_HALF_UP if regime.rounding == "nearest" else ROUND_DOWN
    return (Decimal(minutes) / per_step).quantize(Decimal(1), rounding=mode) * regime.step


def words(minutes: int, code: str = ENDORSE) -> str:
    """`2.75 clock hours`, `3.3 hours of 50 minutes`, `0.3 CEU`."""
    value = hours(minutes, code)
    number = f"{value:f}"
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number} {get(code).unit}"


def _regime(one: dict[str, Any]) -> Regime:
    return Regime(one["code"], one["name"], one["unit"], one["minutes_per_unit"], Decimal(one["step"]), one["rounding"],
                  one["sentence"], one.get("first_whole", False))
