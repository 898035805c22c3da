"""/me/registrations: her places, those she booked for colleagues, her orders; one place with what can be done."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template, request

from webapp.accounts import people
from webapp.core import clock, money, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances
from webapp.payments.queries import put_off
from webapp.registration import own_page, registrations
from webapp.registration.queries import orders as order_queries
from webapp.registration.queries import people as queries
from webapp.registration.queries import waitlist
from webapp.web import access
from webapp.web.forms import see
from webapp.web.registering import deciding, other_dates, views
from webapp.web.registering.cancelling import cancelling_shown, give_back, seen_cents, wants_balance

pages = Blueprint("my_registrations", __name__)
TABS = (("coming", "Coming"), ("past", "Past"), ("colleagues", "For colleagues"), ("orders", "Orders"))
STATES = {"held": ("Kept for you", "warn"), "confirmed": ("Confirmed", "ok"), "cancelled": ("Cancelled", "plain"),
          "substituted": ("Handed on", "plain"), "transferred": ("Moved", "plain"), "withdrawn": ("Withdrawn", "plain")}
ORDERS = {"held": ("Not finished", "warn"), "releasing": ("Ending", "plain"), "placed": ("Placed", "ok"),
          "cancelled": ("Cancelled", "plain")}


@pages.get("/me/registrations")
@access.signed_in
def index() -> str:
    """One list at a time: coming, past, for colleagues, orders."""
    shown = request.args.get("show", "coming")
    shown = shown if shown in dict(TABS) else "coming"
    family = people.family_ids(access.viewer().person_id)
    tabs = [{"label": label, "href": f"/me/registrations?show={key}", "current": key == shown} for key, label in TABS]
    applied = queries.applications(family) if shown == "coming" else []
    return render_template("mine/registrations.html", tabs=tabs, shown=shown, rows=_rows(shown, family),
                           applications=[one for one in applied if one.state in ("submitted", "reviewing", "offered")],
                           waits=_waits(family) if shown == "coming" else [], later=put_off.waiting(family) if shown == "coming" else [])


@pages.get("/me/registrations/<int:registration_id>")
@access.signed_in
def registration(registration_id: int) -> str:
    """One place: when, where, how to join, the sessions ahead, and what can be done."""
    place, is_buyer, ref = _own(registration_id)
    now = clock.now()
    seats = order_queries.seats_of([place.id])
    ahead, more = views.sessions(seats, now, most=40)
    balance = balances.of_order(place.order_id, _today()) if is_buyer else None
    return render_template(
        "mine/registration.html", place=place, when=views.when(place, seats if place.has_blocks else ()),
        where=views.where(place), state=_state(place), sessions=ahead,
        more=more, joining=_joining(place, seats, now), ref=ref, is_buyer=is_buyer, balance=balance,
        receipt=views.receipt_of(place.id, ref) if balance is not None and balance.paid_cents > 0 else "",
        address=f"/orders/{ref}" if is_buyer else f"/places/{own_page.key(place.id, ref)}",
        may_choose=place.has_blocks and views.may_choose(place, now), may_cancel=views.may_cancel(place, now),
        may_substitute=is_buyer and registrations.substitution_refused(place, now) is None,
        waits_for_date=views.waits_for_date(place, now),
        dates=other_dates.offered([place] if is_buyer else []))


@pages.get("/me/registrations/<int:registration_id>/cancel")
@access.signed_in
def cancelling(registration_id: int) -> str | Response:
    """What comes back, in dollars, before she confirms."""
    place, is_buyer, _ = _own(registration_id)
    if not views.may_cancel(place, clock.now()):
        return see(f"/me/registrations/{registration_id}")
    shown = cancelling_shown(registration_id, place.order_id) if is_buyer else {}
    return render_template("mine/registration_cancel.html", place=place, when=views.her_days(place), is_buyer=is_buyer, **shown)


@pages.post("/me/registrations/<int:registration_id>/cancel")
@access.signed_in
def cancel(registration_id: int) -> Response:
    """Gives the place back."""
    place, is_buyer, _ = _own(registration_id)
    if not views.may_cancel(place, clock.now()):
        return see(f"/me/registrations/{registration_id}")
    try:
        with transaction():
            give_back(registration_id, by_id=access.viewer().person_id, seen_group_cents=seen_cents(request.form) if is_buyer else None,
                      as_balance=is_buyer and wants_balance(registration_id, place.order_id, request.form))
        flash("The place is cancelled.")
    except Refusal as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    return see(f"/me/registrations/{registration_id}")


def _joining(place: Any, seats: list[Any], now: Any) -> dict[str, str] | None:
    """The joining link, but not of a place that a colleague took over: that is for her."""
    mine = place.replaces_id is None or place.person_id in people.family_ids(access.viewer().person_id)
    return views.joining([place], seats, now) if mine else None


def _waits(family: frozenset[int]) -> list[dict[str, Any]]:
    """Where she stands in line, and what is kept for her."""
    return [{"title": one.title, "href": f"/waitlist/{one.ref}", "what": waitlist.what(one), "number": one.number,
             "state": (f"Kept for you until {times.moment_words(one.offer_until, one.zone)}", "warn") if one.state == "offered"
             else (f"Number {one.ahead + 1} in line", "plain")} for one in waitlist.of_persons(family)]


def _own(registration_id: int) -> tuple[Any, bool, str]:
    """The place, whether she ordered it and decides about its money, and the order's reference. Somebody else's is not there."""
    place = queries.place(registration_id)
    if place is None or place.state == "expired":
        raise NotFound
    family = people.family_ids(access.viewer().person_id)
    page = own_page.of(registration_id)
    is_buyer = page.placed_by_id in family or (page.is_buyer and place.person_id in family)
    if place.person_id not in family and not is_buyer:
        raise NotFound
    return place, is_buyer and deciding.may_for(place.order_id), page.order_ref


def _rows(shown: str, family: frozenset[int]) -> list[dict[str, Any]]:
    now = clock.now()
    if shown == "orders":
        return _orders(queries.orders(family))
    found = queries.placed_for_others(family) if shown == "colleagues" else queries.places(family)
    if shown == "coming":
        found = [one for one in found if one.state in ("held", "confirmed") and (one.ends_at is None or one.ends_at > now)]
    elif shown == "past":
        found = [one for one in found if one.state not in ("held", "confirmed") or (one.ends_at is not None and one.ends_at <= now)]
    found.sort(key=lambda one: one.starts_at or now, reverse=shown == "past")
    seats = order_queries.seats_of([one.id for one in found if one.has_blocks])
    return [{"title": one.title, "href": f"/me/registrations/{one.id}", "when": views.when(one, seats), "where": views.where(one),
             "who": f"{one.given_name or 'Not yet named'} {one.family_name or ''}".strip(), "state": _state(one)} for one in found]


def _state(place: Any) -> tuple[str, str]:
    return ("Put off", "plain") if place.put_off_until else STATES[place.state]


def _orders(found: list[Any]) -> list[dict[str, Any]]:
    standing = balances.of_orders([one.id for one in found], _today())
    return [{"title": one.title, "href": f"/orders/{one.ref}", "ref": one.ref,
             "on": times.date_words(times.local(one.created_at, one.zone).date()),
             "owed": money.written(one.owed_cents), "paid": money.written(standing[one.id].paid_cents),
             "open": money.written(standing[one.id].open_cents), "state": ORDERS[one.state]} for one in found]


def _today() -> Any:
    return clock.today(current_app.config["SETTINGS"].association_timezone)
