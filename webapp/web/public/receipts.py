"""Receipts to print: of an order by its address, of one person's place by an address of its own that opens nothing else."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template

from webapp.core import money, times
from webapp.payments.queries import paid
from webapp.payments.queries.paid import Part
from webapp.registration import own_page
from webapp.web import access
from webapp.web.registering import deciding, reviewing, views

pages = Blueprint("receipts", __name__)


@pages.get("/orders/<ref>/receipt")
@access.by_secret
def of_order(ref: str) -> str:
    """What was paid for the whole order: how much, when, how, and for what."""
    view = deciding.decided(ref)
    parts = paid.of_order(view.order.id)
    return render_template("public/receipt.html", title="Receipt", crumb=("Your registration", f"/orders/{ref}"),
                           lines=views.money_lines(view), total=money.written(view.total_cents), **_said(parts),
                           about=[("For", view.order.payer_name), ("Events", views.titles(view)), ("Order", ref)])


@pages.get("/receipts/<key>")
@access.by_secret
def of_place(key: str) -> str:
    """What was paid for one place, for whoever gives its attendee the money back. Names her and nobody else."""
    found = paid.of_place(own_page.find(key, "receipt"))
    when = times.span_words(found.starts_at, found.ends_at, found.zone) if found.starts_at and found.ends_at else "The dates follow."
    return render_template("public/receipt.html", title=f"Receipt: {found.name}", crumb=None, lines=[], total="", **_said(found.parts),
                           about=[("Attendee", found.name), ("Event", found.event), ("When", when), ("As", found.type)])


def _said(parts: Sequence[Part]) -> dict[str, Any]:
    return {"parts": [_line(part) for part in parts], "paid": money.written(sum(part.cents for part in parts))}


def _line(part: Part) -> tuple[str, str]:
    day = times.date_words(times.local(part.at, reviewing.zone()).date())
    return f"{day}, {part.how}", money.written(part.cents)
