"""What an attendance rule (`catalog.attendance_rules`) makes of presence: which sessions count, and who gets the certificate. Pure.

Make-up work for a missed day is not recorded yet: a made-up day counts when its session is recorded as attended.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.catalog.attendance_rules import all_or_nothing
from webapp.core import times
from webapp.hours.minutes import Attended

Rule = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """A session with credit that a person is booked in: its date, how long she was there, whether it is over."""

    session_id: int
    title: str
    day: date
    attended: Attended
    is_over: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether an event's certificate may be issued, and the sentence that says so."""

    is_met: bool
    sentence: str


def session_counts(rule: Rule, present: Attended, *, others_full: bool = True) -> Attended:
    """What counts of the time present under the rule: all of it, or nothing.

    `others_full`: whether she attended every other session of the event in full; only all-or-nothing rules ask.
    """
    if all_or_nothing(rule):
        counts = present.is_whole and others_full
    else:
        counts = present.seconds * 100 >= present.whole_seconds * int(rule.get("least_percent", 0))
    return present if counts else Attended(0, present.whole_seconds, present.missing)


def words(rule: Rule) -> str:
    """How hours follow attendance, in one sentence."""
    if all_or_nothing(rule):
        return "Hours are awarded for all sessions in full, or not at all."
    if "least_percent" in rule:
        return f"A session counts from {rule['least_percent']} % of its time; from there by the minutes present."
    return "Hours follow the minutes present in each session, breaks left out."


def certificate(rule: Rule, held: Sequence[Held], awarded_minutes: int) -> Verdict:
    """Whether the certificate of an event may be issued to somebody with this attendance and these awarded minutes."""
    ahead = [one for one in held if not one.is_over]
    if ahead:
        last = times.date_words(max(one.day for one in ahead))
        return Verdict(False, f"The last session is on {last}; the certificate comes after it.")
    if awarded_minutes <= 0:
        return Verdict(False, "No hours are awarded yet; a certificate states awarded hours.")
    if all_or_nothing(rule):
        return _all_in_full(held)
    if "certificate_needs_sessions" in rule:
        return _enough_sessions(held, rule["certificate_needs_sessions"])
    if "may_miss_days" in rule:
        return _few_days_missed(held, rule["may_miss_days"])
    return Verdict(True, "Hours are awarded.")


def _all_in_full(held: Sequence[Held]) -> Verdict:
    full = sum(one.attended.is_whole for one in held)
    return Verdict(full == len(held), f"The certificate needs every session in full; {full} of {len(held)} were.")


def _enough_sessions(held: Sequence[Held], needed: int) -> Verdict:
    done = sum(one.attended.minutes > 0 for one in held)
    return Verdict(done >= needed, f"The certificate needs {needed} sessions; {done} of {len(held)} were attended.")


def _few_days_missed(held: Sequence[Held], allowed: int) -> Verdict:
    days: dict[date, list[bool]] = defaultdict(list)
    for one in held:
        days[one.day].append(one.attended.minutes > 0)
    missed = sum(not all(attended) for attended in days.values())
    most = "No day" if allowed == 0 else f"At most {allowed} {'day' if allowed == 1 else 'days'}"
    were = "was" if missed == 1 else "were"
    return Verdict(missed <= allowed, f"{most} may be missed for the certificate; {missed} of {len(days)} {were} missed.")
