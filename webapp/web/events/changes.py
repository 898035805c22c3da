"""The cancellation rule of an event in its own dates, before anybody knows a price (amounts: `registration.cancellation`)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from webapp.core import money, times


def sentences(rules: Mapping[str, Any], starts_on: date | None, today: date) -> list[str]:
    """`Until Thu 8 Oct: refund less $20.00.` and what holds after; what is over is not told."""
    lines = [_tier(tier, starts_on) for tier in rules["refunds"] if _open(tier["until_days"], starts_on, today)]
    balance = rules["balance"]
    if balance and _open(balance["until_days"], starts_on, today):
        kept = f"kept as your balance for {balance['months']} months"
        both = any(tier["until_days"] <= balance["until_days"] for tier in rules["refunds"])
        lines.append(f"Or have it {kept}." if lines and both else f"{_until(balance['until_days'], starts_on)}: the whole fee is {kept}.")
    then = "After that" if lines else "Now"
    if rules["after"] == "substitution":
        hours = rules["substitution_until_hours"]
        late = f", until {hours} hours before" if hours else ""
        lines.append(f"{then}, send a colleague in your place at no charge{late}.")
    else:
        lines.append(f"{then} there is no refund.")
    return lines


def _open(days: int, starts_on: date | None, today: date) -> bool:
    return starts_on is None or starts_on - timedelta(days=days) >= today


def _until(days: int, starts_on: date | None) -> str:
    if starts_on is None:
        return f"Until {days} days before the first session"
    return f"Until {times.date_words(starts_on - timedelta(days=days))}"


def _tier(tier: Mapping[str, Any], starts_on: date | None) -> str:
    return f"{_until(tier['until_days'], starts_on)}: {_refund(tier['fee'])}."


def _refund(fee: Mapping[str, Any]) -> str:
    if fee["kind"] == "flat":
        return f"refund less {money.written(fee['cents'])}"
    if fee["kind"] == "percent":
        return f"{100 - fee['basis_points'] / 100:g}% refund"
    if fee["kind"] == "by_price":
        bands = ", ".join(f"{money.written(band['fee_cents'])} for a place from {money.written(band['from_cents'])}"
                          for band in fee["bands"])
        return f"refund less a fee ({bands})"
    return "full refund"
