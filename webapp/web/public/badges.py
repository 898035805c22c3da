"""/orders/<ref>/badges/<id>: the names on the badges of a place. By the order's unguessable reference, whoever pays: no money moves."""

from typing import Any

from flask import Blueprint, Response, flash, render_template

from webapp.core import clock, times
from webapp.core.errors import NotFound
from webapp.registration.badges import reading, rules
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.public.substituting import place_of
from webapp.web.registering import badges
from webapp.web.security import limiter

pages = Blueprint("badges", __name__)


@pages.get("/orders/<ref>/badges/<int:registration_id>")
@access.by_secret
def naming(ref: str, registration_id: int) -> str | Response:
    """What stands on each badge, to be named or changed; where that is over, says why."""
    view, place, rows = _read(ref, registration_id)
    refusal = rules.refused_because(place, clock.now())
    if refusal is not None:
        flash(f"{refusal.sentence} {refusal.way_out}".strip(), "warning")
        return see(f"/orders/{ref}")
    return render_template("public/order_badges.html", **_page(view, place, badges.place_form(rows), rows))


@pages.post("/orders/<ref>/badges/<int:registration_id>")
@access.by_secret
@limiter.limit("60 per hour")
def name(ref: str, registration_id: int) -> str | Response:
    """Keeps what was typed, all of it or nothing."""
    view, place, rows = _read(ref, registration_id)
    form = badges.place_form(rows)
    if badges.kept(form, rows, place.id):
        flash("The badges are kept.")
        return see(f"/orders/{ref}")
    return again("public/order_badges.html", **_page(view, place, form, rows))


def _read(ref: str, registration_id: int) -> tuple[OrderView, Any, list[Any]]:
    view = queries.by_ref(ref)
    place = place_of(view, registration_id)
    rows = reading.of_places([place.id])
    if not rows:
        raise NotFound
    return view, place, rows


def _page(view: OrderView, place: Any, form: Any, rows: list[Any]) -> dict[str, Any]:
    last = rules.until(place.rules, place.starts_at)
    return {"view": view, "place": place, "form": form, "groups": badges.place_groups(form, rows),
            "until": times.moment_words(last, place.zone) if last else ""}
