"""What a cancellation brings back: pure, by the event's policy as data (the words of `rules`: catalog/policies.py).

Days are calendar days of the event's zone; the day a tier names still counts. Amounts are integer cents of one place, and a
fee is never more than the place cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.catalog.policy_words import months_words
from webapp.core import money, times

Rules = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """`refund_cents + fee_cents + balance_cents` is what the place cost. `sentence` says it in dollars.

    `balance_until`: the last day on which what is kept as a balance can be used; None where nothing is.
    """

    refund_cents: int
    fee_cents: int
    balance_cents: int
    sentence: str
    balance_until: date | None = None


def outcome(rules: Rules, *, price_cents: int, starts_on: date | None, today: date, by_organizer: bool = False,
            moved: bool = False, as_balance: bool = False) -> Outcome:
    """What comes back when the place is cancelled today. `starts_on` None (no date yet) is as early as can be.

    All of it, whatever the date, when the organizer cancels, or `moved` the dates after the place was given. `as_balance`: rather
    kept than sent back, where the policy leaves the choice.
    """
    if price_cents <= 0:
        return Outcome(0, 0, 0, "The place costs nothing, so no money moves.")
    if by_organizer:
        return Outcome(price_cents, 0, 0, f"All {money.written(price_cents)} come back, because we cancelled.")
    if moved:
        return Outcome(price_cents, 0, 0, f"All {money.written(price_cents)} come back, because we changed the dates.")
    days = times.days_between(today, starts_on) if starts_on else 10_000
    tier = next((one for one in rules["refunds"] if days >= one["until_days"]), None)
    balance = rules["balance"]
    if balance and days >= balance["until_days"] and (as_balance or tier is None):
        return _kept(price_cents, times.months_after(today, balance["months"]))
    if tier is not None:
        return _refunded(price_cents, fee_of(tier["fee"], price_cents))
    return Outcome(0, price_cents, 0, f"Nothing comes back: the last day for a refund has passed.{_colleague(rules)}")


def put_off(price_cents: int, until: date) -> Outcome:
    """What comes of it when the place is given up now, and another date of its course is chosen later."""
    last = times.date_words(until)
    return Outcome(0, 0, price_cents, f"{money.written(price_cents)} is kept for another date of this course until {last}.", until)


def kept_words(cents: int, until: date | None) -> str:
    """`$90.00 is kept as your balance until Mon 22 Nov 2027.`"""
    last = f" until {times.date_words(until)}" if until else ""
    return f"{money.written(cents)} is kept as your balance{last}."


def fee_of(fee: Mapping[str, Any], price_cents: int) -> int:
    """What the association keeps of a place of this price: none, flat, percent (half up) or by price band."""
    kept = 0
    if fee["kind"] == "flat":
        kept = fee["cents"]
    elif fee["kind"] == "percent":
        kept = money.percent_of(price_cents, fee["basis_points"])
    elif fee["kind"] == "by_price":
        kept = max((band["fee_cents"] for band in fee["bands"] if price_cents >= band["from_cents"]), default=0)
    return min(int(kept), price_cents)


def plan(rules: Rules, *, price_cents: int, starts_on: date | None, today: date, carried_cents: int = 0) -> list[str]:
    """`If your plans change`, in dollars: what comes back until when, from today on.

    `carried_cents`: what somebody else pays of the price; it is given back before anything comes back to her.
    """
    own = price_cents - carried_cents
    if own <= 0:
        return ["The place costs nothing. If you cannot come, please cancel, so that somebody else can."]
    lines = [f"What comes back goes first to who pays {money.written(carried_cents)} for you."] if carried_cents else []
    said = len(lines)
    for tier in rules["refunds"]:
        until = starts_on - timedelta(days=tier["until_days"]) if starts_on else None
        if until is None or until >= today:
            lines.append(_tier_line(until, own, min(fee_of(tier["fee"], price_cents), own)))
    lines += _balance_line(rules, own, starts_on, today)
    then = "After that there is no refund" if len(lines) > said else "There is no refund any more"
    lines.append(then + (", but a colleague may take your place." if rules["after"] == "substitution" else "."))
    lines += _deferral_line(rules, own, starts_on, today)
    lines.append(f"If we cancel, you get all {money.written(own)} back.")
    return lines


def unpaid_plan(rules: Rules, *, price_cents: int, starts_on: date | None, today: date, carried_cents: int = 0) -> list[str]:
    """`If your plans change` while nothing is paid: until when cancelling leaves nothing owed, or only the fee."""
    own = price_cents - carried_cents
    if own <= 0:
        return plan(rules, price_cents=price_cents, starts_on=starts_on, today=today, carried_cents=carried_cents)
    tiers, balance = list(rules["refunds"]), rules["balance"]
    if balance and all(one["until_days"] > balance["until_days"] for one in tiers):
        tiers.append({**balance, "fee": {"kind": "none"}})
    ends = [(starts_on - timedelta(days=one["until_days"]) if starts_on else None, min(fee_of(one["fee"], price_cents), own))
            for one in tiers]
    lines = [_owed_line(until, fee_cents) for until, fee_cents in ends if until is None or until >= today]
    then = "After that" if lines else "If you cancel now,"
    return [*lines, f"{then} all {money.written(own)} stay owed.{_colleague(rules)}", "If we cancel, you owe nothing."]


def _owed_line(until: date | None, fee_cents: int) -> str:
    when = f"If you cancel until {times.date_words(until)}," if until else "If you cancel,"
    return f"{when} you owe {f'only the fee of {money.written(fee_cents)}' if fee_cents else 'nothing'}."


def _kept(price_cents: int, until: date) -> Outcome:
    return Outcome(0, 0, price_cents, kept_words(price_cents, until), until)


def _refunded(price_cents: int, fee_cents: int) -> Outcome:
    back = price_cents - fee_cents
    if not back:
        return Outcome(0, fee_cents, 0, f"Nothing comes back: the fee of {money.written(fee_cents)} is all that the place cost.")
    less = f": {money.written(price_cents)} less the fee of {money.written(fee_cents)}" if fee_cents else ""
    return Outcome(back, fee_cents, 0, f"{money.written(back)} come back{less}.")


def _tier_line(until: date | None, price_cents: int, fee_cents: int) -> str:
    less = f" ({money.written(price_cents)} less {money.written(fee_cents)})" if fee_cents else ""
    when = f"Until {times.date_words(until)} you get" if until else "You get"
    return f"{when} {money.written(price_cents - fee_cents)} back{less}."


def _balance_line(rules: Rules, price_cents: int, starts_on: date | None, today: date) -> list[str]:
    """Where money can come back too, it is a choice as long as both are open, and what is left after that."""
    balance = rules["balance"]
    until = starts_on - timedelta(days=balance["until_days"]) if balance and starts_on else None
    if not balance or (until is not None and until < today):
        return []
    kept = f"{money.written(price_cents)} kept as your balance for {balance['months']} months"
    if any(until is None or one["until_days"] <= balance["until_days"] for one in rules["refunds"]):
        return [f"Or, until {times.date_words(until)}, have {kept}." if until else f"Or have {kept}."]
    when = f"Until {times.date_words(until)} you may cancel and have" if until else "If you cancel, you have"
    return [f"{when} {kept}."]


def _deferral_line(rules: Rules, price_cents: int, starts_on: date | None, today: date) -> list[str]:
    rule = rules.get("deferral")
    until = starts_on - timedelta(days=rule["until_days"]) if rule and starts_on else None
    if not rule or (until is not None and until < today):
        return []
    when = f"Until {times.date_words(until)} you may" if until else "You may"
    return [f"{when} put it off: {money.written(price_cents)} kept for another date of this course for {months_words(rule['months'])}."]


def _colleague(rules: Rules) -> str:
    return " A colleague may take the place instead." if rules["after"] == "substitution" else ""
