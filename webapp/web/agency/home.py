"""/agency/<id>: what a supervisor sees of her agency: its places, with state and money. Nothing that people answered."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from webapp.accounts import agencies, consents
from webapp.calendars import keys
from webapp.core import clock, money, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound
from webapp.payments import balances
from webapp.payments.rules.standing import Balance
from webapp.registration.queries import agency as queries
from webapp.web import access, subscribing
from webapp.web.events import words
from webapp.web.forms import see

pages = Blueprint("agency", __name__)
LOOKS_BACK = timedelta(days=365)
STATES = {"held": ("Being paid", "warn"), "confirmed": ("Confirmed", "ok"), "cancelled": ("Cancelled", "plain")}


@pages.get("/agency/<int:agency_id>")
@access.staff("supervisor")
def home(agency_id: int) -> str:
    """Places of the agency's staff and those it pays for: coming and of the last year. Another agency is not found."""
    if not access.viewer().may(("supervisor",), agency_id=agency_id):
        raise NotFound
    agency, now = agencies.get(agency_id), clock.now()
    found = queries.places(agency_id, now - LOOKS_BACK)
    ours = {one.order_id for one in found if one.is_payer}
    standing = balances.of_orders(ours, clock.today(current_app.config["SETTINGS"].association_timezone))
    rows = [_row(one, standing.get(one.order_id, Balance())) for one in found]
    over = {one.id for one in found if one.ends_at is not None and one.ends_at <= now}
    return render_template(
        "agency/home.html",
        agency=agency,
        coming=[row for row in rows if row["id"] not in over],
        past=[row for row in rows if row["id"] in over],
        owed=money.written(sum(one.open_cents for one in standing.values())),
        most=queries.MOST,
        is_cut=len(found) == queries.MOST,
        programs=subscribing.PROGRAMS,
        new=subscribing.shown_once(request.path),
        shared=len(set(consents.sharing(agency_id, "calendar", clock.today(access.viewer().zone)).values())),
    )


@pages.post("/agency/<int:agency_id>/calendar")
@access.staff("supervisor")
def subscribe(agency_id: int) -> Response:
    """Makes an address of the staff's calendar: of those who let the agency see their places."""
    viewer = access.viewer()
    if not viewer.may(("supervisor",), agency_id=agency_id):
        raise NotFound
    name = f"{agencies.get(agency_id).name}, {subscribing.program(request.form.get('program'))}"
    with transaction():
        key = keys.make(kind="agency", name=name[:80], person_id=viewer.person_id, agency_id=agency_id)
    subscribing.remember(f"/agency/{agency_id}", key.token, name)
    return see(f"/agency/{agency_id}#new")


def _row(one: Any, balance: Balance) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": f"{one.given_name or ''} {one.family_name or ''}".strip() or "Not yet named",
        "type": one.type,
        "title": one.title,
        "href": f"/events/{one.slug}",
        "when": _when(one),
        "state": STATES[one.state],
        "money": balance.word if one.is_payer else ("Not on your account", "plain"),
        "po": one.po_number,
        "open": money.written(balance.open_cents) if one.is_payer and balance.open_cents else "",
    }


def _when(one: Any) -> str:
    if one.starts_at is None:
        return "Dates follow"
    return words.days_span(times.local(one.starts_at, one.zone).date(), times.local(one.ends_at, one.zone).date())
