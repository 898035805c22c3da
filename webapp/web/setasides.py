"""A set-aside in the words of the pages: of organizers, of an agency, of an event."""

from datetime import datetime
from typing import Any

from webapp.core import times
from webapp.registration.setasides import rules
from webapp.web.events import words

MODES = {"in_person": "In the room", "online": "Online"}


def row(one: Any, now: datetime) -> dict[str, Any]:
    """For whom, how many are used and left, when the rest returns. `left` is what is kept out of open sale now."""
    over = one.returned_at is not None or (one.returns_at is not None and one.returns_at <= now)
    left = 0 if over else one.capacity - one.taken
    only = ", ".join(part for part in (MODES.get(one.mode or "", ""), one.type or "") if part)
    return {"id": one.id, "for": rules.words(one.kind, one.label, one.agency), "only": only, "capacity": one.capacity, "used": one.taken,
            "left": left, "returns": returns(one), "over": over, "state": _state(over, left),
            "returned": one.seats - one.capacity if over else 0}


def parts(found: list[Any]) -> list[tuple[str, str]]:
    """The seats of sessions that are kept with it: title, and how many of them are used."""
    return [(one.title, f"{one.taken} of {one.capacity} used") for one in found if one.capacity]


def pools(found: list[Any], now: datetime) -> list[dict[str, Any]]:
    """An agency's own pools that are not over: `used`, `left`, `returns` and the event, with the page to book from it."""
    rows = [(one, row(one, now)) for one in found if one.returned_at is None]
    return [shown | {"title": one.title, "slug": one.slug, "when": _when(one), "agency": one.agency,
                     "book": f"/agency/{one.agency_id}/book/{one.slug}"} for one, shown in rows if not shown["over"]]


def _when(one: Any) -> str:
    if one.starts_at is None:
        return "Dates follow"
    return words.days_span(times.local(one.starts_at, one.zone).date(), times.local(one.ends_at, one.zone).date())


def returns(one: Any) -> str:
    """`returns to sale on Fri 4 Dec 2026`, or what became of it."""
    if one.returned_at is not None:
        return f"returned on {times.date_words(times.local(one.returned_at, one.zone).date())}"
    if one.returns_at is None:
        return "until it is given back"
    return f"returns to sale on {times.date_words(times.local(one.returns_at, one.zone).date())}"


def _state(over: bool, left: int) -> tuple[str, str]:
    return ("Returned", "plain") if over else ("Used up", "warn") if not left else ("Kept", "ok")
