"""A fund, what it paid and what is owed for it, in the words of the pages."""

from datetime import datetime
from typing import Any

from webapp.core import money
from webapp.payments.rules.standing import Balance
from webapp.registration.funds.rules import pays
from webapp.web.manage import reach


def row(fund: Any, names: list[str], now: datetime) -> dict[str, Any]:
    """One fund for the list and the head of its page."""
    return {
        "id": fund.id, "name": fund.name, "whose": fund.grantor or "Ours", "kind": fund.kind, "word": fund.word or "",
        "pays": pays(fund.amount_cents, fund.percent_basis_points), "for": ", ".join(names) or "Everything",
        "budget": money.written(fund.budget_cents), "used": money.written(fund.used_cents),
        "left": money.written(fund.budget_cents - fund.used_cents), "valid": reach.valid_words(fund),
        "state": reach.state(fund, now, "Gives", used_up=fund.used_cents >= fund.budget_cents),
        "withdrawn": fund.withdrawn_at is not None, "order_ref": fund.order_ref, "note": fund.note,
        "most": money.written(fund.max_per_person_cents) if fund.max_per_person_cents else "", "passes_on": fund.passes_on}


def stands(balance: Balance, billed_cents: int) -> list[tuple[str, str]]:
    """A grant's money: what it owes, what of it is billed, what came."""
    return [("Owed by the grantor", money.written(balance.owed_cents)), ("Billed", money.written(billed_cents)),
            ("Paid", money.written(balance.paid_cents))]


def use(one: Any) -> dict[str, Any]:
    """A place somebody else pays a part of."""
    return {"who": name(one), "event": one.title, "slug": one.slug, "registration_id": one.registration_id, "ref": one.ref,
            "cents": one.cents, "at": one.created_at, "state": reach.use_state(one), "reason": one.reason}


def name(one: Any) -> str:
    """The person's name, else her address."""
    return f"{one.given_name} {one.family_name}".strip() or one.email or "Name to follow"
