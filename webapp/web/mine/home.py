"""/me: the next thing first. What comes, what waits for an answer, what is owed."""

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template

from webapp.accounts import people
from webapp.core import clock, money, times
from webapp.payments import balances
from webapp.registration.queries import orders as order_queries
from webapp.registration.queries import people as queries
from webapp.web import access
from webapp.web.registering import views

pages = Blueprint("mine", __name__)
MOST = 5


@pages.get("/me")
@access.signed_in
def home() -> str:
    """What is next, what waits, what comes. A fixed number of statements, whatever she has."""
    now, viewer = clock.now(), access.viewer()
    family = people.family_ids(viewer.person_id)
    places = [one for one in queries.places(family) if one.state in ("held", "confirmed")]
    seats = order_queries.seats_of([one.id for one in places if one.state == "confirmed"], since=now)
    ordered = queries.orders(family)
    open_cents = {key: one.open_cents for key, one in balances.of_orders([one.id for one in ordered], _today()).items()}
    applied = queries.applications(family)
    coming = sorted((one for one in places if one.ends_at is None or one.ends_at > now), key=_start)
    return render_template("mine/home.html", name=viewer.name, following=_following(places, seats, now),
                           waiting=_waiting(ordered, open_cents, applied, coming, seats, now), coming=[_row(one) for one in coming[:MOST]],
                           more=max(len(coming) - MOST, 0),
                           agency_pays=[_line("Your agency pays", "plain", one, open_cents) for one in _open(ordered, open_cents)
                                        if one.payer_kind == "agency"])


def _start(place: Any) -> float:
    return float(place.starts_at.timestamp()) if place.starts_at else float("inf")


def _following(places: list[Any], seats: list[Any], now: datetime) -> dict[str, Any] | None:
    """The next session that takes place, with its joining link when it is time."""
    session = next((one for one in seats if one.status == "scheduled"), None)
    if session is None:
        return None
    place = next(one for one in places if one.id == session.registration_id)
    own = [one for one in seats if one.registration_id == place.id]
    return {
        "title": place.title, "session": session.title if session.title != place.title else "", "registration_id": place.id,
        "when": times.span_words(session.starts_at, session.ends_at, session.zone), "iso": session.starts_at.isoformat(),
        "where": views.where(place), "room": session.room or "", "joining": views.joining([place], own, now),
    }


def _waiting(ordered: list[Any], open_cents: dict[int, int], applied: list[Any], coming: list[Any], seats: list[Any],
             now: datetime) -> list[dict[str, str]]:
    """What she can do now, the most pressing first."""
    found = [{"word": "Kept", "kind": "warn", "text": f"{one.title}: finish by {times.moment_words(one.hold_until, one.zone)}.",
              "label": "Go on", "href": f"/orders/{one.ref}/review"}
             for one in ordered if one.state == "held" and one.hold_until and one.hold_until > now]
    found += [{"word": "Offer", "kind": "ok", "text": f"A place in {one.title}, until {times.moment_words(one.offer_until, one.zone)}.",
               "label": "Look at it", "href": f"/applications/{one.ref}"}
              for one in applied if one.state == "offered" and one.offer_until and one.offer_until > now]
    found += [_line("To pay", "warn", one, open_cents) for one in _open(ordered, open_cents) if one.payer_kind != "agency"]
    chosen = {one.registration_id for one in seats if one.how == "chosen"}
    found += [{"word": "Choose", "kind": "plain", "text": f"Breakouts of {one.title}.", "label": "Choose",
               "href": f"/me/registrations/{one.id}"}
              for one in coming if one.has_blocks and one.id not in chosen and not one.declined_blocks and views.may_choose(one, now)]
    found += [{"word": "Applied", "kind": "plain", "text": f"{one.title}: we write to you when it is decided.", "label": "See it",
               "href": f"/applications/{one.ref}"} for one in applied if one.state in ("submitted", "reviewing")]
    return found


def _open(ordered: list[Any], open_cents: dict[int, int]) -> list[Any]:
    """Orders with money that is still open."""
    return [one for one in ordered if one.state in ("placed", "cancelled") and open_cents.get(one.id)]


def _line(word: str, kind: str, order: Any, open_cents: dict[int, int]) -> dict[str, str]:
    return {"word": word, "kind": kind, "text": f"{money.written(open_cents[order.id])} for {order.title}.", "label": "Open the order",
            "href": f"/orders/{order.ref}"}


def _row(place: Any) -> dict[str, str]:
    return {"title": place.title, "href": f"/me/registrations/{place.id}", "when": views.when(place), "where": views.where(place),
            "type": place.type, "state": place.state}


def _today() -> Any:
    return clock.today(current_app.config["SETTINGS"].association_timezone)
