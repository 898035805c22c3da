"""What waits for finance, as sentences with the way to it."""

from collections.abc import Iterable
from typing import Any

from webapp.core import money
from webapp.payments.queries import overview
from webapp.payments.queries.overview import Figure, Overview
from webapp.registration.queries import years
from webapp.web.manage.finance.bank import disputed
from webapp.web.manage.finance.blueprint import midnight, today

DESK = "/manage/finance"


def entries() -> list[dict[str, Any]]:
    """Entries of `todo_list`, the most pressing first. Seven statements."""
    figures = overview.figures(today(), midnight(today().replace(day=1)))
    return [*_pressing(figures), *_claims(years.open_claims()), *_expected(figures)]


def _pressing(figures: Overview) -> Iterable[dict[str, Any]]:
    if figures.disputes.count:
        yield _entry("Dispute", "bad", disputed(figures), "See what speaks for you", "disputes")
    if figures.unmatched.count:
        yield _entry("Unmatched", "bad", f"{money.written(figures.unmatched.cents)} came in that pays nothing.", "Settle it", "unmatched")
    if figures.failed_refunds:
        yield _entry("Failed", "bad", f"{_counted(figures.failed_refunds, 'refund')} did not go through.", "Look at them", "refunds")
    if figures.inbox:
        yield _entry("Stripe", "warn", f"{_counted(figures.inbox, 'message')} of Stripe could not be applied.", "Open the inbox", "inbox")
    if figures.overdue.count:
        yield _entry("Overdue", "warn", f"{_sum(figures.overdue, 'order')}.", "See who", "orders?money=overdue")


def _claims(count: int) -> Iterable[dict[str, Any]]:
    if count:
        who = "Somebody says that she is a member and waits" if count == 1 else f"{count} people say that they are members and wait"
        yield {"word": "Members", "kind": "warn", "text": f"{who} for an answer.", "label": "Look at the list",
               "href": "/manage/memberships/claims"}


def _expected(figures: Overview) -> Iterable[dict[str, Any]]:
    if figures.refunds.count:
        yield _entry("Refunds", "plain", f"{_sum(figures.refunds, 'refund')} on the way.", "See them", "refunds")
    later = Figure(figures.owed.cents - figures.overdue.cents, figures.owed.count - figures.overdue.count)
    if later.count:
        yield _entry("Expected", "plain", f"{_sum(later, 'order')} not yet due: record each payment as it comes.", "Find the order",
                     "orders?money=owed")


def _entry(word: str, kind: str, text: str, label: str, path: str) -> dict[str, Any]:
    return {"word": word, "kind": kind, "text": text, "label": label, "href": f"{DESK}/{path}"}


def _sum(figure: Figure, noun: str) -> str:
    return f"{money.written(figure.cents)} in {_counted(figure.count, noun)}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
