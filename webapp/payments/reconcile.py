"""Finds what was lost on the way: events no webhook brought, pages nobody heard of again, holds that are over, refunds not sent.

`flask reconcile` and the timetable call the same `sweep`; doing it again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from webapp.core import logs
from webapp.core.db import db, insert_new, transaction
from webapp.core.errors import Refusal
from webapp.payments import closing, gateway, inbox, payouts, refund_courier
from webapp.payments.balance import using
from webapp.payments.models import CheckoutPage, ProviderCursor

log = logs.logger(__name__)
OVERLAP = timedelta(hours=1)  # read again: an event may be listed a little after it happened
FIRST_LOOK = timedelta(days=29)  # Stripe keeps events for 30 days
MOST_PAGES = 200


@dataclass
class Report:
    """What a sweep did, in numbers; `troubles` are sentences."""

    found: int = 0
    applied: int = 0
    for_finance: int = 0
    failed: int = 0
    released: int = 0
    pages_closed: int = 0
    refunds_sent: int = 0
    payouts_read: int = 0
    troubles: list[str] = field(default_factory=list)

    def words(self) -> str:
        """One line for a log or a terminal."""
        numbers = (f"{self.found} lost events found", f"{self.applied} applied", f"{self.for_finance} for finance",
                   f"{self.failed} failed", f"{self.released} holds released", f"{self.pages_closed} payment pages closed",
                   f"{self.refunds_sent} refunds sent", f"{self.payouts_read} payouts read")
        return ", ".join(numbers) + "".join(f". {trouble}" for trouble in self.troubles)


def sweep(now: datetime) -> Report:
    """Brings everything between us and Stripe to an end that can be. Each part goes on when another is in trouble."""
    return _run(now, (_read_events, _ask_for_pages, _apply_waiting, _close_outdated, _release, _return_balances, _send_refunds,
                      _read_payouts))


def settle(now: datetime) -> Report:
    """The part that is done every minute: what waits here, without reading Stripe's lists."""
    return _run(now, (_apply_waiting, _close_outdated, _release, _return_balances, _send_refunds, _read_payouts))


def _run(now: datetime, parts: tuple[Callable[[datetime, Report], None], ...]) -> Report:
    report, said = Report(), ""
    for part in parts:
        try:
            part(now, report)
        except Refusal as refusal:
            if refusal.sentence not in report.troubles:
                report.troubles.append(refusal.sentence)
            if isinstance(refusal, gateway.NotSetUp):
                said = _said_before(refusal.sentence)
    did = vars(report) | {"troubles": [trouble for trouble in report.troubles if trouble != said]}
    if did := {name: value for name, value in did.items() if value}:
        log.info("reconciled", **did)
    return report


def _said_before(sentence: str) -> str:
    """The sentence when this process has logged it before: a site without cards is no news every minute."""
    known: set[str] = current_app.extensions.setdefault("attune_reconcile_said", set())
    if sentence in known:
        return sentence
    known.add(sentence)
    return ""


def _read_events(now: datetime, report: Report) -> None:
    """Reads Stripe's list since the last time, newest first as it comes, and keeps what the inbox lacks."""
    since, after = _since(now), None
    for _ in range(MOST_PAGES):
        events, more = gateway.list_events(since, after)
        with transaction():
            report.found += sum(inbox.keep(event, "sweep") is not None for event in reversed(events))
        if not more or not events:
            break
        after = events[-1]["id"]
    with transaction():
        _read_until(now)


def _ask_for_pages(now: datetime, _report: Report) -> None:
    """Asks what became of pages whose time is over, and of those begun before a crash."""
    due = list(db.session.scalars(select(CheckoutPage.id).where(
        CheckoutPage.state.in_(closing.LIVE),
        (CheckoutPage.expires_at <= now) | ((CheckoutPage.state == "opening") & (CheckoutPage.created_at <= now - inbox.STALE)))))
    for page_id in due:
        closing.close(page_id)


def _apply_waiting(now: datetime, report: Report) -> None:
    for event_id in inbox.waiting(now):
        outcome = inbox.work(event_id)
        if outcome in ("applied", "for_finance", "failed"):
            setattr(report, outcome, getattr(report, outcome) + 1)


def _close_outdated(now: datetime, report: Report) -> None:
    report.pages_closed = closing.close_outdated(now)


def _release(now: datetime, report: Report) -> None:
    report.released = closing.release_due(now)


def _return_balances(_now: datetime, _report: Report) -> None:
    """Of holds that ended, or were placed, in another way than by the clock or the card."""
    for order_id in using.waiting_orders():
        with transaction():
            using.settle(order_id)


def _send_refunds(now: datetime, report: Report) -> None:
    report.refunds_sent = refund_courier.send_due(now)


def _read_payouts(now: datetime, report: Report) -> None:
    report.payouts_read = payouts.read_due(now)


def _since(now: datetime) -> datetime:
    read_until = db.session.scalar(select(ProviderCursor.read_until).where(ProviderCursor.name == "events"))
    return read_until - OVERLAP if read_until else now - FIRST_LOOK


def _read_until(now: datetime) -> None:
    insert_new(ProviderCursor, on=("name",), values={"name": "events", "read_until": now})
    cursor = db.session.get(ProviderCursor, "events", with_for_update=True, populate_existing=True)
    if cursor is not None:
        cursor.read_until = max(cursor.read_until, now)
