"""What finance's pages share: the blueprint, the side navigation, the day."""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, current_app, request

from webapp.core import clock
from webapp.payments.queries import overview
from webapp.payments.rules import books, methods

pages = Blueprint("finance", __name__)
SIDE = (
    ("overview", "Overview", ""),
    ("orders", "Orders", "/orders"),
    ("payers", "Payers", "/payers"),
    ("funds", "Funds", "/funds"),
    ("checks", "Checks", "/checks"),
    ("slips", "Deposit slips", "/slips"),
    ("unmatched", "Unmatched", "/unmatched"),
    ("refunds", "Refunds", "/refunds"),
    ("balances", "Balances", "/balances"),
    ("inbox", "Stripe inbox", "/inbox"),
    ("payouts", "Payouts", "/payouts"),
    ("disputes", "Disputes", "/disputes"),
    ("months", "Months", "/months"),
    ("income", "Income", "/income"),
    ("export", "Export", "/export"),
    ("papers", "Papers", "/papers"),
)


def zone() -> str:
    """The association's zone: its calendar day decides what is due."""
    return str(current_app.config["SETTINGS"].association_timezone)


def today() -> date:
    """The day in the association's zone."""
    return clock.today(zone())


def midnight(day: date) -> datetime:
    """The moment a day begins there."""
    return books.midnight(day, zone())


def frame(current: str, figures: overview.Overview | None = None) -> dict[str, Any]:
    """The side navigation, with counts of what waits, the zone, and the words for how money came."""
    figures = figures or overview.figures(today(), midnight(today().replace(day=1)))
    counts = {
        "unmatched": figures.unmatched.count,
        "refunds": figures.refunds.count + figures.failed_refunds,
        "inbox": figures.inbox,
        "disputes": figures.disputes.count,
    }
    side = []
    for name, label, path in SIDE:
        entry: dict[str, Any] = {"label": label, "href": f"/manage/finance{path}", "current": name == current}
        if counts.get(name):
            entry["total"] = counts[name]
        side.append(entry)
    return {"side": side, "zone": zone(), "how_paid": methods.WORDS}


def page_offset(size: int) -> tuple[int, int]:
    """The page asked for (from 1) and how many rows stand before it. Anything that is not a page is the first."""
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isdecimal() and len(asked) < 6 and int(asked) > 0 else 1
    return page, (page - 1) * size
