"""A code and its uses in the words of the pages."""

from datetime import datetime
from typing import Any

from webapp.core import money
from webapp.registration.codes.rules import percent_words
from webapp.web.manage import reach


def row(code: Any, names: list[str], now: datetime) -> dict[str, Any]:
    """One code for the list and the head of its page."""
    off = money.written(code.amount_cents) if code.amount_cents is not None else percent_words(code.percent_basis_points)
    return {
        "id": code.id, "word": code.word, "purpose": code.purpose, "off": off, "for": ", ".join(names) or "Everything",
        "uses": f"{code.uses} of {code.max_uses}" if code.max_uses is not None else str(code.uses),
        "spent": money.written(code.spent_cents) + (f" of {money.written(code.budget_cents)}" if code.budget_cents is not None else ""),
        "valid": reach.valid_words(code), "withdrawn": code.withdrawn_at is not None,
        "state": reach.state(code, now, "Active", used_up=_used_up(code))}


def use(one: Any) -> dict[str, Any]:
    """A place the code lowered."""
    return {"who": f"{one.given_name} {one.family_name}".strip() or one.email, "event": one.title, "ref": one.ref, "cents": one.cents,
            "at": one.created_at, "state": reach.use_state(one)}


def _used_up(code: Any) -> bool:
    limits = ((code.uses, code.max_uses), (code.spent_cents, code.budget_cents))
    return any(most is not None and used >= most for used, most in limits)
