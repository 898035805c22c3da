"""What becomes of a place whose invoice is open: at its date, at the start, and in reminders. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

SOON = timedelta(days=7)  # before an amount is due
LATE = timedelta(days=14)  # after it was due
FORGOTTEN = timedelta(days=60)  # a reminder that nobody sent by then would only astonish
FRESH = timedelta(days=3)  # who got the invoice so recently is not reminded of it yet
AT_START = {
    "admit": "",
    "refuse": "Whose invoice is open at the start is not let in until it is paid.",
    "hold_certificate": "Whose invoice is open at the start takes part; the certificate comes when it is paid.",
}
RELEASE = "A place that is not paid by its date goes to the next person."


def sentences(at_start: str, releases: bool) -> list[str]:
    """The event's rule as a buyer by invoice reads it; empty where nothing hangs on the day."""
    return [words for words in (RELEASE if releases else "", AT_START[at_start]) if words]


def stage(due_on: date, issued_on: date, today: date) -> str:
    """Which reminder is due today of an amount due then: `soon`, `due`, `overdue`, or '' for none."""
    if today < due_on:
        return "soon" if due_on - today <= SOON and today - issued_on >= FRESH else ""
    if today - due_on < LATE:
        return "due" if issued_on < due_on else ""
    return "overdue" if today - due_on <= FORGOTTEN else ""


def due_dates(lines: Iterable[Mapping[str, Any]]) -> list[date]:
    """The days on which parts of an invoice are due, the first first."""
    return sorted({date.fromisoformat(line["due_on"]) for line in lines if line.get("due_on")})


def asked_by(lines: Iterable[Mapping[str, Any]], due_on: date, total_cents: int, to_pay_cents: int) -> int:
    """What of an invoice should have been paid by the end of that day and is not: what came pays the earliest first."""
    by_then = sum(int(line["amount_cents"]) for line in lines if not line.get("due_on") or date.fromisoformat(line["due_on"]) <= due_on)
    return min(max(by_then - (total_cents - to_pay_cents), 0), to_pay_cents)
