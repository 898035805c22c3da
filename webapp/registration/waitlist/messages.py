"""What messages of the waitlist say, from what is true when they are sent (docs/messages.md). Read only."""

from typing import Any

from webapp.core import clock, times
from webapp.notifications.contents import Withdrawn
from webapp.registration.queries import waitlist as queries
from webapp.registration.waitlist import rules

Context = dict[str, Any]


def waitlist_joined(facts: Context) -> Context | Withdrawn:
    """She waits: number, position, what that means, where to look and how to leave."""
    entry = queries.by_id(facts["entry_id"])
    if entry.state not in ("waiting", "offered"):
        return Withdrawn(f"The waiting is {entry.state} by now.")
    place = queries.place_of(entry)
    return _context(entry) | {"position": place.position, "ahead": place.ahead, "rule": rules.SENTENCE}


def seat_offered(facts: Context) -> Context | Withdrawn:
    """A seat is kept: until when, and how to take it."""
    entry = queries.by_id(facts["entry_id"])
    if entry.state != "offered" or entry.offer_until <= clock.now():
        return Withdrawn(f"The offer is {entry.state} by now, or its time is over.")
    return _context(entry) | {"until": times.moment_words(entry.offer_until, entry.zone)}


def seat_offer_lapsed(facts: Context) -> Context | Withdrawn:
    """The offer was not taken up in time; the seat went on."""
    entry = queries.by_id(facts["entry_id"])
    return _context(entry) if entry.state == "lapsed" else Withdrawn(f"The waiting is {entry.state}.")


def waitlist_closed(facts: Context) -> Context | Withdrawn:
    """No offers will come any more: the event is off, sign-up ended, the list was closed, or the last day has begun."""
    entry = queries.by_id(facts["entry_id"])
    return _context(entry) | {"why": _why(entry)} if entry.state == "closed" else Withdrawn(f"The waiting is {entry.state}.")


def _context(entry: Any) -> Context:
    return {"name": entry.given_name or "", "title": entry.title, "what": queries.what(entry), "number": entry.number, "seats": entry.seats,
            "path": f"/waitlist/{entry.ref}", "event_path": f"/events/{entry.slug}"}


def _why(entry: Any) -> str:
    if entry.status == "cancelled":
        return f"The event was cancelled. {entry.cancel_reason}".strip()
    if entry.closed_reason:
        return f"The organizer closed the list: {entry.closed_reason}"
    if entry.status == "closed":
        return "Registration for this event is closed."
    return "The event is near, so nobody is asked any more: whoever comes first gets a seat that comes free."
