"""Cancellation policies as data: what `rules` of a policy may say, and the editions that come with the product.

`rules` is a dict of
- `refunds`: tiers, the longest notice first. A tier applies to a cancellation at least `until_days` whole days before the
  start (counted in calendar days of the event's zone; the day itself still counts). Its `fee` is what the association keeps:
  `{"kind": "none"}`, `{"kind": "flat", "cents": 2000}`, `{"kind": "percent", "basis_points": 5000}` (rounded half up), or
  `{"kind": "by_price", "bands": [{"from_cents": 1000, "fee_cents": 1000}, ...]}`: the last band the price of the place reaches.
  A fee is never more than what was paid. Without a tier nothing is paid back.
- `after`: when no tier applies: `none`, or `substitution` (a colleague may take the place).
- `substitution_until_hours`: a substitution is possible until so many hours before the start; null when there is none.
- `balance`: null, or `{"until_days": 7, "months": 24}`: until then the fee may instead be kept as the payer's balance, which
  lapses after so many months.
- `transfer`: left out, or `{"until_days": 7}`: until then the person may move the place to another date of the same course herself, and the
  price difference is settled. Where it is left out, only staff move places, and the person when the organizer moved the dates.
- `deferral`: left out, or `{"until_days": 3, "times": 1, "months": 12, "then_months": 0}`: until then the person may put the place off:
  what was paid is kept for another date of the same course, for so many months, so many times for the same money. What is not used by
  then is the association's (`then_months` 0), or her ordinary balance for so many months more. Left out, only staff put places off.
- `no_show`: `none`. `organizer_cancels`: `full`.
- `naming_until_hours` (may be left out: 0): a place whose name was to follow is named until so many hours before the start.
- `group_below` (may be left out: `keep`): when places are given back and fewer are left than the group price asks for, those who are
  left `keep` it, or are priced anew (`reprice`).
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NotRequired, TypedDict, cast

from sqlalchemy import select

from webapp.catalog import datafiles
from webapp.catalog.models import CancellationPolicy
from webapp.core.db import db
from webapp.core.errors import Unacceptable

DEFAULT = "seven-days-less-20"


class Band(TypedDict):
    """A fee that applies from this price on."""

    from_cents: int
    fee_cents: int


class Fee(TypedDict):
    """What the association keeps of a refund."""

    kind: Literal["none", "flat", "percent", "by_price"]
    cents: NotRequired[int]
    basis_points: NotRequired[int]
    bands: NotRequired[list[Band]]


class Tier(TypedDict):
    """The fee of a cancellation at least `until_days` days before the start."""

    until_days: int
    fee: Fee


class BalanceRule(TypedDict):
    """Until when the fee may be kept as a balance, and for how long."""

    until_days: int
    months: int


class TransferRule(TypedDict):
    """Until when a place may move to another date of the same course."""

    until_days: int


class DeferralRule(TypedDict):
    """Until when, how often and for how long a place may be put off, and how long its money is an ordinary balance after that."""

    until_days: int
    times: int
    months: int
    then_months: int


class Rules(TypedDict):
    """A policy's `rules`; the module's docstring explains every word."""

    refunds: list[Tier]
    after: Literal["none", "substitution"]
    substitution_until_hours: int | None
    balance: BalanceRule | None
    transfer: NotRequired[TransferRule]
    deferral: NotRequired[DeferralRule]
    no_show: Literal["none"]
    organizer_cancels: Literal["full"]
    naming_until_hours: NotRequired[int]
    group_below: NotRequired[Literal["keep", "reprice"]]


_FEE_NEEDS = {"none": set[str](), "flat": {"cents"}, "percent": {"basis_points"}, "by_price": {"bands"}}


def rules_of(policy: CancellationPolicy) -> Rules:
    """The typed rules of a stored policy (they were checked when it was stored)."""
    return cast(Rules, policy.rules)


def check(rules: Mapping[str, object]) -> Rules:
    """The rules, typed; refused with the reason when something is missing, unknown or out of order."""
    missing = (Rules.__required_keys__ - set(rules)) | (set(rules) - Rules.__required_keys__ - Rules.__optional_keys__)
    if missing:
        raise Unacceptable(f"A cancellation rule is missing or unknown: {', '.join(sorted(missing))}.", field="rules")
    typed = cast(Rules, rules)
    days = [tier["until_days"] for tier in typed["refunds"]]
    if days != sorted(days, reverse=True) or len(set(days)) < len(days) or any(day < 0 for day in days):
        raise Unacceptable("Write the refund tiers with the longest notice first.", field="rules")
    for tier in typed["refunds"]:
        _check_fee(tier["fee"])
    deferral = typed.get("deferral")
    if deferral and (deferral["times"] < 1 or deferral["months"] < 1 or deferral["then_months"] < 0):
        raise Unacceptable("A place that is put off is kept for one month at least, and once at least.", field="rules")
    if (typed["after"] == "substitution") != (typed["substitution_until_hours"] is not None):
        raise Unacceptable("Say until how many hours before a colleague may take the place.", field="rules")
    return typed


def current(code: str = DEFAULT) -> CancellationPolicy:
    """The newest edition of a policy; refused when no policy has this code."""
    found = db.session.scalar(
        select(CancellationPolicy).filter_by(code=code).order_by(CancellationPolicy.edition.desc()).limit(1))
    if found is None:
        raise Unacceptable(f"There is no cancellation policy called {code}.", field="policy")
    return found


def load() -> None:
    """Stores the editions that come with the product and are not there yet. Safe to repeat; an edition is never changed."""
    known = {(row.code, row.edition) for row in db.session.execute(select(CancellationPolicy.code, CancellationPolicy.edition))}
    for entry in datafiles.read("cancellation_policies.json"):
        if (entry["code"], entry["edition"]) not in known:
            db.session.add(CancellationPolicy(
                code=entry["code"], edition=entry["edition"], name=entry["name"], sentence=entry["sentence"],
                rules=dict(check(entry["rules"])), valid_from=date.fromisoformat(entry["valid_from"])))
    db.session.flush()


def _check_fee(fee: Fee) -> None:
    needed = _FEE_NEEDS.get(fee["kind"])
    if needed is None or set(fee) != needed | {"kind"}:
        raise Unacceptable(f"The fee {dict(fee)} is not one of none, flat, percent or by price.", field="rules")
    starts = [band["from_cents"] for band in fee.get("bands", [])]
    if starts != sorted(starts):
        raise Unacceptable("Write the price bands from the lowest to the highest.", field="rules")
