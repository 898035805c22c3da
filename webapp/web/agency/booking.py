"""/agency/<id>/book: a supervisor books for her staff: choose the event, paste names, look at what was understood, keep the places.

The review and the payment are the order's own page. What was typed is never kept here: it rides along in the form.
"""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from sqlalchemy import func

from webapp.accounts import addresses, agencies
from webapp.accounts.models import Agency
from webapp.catalog.models import Event
from webapp.catalog.queries import listing
from webapp.core import clock, times
from webapp.core.db import transaction
from webapp.core.errors import AlreadyDone, NotFound, Refusal
from webapp.core.text import searchable
from webapp.registration import orders, sale
from webapp.registration.booking import wanted
from webapp.registration.orders import Buyer, Held
from webapp.registration.queries import orders as order_queries
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.agency import list_form
from webapp.web.agency.list_form import Reading
from webapp.web.events import words
from webapp.web.forms import see
from webapp.web.registering import remembered

pages = Blueprint("agency_booking", __name__)
MOST_EVENTS = 60


@pages.get("/agency/<int:agency_id>/book")
@access.staff("supervisor")
def choose(agency_id: int) -> str:
    """The events ahead in which places can be booked, narrowed by words. Another agency is not found."""
    agency, typed, now = supervised(agency_id), "".join(one for one in request.args.get("q", "")[:100] if one.isprintable()), clock.now()
    where = [Event.sign_up.in_(("open", "roster")), Event.status == "published",
             *(func.lower(Event.title).contains(word, autoescape=True) for word in searchable(typed).split()[:6])]
    found = listing.coming(now, most=MOST_EVENTS, where=where)
    left = listing.places([one.id for one in found])
    return render_template("agency/book.html", agency=agency, q=typed, most=MOST_EVENTS, rows=[
        {"title": one.title, "href": f"/agency/{agency_id}/book/{one.slug}", "city": one.city or one.platform or "",
         "when": words.days_span(times.local(one.starts_at, one.zone).date(), times.local(one.ends_at, one.zone).date()),
         "left": _left(*left.get(one.id, (None, 0)))} for one in found])


@pages.get("/agency/<int:agency_id>/book/<slug>")
@access.staff("supervisor")
def book(agency_id: int, slug: str) -> str:
    """Asks for names, one to a line, and for how many seats a name follows."""
    agency, of = supervised(agency_id), sale.load(slug)
    return render_template("agency/book_event.html", **_context(agency, of, list_form.blank(of)))


@pages.post("/agency/<int:agency_id>/book/<slug>")
@access.staff("supervisor")
def keep(agency_id: int, slug: str) -> Response:
    """First says line by line what was understood and what it costs; sent again from there, keeps all the places or none."""
    agency = supervised(agency_id)
    refusal: Refusal | None = None
    held: Held | None = None
    reading: Reading | None = None
    try:
        with transaction():
            of = sale.load(slug)
            reading = list_form.read(of, agency_id, clock.now())
            if reading.is_ready and wanted.closed(of, clock.now()) is None:
                held = orders.hold(of.id, reading.attendees, _buyer(agency), submit_key=reading.submit_key,
                                   form_key=reading.form_key, of=of, agency_id=agency_id)
    except AlreadyDone:
        return see(f"/orders/{order_queries.id_by_key(reading.submit_key if reading else '')}/review")
    except NotFound:
        raise
    except Refusal as no:
        refusal = no
    if held is None:
        return _again(agency, slug, refusal)
    remembered.add(held.ref)
    return see(f"/orders/{held.ref}/review")


def supervised(agency_id: int) -> Agency:
    """The agency, for who supervises it; to everybody else it does not exist."""
    if not access.viewer().may(("supervisor",), agency_id=agency_id):
        raise NotFound
    return agencies.get(agency_id)


def _again(agency: Agency, slug: str, refusal: Refusal | None) -> Response:
    """The page with what was understood by now, read anew: nobody holds anything."""
    of = sale.load(slug)
    reading = list_form.read(of, agency.id, clock.now())
    if refusal is not None:
        reading.form.refuse(refusal)
    is_wrong = bool(refusal or reading.form.errors or reading.form.form_errors or reading.wrong)
    return make_response(render_template("agency/book_event.html", **_context(agency, of, reading)), 422 if is_wrong else 200)


def _buyer(agency: Agency) -> Buyer:
    viewer = access.viewer()
    mail = next((one.address for one in addresses.of(viewer.person_id) if one.is_primary), "")
    return Buyer(agency.name, mail, viewer.person_id, agency.id)


def _context(agency: Agency, of: Sale, reading: Reading) -> dict[str, Any]:
    now = clock.now()
    return {"agency": agency, "event": of.event, "closed": wanted.closed(of, now), "reading": reading, "form": reading.form,
            "left": of.pools["event"].left, "own": wanted.own_seats(of, agency.id, now), "group": sale.group_rules(of),
            "action": url_for("agency_booking.keep", agency_id=agency.id, slug=of.event.slug)}


def _left(capacity: int | None, taken: int) -> tuple[str, str]:
    if capacity is None:
        return "Open to all", "ok"
    left = max(capacity - taken, 0)
    return (f"{left} left", "ok") if left else ("Full", "bad")
