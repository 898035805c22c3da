"""The hours page of an event as plain values: one row for each attendee, with what will happen and why."""

from collections.abc import Collection, Sequence
from typing import Any

from webapp.attendance.awarding import Proposal
from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.hours import certificates, remarks, rules
from webapp.hours.certificates import spaced
from webapp.hours.ledger import evidence
from webapp.hours.models import Certificate
from webapp.hours.plans import Step
from webapp.payments import unpaid as unpaid_places

NOTES = 3


def page(event: Event, proposals: Sequence[Proposal]) -> dict[str, Any]:
    """Rows, and how many people the two buttons concern."""
    rule, have = event.attendance_rule or {}, certificates.holders(event.id)
    waits = unpaid(event, [one.attendee.registration_id for one in proposals])
    rows = [_row(one, rule, have, one.attendee.registration_id in waits) for one in proposals]
    return {
        "rows": rows, "rule": rule.get("sentence") or rules.words(rule), "to_award": sum(bool(one.changes) for one in proposals),
        "to_certify": sum(row["can_certify"] for row in rows), "problems": sum(row["has_problem"] for row in rows),
        "awarded": sum(any(step.standing is not None for step in one.steps) for one in proposals),
    }


def unpaid(event: Event, registration_ids: Collection[int]) -> Collection[int]:
    """Places whose certificate waits for money: of an event that holds it back, those whose invoice is open."""
    if event.unpaid_at_start != "hold_certificate":
        return ()
    return unpaid_places.open_by_place(registration_ids, clock.today(event.zone))


def certificate(row: Certificate, zone: str) -> dict[str, Any]:
    """The certificate that stands, for staff."""
    return {"code": row.code, "spaced": spaced(row.code), "version": row.version,
            "issued": times.date_words(times.local(row.issued_at, zone).date())}


def _row(one: Proposal, rule: dict[str, Any], have: frozenset[int], waits: bool) -> dict[str, Any]:
    word, kind = _state(one)
    has_certificate = one.attendee.person_id in have
    can_certify = not has_certificate and one.verdict(rule).is_met
    return {
        "id": one.attendee.registration_id, "name": one.attendee.name, "training": _minutes(one.minutes("training")),
        "rsc": _minutes(one.minutes("rsc")), "state": word, "kind": kind, "notes": _notes(one), "can_certify": can_certify,
        "has_problem": any(step.action == "missing" for step in one.steps) or bool(one.unmarked),
        "certificate": "Issued" if has_certificate else ("Invoice open" if can_certify and waits else "Ready" if can_certify else ""),
    }


def _state(one: Proposal) -> tuple[str, str]:
    actions = {step.action for step in one.steps}
    if "missing" in actions:
        return "Time missing", "warn"
    if actions & {"correct", "reverse"}:
        return "To be corrected", "warn"
    if "award" in actions:
        return "To be awarded", "warn"
    if "same" in actions:
        return "Awarded", "ok"
    return ("Taken back", "plain") if "taken_back" in actions else ("Nothing", "plain")


def _notes(one: Proposal) -> list[str]:
    """The short reasons: what is not known, what is less than the whole, what changes."""
    notes = [_note(step) for step in one.steps]
    found = [note for note in dict.fromkeys(notes) if note]
    found += [f"{title}: not marked" for title in one.unmarked]
    return found if len(found) <= NOTES else [*found[:NOTES], f"and {len(found) - NOTES} more"]


def _note(step: Step) -> str:
    title = step.entry.session.title
    if step.action == "missing":
        return f"{title}: the time {' and '.join(step.present.missing)} is missing"
    if step.action == "taken_back":
        return f"{title}: was taken back by staff"
    if step.action in ("correct", "reverse") and step.standing is not None:
        return f"{title}: {times.hours_words(step.standing.minutes)} becomes {times.hours_words(step.minutes)}"
    short = remarks.short(evidence(step)) if step.action in ("award", "same") else ""
    return f"{title}: {short}" if short else ""


def _minutes(minutes: int) -> str:
    return times.hours_words(minutes) if minutes else ""
