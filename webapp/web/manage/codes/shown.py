"""A code and its uses in the words of the pages."""

from datetime import datetime
from typing import Any

from webapp.core import money, times
from webapp.registration.codes.rules import percent_words


def row(code: Any, names: list[str], now: datetime, zone: str) -> dict[str, Any]:
    """One code for the list and the head of its page."""
    off = money.written(code.amount_cents) if code.amount_cents is not None else percent_words(code.percent_basis_points)
    return {
        "id": code.id, "word": code.word, "purpose": code.purpose, "off": off, "for": ", ".join(names) or "Everything",
        "uses": f"{code.uses} of {code.max_uses}" if code.max_uses is not None else str(code.uses),
        "spent": money.written(code.spent_cents) + (f" of {money.written(code.budget_cents)}" if code.budget_cents is not None else ""),
        "valid": _valid(code, zone), "state": _state(code, now), "withdrawn": code.withdrawn_at is not None}


def use(one: Any) -> dict[str, Any]:
    """A place the code lowered."""
    state = ("Given back", "plain") if one.ended_at else ("Held", "warn") if one.state == "held" else ("Used", "ok")
    return {"who": f"{one.given_name} {one.family_name}".strip() or one.email, "event": one.title, "ref": one.ref, "cents": one.cents,
            "at": one.created_at, "state": state}


def _valid(code: Any, zone: str) -> str:
    first = times.date_words(times.local(code.valid_from, zone).date()) if code.valid_from else ""
    last = times.until_words(code.valid_until, zone) if code.valid_until else ""
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "always"


def _state(code: Any, now: datetime) -> tuple[str, str]:
    if code.withdrawn_at is not None:
        return "Withdrawn", "plain"
    if code.valid_until is not None and code.valid_until <= now:
        return "Ended", "plain"
    limits = ((code.uses, code.max_uses), (code.spent_cents, code.budget_cents))
    if any(most is not None and used >= most for used, most in limits):
        return "Used up", "warn"
    return ("Not yet", "plain") if code.valid_from is not None and code.valid_from > now else ("Active", "ok")
