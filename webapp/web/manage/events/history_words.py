"""What an entry of the history changed, in words: days and hours of the event's zone, dollars, no names of columns or numbers of rows."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from webapp.core import money, times
from webapp.payments.rules import methods

LONG = 160
NAMES = {"wall_start": "begins", "start": "begins", "wall_end": "ends", "from_on": "from", "until_on": "until", "cheque": "check"}
DERIVED = {"starts_at", "ends_at", "fold", "session"}  # they follow from what was typed, or name the session the sentence names
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(\+00:00|Z)?)?")


def what(action: str, before: Mapping[str, Any], after: Mapping[str, Any], titles: Mapping[int, str]) -> str:
    """`Session “Opening” moved`; else the action as a sentence."""
    subject, _, verb = action.replace("_", " ").partition(".")
    title = titles.get(after.get("session", before.get("session", 0)), "")
    if subject == "session" and title:
        return f"Session \u201c{title}\u201d {'moved' if {'wall_start', 'wall_end'} & set(after) and verb == 'changed' else verb}"
    return f"{subject} {verb}".strip().capitalize()


def values(changed: Mapping[str, Any], zone: str) -> str:
    """What it was, or is now; empty when nothing of it is for people."""
    return "; ".join(f"{_name(key)} {_said(key, value, zone)}" for key, value in changed.items() if not _is_internal(key))


def _is_internal(key: str) -> bool:
    return key in DERIVED or key == "id" or key.endswith("_id")


def _name(key: str) -> str:
    return NAMES.get(key, "amount" if key == "cents" else key.removesuffix("_cents").replace("_", " "))


def _said(key: str, value: Any, zone: str) -> str:
    if value is None or value == "" or value == []:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "method":
        return methods.WORDS.get(value, str(value))
    if isinstance(value, int) and key.endswith("cents"):
        return money.written(value)
    if isinstance(value, str) and _ISO.fullmatch(value):
        return _moment(value, zone)
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= LONG else words[:LONG] + "\u2026"


def _moment(written: str, zone: str) -> str:
    """An instant in the zone; a wall-clock time as it was typed; a day."""
    if "T" not in written:
        return times.date_words(date.fromisoformat(written))
    moment = datetime.fromisoformat(written)
    return times.moment_words(moment, zone) if moment.tzinfo else f"{times.date_words(moment.date())}, {times.clock_words(moment)}"
