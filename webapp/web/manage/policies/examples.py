"""What a policy brings for a place of some price, in dollars: the same reckoning that a cancellation uses."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from webapp.catalog import policy_words
from webapp.core import money
from webapp.registration import cancellation

TODAY = date(2026, 1, 1)  # any day will do: examples count days


def of(rules: Mapping[str, Any], price_cents: int) -> list[str]:
    """One line for the last day of each rule, one for the day after all of them, one for when we cancel."""
    ends = {one["until_days"] for one in rules["refunds"]}
    ends |= {rules["balance"]["until_days"]} if rules["balance"] else set()
    days = sorted(ends | ({min(ends) - 1} if min(ends, default=0) > 0 else set()) or {0}, reverse=True)
    return [*(f"{_when(one)}: {_brings(rules, price_cents, one)}." for one in days), *_put_off(rules, price_cents),
            f"If we cancel: all {money.written(price_cents)} comes back."]


def _when(days: int) -> str:
    if not days:
        return "Cancelled on the day"
    return f"Cancelled {days} day{'' if days == 1 else 's'} before"


def _put_off(rules: Mapping[str, Any], price_cents: int) -> list[str]:
    rule = rules.get("deferral")
    if not rule:
        return []
    months, more = policy_words.months_words(rule["months"]), policy_words.months_words(rule["then_months"])
    then = f"is a balance for {more} more" if rule["then_months"] else "stays with us"
    return [f"Put off until {policy_words.days(rule['until_days'])}: {money.written(price_cents)} is kept for another date of the course "
            f"for {months}; then what is left of it {then}."]


def _brings(rules: Mapping[str, Any], price_cents: int, days: int) -> str:
    found, rather = (_outcome(rules, price_cents, days, as_balance) for as_balance in (False, True))
    if found.balance_cents:
        return f"{money.written(found.balance_cents)} is kept as a balance for {rules['balance']['months']} months"
    said = "nothing comes back"
    if found.refund_cents:
        said = f"{money.written(found.refund_cents)} comes back"
        said += f", {money.written(found.fee_cents)} stays with us" if found.fee_cents else ""
    if rather.balance_cents:
        said += f"; or {money.written(rather.balance_cents)} is kept as a balance for {rules['balance']['months']} months"
    if not found.refund_cents and rules["after"] == "substitution":
        hours = rules["substitution_until_hours"]
        said += f"; a colleague may come instead{f', until {policy_words.hours(hours)} before the start' if hours else ''}"
    return said


def _outcome(rules: Mapping[str, Any], price_cents: int, days: int, as_balance: bool) -> cancellation.Outcome:
    return cancellation.outcome(rules, price_cents=price_cents, starts_on=TODAY + timedelta(days=days), today=TODAY, as_balance=as_balance)
