"""An event's attendance rule as data: what full or partial attendance gives. Hours and certificates read it, nobody parses prose.

`event.attendance_rule` is empty (each session awards by itself, partial attendance by its minutes) or a dict of
- `awards`: `by_session`, or `all_or_nothing` (every scheduled session in full, else no hours and no certificate);
- `least_percent`: with `by_session`, a session attended for less than this share of its net time awards nothing (IACET's 90);
- `certificate_needs_sessions`: the certificate of the whole needs so many of its sessions attended;
- `may_miss_days`: at most so many days missed for the certificate of the whole; `make_up`: `assignment` or `none`;
- `sentence`: the rule in words, for people.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, cast

from webapp.core.errors import Unacceptable


class AttendanceRule(TypedDict, total=False):
    """See the module's docstring."""

    awards: Literal["by_session", "all_or_nothing"]
    least_percent: int
    certificate_needs_sessions: int
    may_miss_days: int
    make_up: Literal["assignment", "none"]
    sentence: str


def check(rule: Mapping[str, Any]) -> AttendanceRule:
    """The rule, typed; refused when it says something no page understands."""
    unknown = set(rule) - set(AttendanceRule.__annotations__)
    if unknown:
        raise Unacceptable(f"The attendance rule does not know {', '.join(sorted(unknown))}.", field="attendance_rule")
    awards, make_up = rule.get("awards", "by_session"), rule.get("make_up", "none")
    if awards not in ("by_session", "all_or_nothing") or make_up not in ("none", "assignment"):
        raise Unacceptable("The attendance rule awards by session, or all or nothing.", field="attendance_rule")
    for name in ("certificate_needs_sessions", "may_miss_days"):
        if name in rule and (type(rule[name]) is not int or rule[name] < 0):
            raise Unacceptable("The attendance rule counts sessions or days in whole numbers.", field="attendance_rule")
    if "least_percent" in rule and (type(rule["least_percent"]) is not int or not 1 <= rule["least_percent"] <= 100):
        raise Unacceptable("A session counts from 1 to 100 percent of its time.", field="attendance_rule")
    return cast(AttendanceRule, dict(rule))


def all_or_nothing(rule: Mapping[str, Any]) -> bool:
    """Whether partial attendance awards nothing at all."""
    return rule.get("awards") == "all_or_nothing"
