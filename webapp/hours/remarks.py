"""Why an award is what it is, in a few words and in full, from its own copy of the evidence. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.core import times


def short(evidence: Mapping[str, Any]) -> str:
    """`left 3:00 pm, 45 min short`, `arrived 1:15 pm, 15 min short`; empty for the whole session."""
    missed = evidence.get("net_minutes", 0) - evidence.get("minutes", 0)
    if not evidence.get("presences") or missed <= 0:
        return ""
    stays = _stays(evidence)
    words = []
    if stays and stays[0][0] > datetime.fromisoformat(evidence["starts_at"]):
        words.append(f"arrived {_clock(stays[0][0], evidence)}")
    if stays and stays[-1][1] < datetime.fromisoformat(evidence["ends_at"]):
        words.append(f"left {_clock(stays[-1][1], evidence)}")
    if not words:
        words.append("was out in between")
    return f"{', '.join(words)}, {times.hours_words(missed)} short"


def in_full(evidence: Mapping[str, Any]) -> list[str]:
    """The evidence as sentences: presence, breaks, minutes counted, the credit of the session."""
    if not evidence.get("presences"):
        return []
    present = "; ".join(f"{_clock(start, evidence)} to {_clock(end, evidence)}" for start, end in _stays(evidence))
    breaks = sum(length for _, length in evidence["breaks"])
    without = f", without breaks of {times.hours_words(breaks)}" if breaks else ", which has no breaks"
    return [
        f"Present {present} {times.zone_short(evidence['zone'])}.",
        f"The session ran {_clock(_at(evidence, 'starts_at'), evidence)} to {_clock(_at(evidence, 'ends_at'), evidence)}{without}: "
        f"{evidence['minutes']} of {evidence['net_minutes']} minutes count.",
        f"Full attendance is credited with {times.hours_words(evidence['credit_minutes'])}.",
    ]


def _stays(evidence: Mapping[str, Any]) -> Sequence[tuple[datetime, datetime]]:
    known = [(one["in"], one["out"]) for one in evidence["presences"] if one["in"] and one["out"]]
    return sorted((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in known)


def _at(evidence: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(evidence[name])


def _clock(moment: datetime, evidence: Mapping[str, Any]) -> str:
    return times.clock_words(times.local(moment, evidence["zone"]))
