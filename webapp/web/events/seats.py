"""How an event stands toward those who want a place: one word for lists, a notice and an action for its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.core import times
from webapp.core.errors import Refusal
from webapp.registration import rules

FEW = 5


@dataclass(frozen=True)
class Standing:
    """`code` names the state: draft, cancelled, over, not_open_yet, closed, by_application, by_roster, walk_in, full, open."""

    code: str
    refusal: Refusal | None = None


def sign_up(row: Any) -> rules.SignUp:
    """The columns of a catalog row that decide about registering."""
    return rules.SignUp(row.status, row.sign_up, row.zone, row.opens_at, row.closes_at, row.starts_at, row.cancel_reason)


def standing(event: rules.SignUp, ends_at: datetime | None, left: int | None, now: datetime) -> Standing:
    """The first thing that is true, in the order in which a person would ask. `left` None is without limit."""
    if event.status == "draft":
        return Standing("draft")
    if event.status != "cancelled" and ends_at is not None and ends_at <= now:
        return Standing("over")
    shut = rules.closed_because(event, now)
    if shut is not None and not (event.sign_up == "walk_in" and event.status == "published"):
        return Standing(shut.code, shut)
    other = rules.other_way_in(event)
    if other is not None:
        return Standing(other.code, other)
    return Standing("full" if left is not None and left <= 0 else "open")


def tag(row: Any, places: tuple[int | None, int], now: datetime) -> tuple[str, str]:
    """The word of a list and its kind: (`4 of 28 seats left`, `warn`); `places` are (capacity, taken)."""
    capacity, taken = places
    left = None if capacity is None else max(capacity - taken, 0)
    found = standing(sign_up(row), row.ends_at, left, now)
    if found.code == "open":
        return _left(capacity, left)
    if found.code == "not_open_yet":
        return f"Opens {times.date_words(times.local(row.opens_at, row.zone).date(), weekday=False)}", "plain"
    return _WORDS[found.code]


def _left(capacity: int | None, left: int | None) -> tuple[str, str]:
    if capacity is None or left is None:
        return "Open to all", "ok"
    return f"{left} of {capacity} seats left", "warn" if left <= FEW or left * 10 <= capacity else "ok"


_WORDS = {
    "draft": ("Draft", "plain"), "cancelled": ("Cancelled", "bad"), "over": ("Over", "plain"), "closed": ("Registration closed", "plain"),
    "by_application": ("By application", "plain"), "by_roster": ("By your agency", "plain"), "walk_in": ("Walk in", "ok"),
    "full": ("Full", "bad"),
}
