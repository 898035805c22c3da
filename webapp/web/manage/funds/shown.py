"""A fund, what it paid and what is owed for it, in the words of the pages."""

from datetime import datetime
from typing import Any

from webapp.core import money, times
from webapp.payments.rules.standing import Balance
from webapp.registration.funds.rules import pays


def row(fund: Any, names: list[str], now: datetime, zone: str) -> dict[str, Any]:
    """One fund for the list and the head of its page."""
    return {
        "id": fund.id, "name": fund.name, "whose": fund.grantor or "Ours", "kind": fund.kind, "word": fund.word or "",
        "pays": pays(fund.amount_cents, fund.percent_basis_points), "for": ", ".join(names) or "Everything",
        "budget": money.written(fund.budget_cents), "used": money.written(fund.used_cents),
        "left": money.written(fund.budget_cents - fund.used_cents), "valid": _valid(fund, zone), "state": _state(fund, now),
        "withdrawn": fund.withdrawn_at is not None, "order_ref": fund.order_ref, "note": fund.note,
        "most": money.written(fund.max_per_person_cents) if fund.max_per_person_cents else "", "passes_on": fund.passes_on}


def stands(balance: Balance, billed_cents: int) -> list[tuple[str, str]]:
    """A grant's money: what it owes, what of it is billed, what came."""
    return [("Owed by the grantor", money.written(balance.owed_cents)), ("Billed", money.written(billed_cents)),
            ("Paid", money.written(balance.paid_cents))]


def use(one: Any) -> dict[str, Any]:
    """A place somebody else pays a part of."""
    state = ("Given back", "plain") if one.ended_at else ("Held", "warn") if one.state == "held" else ("Used", "ok")
    return {"who": name(one), "event": one.title, "slug": one.slug, "registration_id": one.registration_id, "ref": one.ref,
            "cents": one.cents, "at": one.created_at, "state": state, "reason": one.reason}


def name(one: Any) -> str:
    """The person's name, else her address."""
    return f"{one.given_name} {one.family_name}".strip() or one.email or "Name to follow"


def _valid(fund: Any, zone: str) -> str:
    first = times.date_words(times.local(fund.valid_from, zone).date()) if fund.valid_from else ""
    last = times.until_words(fund.valid_until, zone) if fund.valid_until else ""
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "always"


def _state(fund: Any, now: datetime) -> tuple[str, str]:
    if fund.withdrawn_at is not None:
        return "Withdrawn", "plain"
    if fund.valid_until is not None and fund.valid_until <= now:
        return "Ended", "plain"
    if fund.used_cents >= fund.budget_cents:
        return "Used up", "warn"
    return ("Not yet", "plain") if fund.valid_from is not None and fund.valid_from > now else ("Gives", "ok")
