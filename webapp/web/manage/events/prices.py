"""What is sold for an event, as one form with rows that works without script: empty rows follow, more come by a button."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, flash, render_template, request
from sqlalchemy import select

from webapp.catalog.models import Block, Event, Session
from webapp.core import times
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration import offers
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.events import price_pools, price_rows, price_steps
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

MORE = {"types": 1, "add_ons": 1, "group_rules": 1}


@pages.route("/manage/events/<slug>/prices", methods=("GET", "POST"))
@access.staff(*ROLES)
def prices(slug: str) -> str | Response:
    """Shows the rows; replaces what is sold by what was typed. A row with an empty name is taken away."""
    event = the_event(slug)
    if request.method == "GET":
        return render_template("manage/prices.html", **_context(event, price_rows.filled(offers.of_event(event.id), event.zone)))
    typed = price_rows.typed(request.form)
    if (more := request.form.get("more", "")) in MORE:
        return again("manage/prices.html", **_context(event, typed, more=more))
    try:
        wanted = price_rows.kept(price_rows.read(typed, event.zone), typed, offers.of_event(event.id), event.zone)
        with transaction():
            offers.replace(event.id, wanted, actor_id=access.viewer().person_id)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return again("manage/prices.html", **_context(the_event(slug), typed, refusal=refusal))
    flash("The prices are saved.", "done")
    return see(f"/manage/events/{slug}/prices")


def _context(
    event: Event, rows: Mapping[str, list[dict[str, Any]]], more: str = "", refusal: Refusal | None = None
) -> dict[str, Any]:
    counts = {
        name: len(rows[name]) + (MORE[name] if name == more or not rows[name] or (refusal is None and not more) else 0)
        for name in MORE
    }
    shown = {
        name: [defaultdict(str, row) for row in [*rows[name], *({} for _ in range(counts[name] - len(rows[name])))]]
        for name in MORE
    }
    errors = _errors(refusal)
    return {
        "event": event,
        "rows": shown,
        "errors": dict(errors),
        "summary": errors,
        "steps": [price_steps.numbers(row) for row in shown["types"]],
        "pools": [price_pools.choices(shown["types"], row) for row in shown["types"]],
        "sessions": list(_sessions(event)),
        "blocks": _blocks(event),
        "audiences": price_rows.AUDIENCES,
        "modes": price_rows.MODES,
        "zone": times.zone_short(event.zone),
        "by_application": event.sign_up == "application",
    }


def _errors(refusal: Refusal | None) -> list[tuple[str, str]]:
    """The refusal beside the field it names; a name without a field of its own stands at the first field of its row."""
    if refusal is None:
        return []
    sentence = f"{refusal.sentence} {refusal.way_out}".strip()
    return [(price_rows.field_of(refusal.field or ""), sentence)]


def _sessions(event: Event) -> Iterable[tuple[str, str]]:
    for row in db.session.execute(
        select(Session.id, Session.title, Session.starts_at, Session.zone)
        .where(Session.event_id == event.id)
        .order_by(Session.starts_at, Session.id)
    ):
        yield str(row.id), f"{times.date_words(times.local(row.starts_at, row.zone).date(), year=False)}: {row.title}"


def _blocks(event: Event) -> list[tuple[str, str]]:
    return [
        (str(row.id), row.name)
        for row in db.session.execute(
            select(Block.id, Block.name).where(Block.event_id == event.id, Block.add_on_only).order_by(Block.position)
        )
    ]
