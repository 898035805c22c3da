"""What was typed into the form of a policy, as rules; refused beside the field it belongs to."""

import hashlib
import json
from typing import Any

from webapp.catalog import policies
from webapp.catalog.policies import Band, DeferralRule, Fee, Rules, Tier
from webapp.core import money
from webapp.core.errors import Unacceptable
from webapp.web.forms import whole
from webapp.web.manage.policies.form import AFTER, ROWS

MOST_DAYS, MOST_HOURS, MOST_MONTHS, MOST_TIMES = 730, 2_000, 120, 20


def rules(form: Any) -> Rules:
    """The rules typed. Rows that are empty count for nothing; the others are put in order, the longest notice first."""
    tiers = sorted((_tier(form, row) for row in ROWS if form[f"days_{row}"].data), key=lambda one: -one["until_days"])
    _refuse_lost(form)
    after = form.after.data
    if after not in {one[0] for one in AFTER}:
        raise Unacceptable("Choose what is possible after that.", field="after")
    found: dict[str, Any] = {
        "refunds": tiers, "after": after, "balance": None, "no_show": "none", "organizer_cancels": "full",
        "substitution_until_hours": (_number(form, "substitution_hours", MOST_HOURS) or 0) if after == "substitution" else None}
    if form.balance_days.data or form.balance_months.data:
        found["balance"] = {"until_days": _needed(form, "balance_days", MOST_DAYS), "months": _needed(form, "balance_months", MOST_MONTHS)}
        if not found["balance"]["months"]:
            raise Unacceptable("A balance is good for one month at least.", field="balance_months")
    if form.transfer_days.data:
        found["transfer"] = {"until_days": _needed(form, "transfer_days", MOST_DAYS)}
    if deferral := _deferral(form):
        found["deferral"] = deferral
    if naming := _number(form, "naming_hours", MOST_HOURS):
        found["naming_until_hours"] = naming
    if form.reprice.data:
        found["group_below"] = "reprice"
    return policies.check(found)


def _deferral(form: Any) -> DeferralRule | None:
    if not form.deferral_days.data:
        for name in ("deferral_times", "deferral_months", "deferral_then"):
            if form[name].data:
                raise Unacceptable("Say until how many days before.", field="deferral_days")
        return None
    found: DeferralRule = {"until_days": _needed(form, "deferral_days", MOST_DAYS), "times": _at_least_once(form),
                           "months": _needed(form, "deferral_months", MOST_MONTHS),
                           "then_months": _number(form, "deferral_then", MOST_MONTHS) or 0}
    if not found["months"]:
        raise Unacceptable("What was paid is kept for one month at least.", field="deferral_months")
    return found


def _at_least_once(form: Any) -> int:
    found = _number(form, "deferral_times", MOST_TIMES)
    if found == 0:
        raise Unacceptable(f"Write a number from 1 to {MOST_TIMES}, or leave it empty for once.", field="deferral_times")
    return found or 1


def price(form: Any) -> int:
    """Cents of the place in the examples."""
    return money.typed(form.example.data or "150.00", field="example")


def mark(found: Rules, name: str, sentence: str) -> str:
    """Of what the examples were shown for: saved is what was seen."""
    return hashlib.sha256(json.dumps([found, name, sentence], sort_keys=True).encode()).hexdigest()[:32]


def _tier(form: Any, row: int) -> Tier:
    fee = _fee(form, form[f"fee_{row}"].data, row)
    others = [form[f"days_{one}"].data for one in ROWS if one < row]
    days = _needed(form, f"days_{row}", MOST_DAYS)
    if days in {whole(one) for one in others}:
        raise Unacceptable("This day stands in another row already.", field=f"days_{row}")
    return {"until_days": days, "fee": fee}


def _fee(form: Any, kind: str, row: int) -> Fee:
    typed, field = form[f"amount_{row}"].data or "", f"amount_{row}"
    if kind == "none":
        if typed:
            raise Unacceptable("All of it comes back, so there is no amount.", field=field, way_out="Choose a fee or a percentage.")
        return {"kind": "none"}
    if kind == "flat":
        return {"kind": "flat", "cents": money.typed(typed, field=field)}
    if kind == "by_price":
        return {"kind": "by_price", "bands": _bands(form.bands.data or "")}
    if kind != "percent":
        raise Unacceptable("Choose what comes back.", field=f"fee_{row}")
    return {"kind": "percent", "basis_points": 10_000 - _percent(typed, field)}


def _percent(typed: str, field: str) -> int:
    try:
        back = money.typed_percent(typed)
    except Unacceptable:
        back = -1
    if not 0 < back <= 10_000:
        raise Unacceptable("Write how many percent come back, from 1 to 100, for example 50.", field=field)
    return back


def _bands(typed: str) -> list[Band]:
    found: list[Band] = []
    for line in filter(None, (one.strip() for one in typed.splitlines())):
        start, colon, fee = line.partition(":")
        if not colon:
            raise Unacceptable(f"This line has no colon: {line[:60]}", field="bands", way_out="Write it as 100.00: 25.00.")
        found.append({"from_cents": money.typed(start, field="bands"), "fee_cents": money.typed(fee, field="bands")})
    if not found:
        raise Unacceptable("Write the fees by price, one to a line, for example 100.00: 25.00.", field="bands")
    if len({one["from_cents"] for one in found}) < len(found):
        raise Unacceptable("A price stands there twice.", field="bands")
    return sorted(found, key=lambda one: one["from_cents"])


def _refuse_lost(form: Any) -> None:
    """An amount without its day, or fees by price that no row uses, would be lost without a word."""
    for row in ROWS:
        if not form[f"days_{row}"].data and (form[f"amount_{row}"].data or form[f"fee_{row}"].data not in (None, "", "none")):
            raise Unacceptable("Say until how many days before.", field=f"days_{row}")
    if form.bands.data and not any(form[f"fee_{row}"].data == "by_price" for row in ROWS):
        raise Unacceptable("No row above takes a fee by price. Choose it there, or leave this empty.", field="bands")


def _needed(form: Any, name: str, most: int) -> int:
    found = _number(form, name, most)
    if found is None:
        raise Unacceptable(f"Write a number from 0 to {most:,}.", field=name)
    return found


def _number(form: Any, name: str, most: int) -> int | None:
    typed = (form[name].data or "").strip()
    found = whole(typed)
    if typed and (found is None or found > most):
        raise Unacceptable(f"Write a whole number from 0 to {most:,}.", field=name)
    return found
