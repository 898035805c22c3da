"""Calendar parts of mails: the file of a registration, and iTIP messages for one seat and one attendee (RFC 5546, 6047).

UID is the seat's, SEQUENCE its row's: a new registration after a cancellation has new seats and so new UIDs, and no client
mistakes it for the cancelled one. The same UIDs stand in the personal feed, so a client that knows both shows one entry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from icalendar import Calendar, vCalAddress, vText

from webapp.calendars import documents, entries, queries, states
from webapp.calendars.facts import EntryFacts
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration.models import Registration, Seat


@dataclass(frozen=True)
class Itip:
    """An iTIP body; `method` must stand in the MIME part's Content-Type too."""

    method: str
    body: bytes


def file_of(registration_id: int, *, now: datetime, base_url: str, zone: str) -> bytes:
    """All sessions of a registration as one plain file (no METHOD): to be opened once, never an update."""
    rows = queries.rows(queries.seat_rows(Registration.id == registration_id, Seat.state == "booked"))
    texts = [entries.render(f) for f in _facts(rows, now, base_url)]
    title = rows[0].event_title if rows else db.session.get_one(Event, db.session.get_one(Registration, registration_id).event_id).title
    return documents.feed(texts, name=title, description=f"My place: {title}", zone=zone, url=f"{base_url}/me/registrations")


def request(seat_id: int, *, to_name: str, to_address: str, from_address: str, from_name: str, now: datetime, base_url: str) -> Itip | None:
    """REQUEST: put this session into the attendee's calendar, or change it there. None when the seat is not booked any more."""
    rows = queries.rows(queries.seat_rows(Seat.id == seat_id))
    if not rows or states.status(rows[0]) == "CANCELLED":
        return None
    return _message("REQUEST", _facts(rows, now, base_url)[0], to_name, to_address, from_address, from_name)


def cancel(seat_id: int, *, to_name: str, to_address: str, from_address: str, from_name: str, now: datetime, base_url: str) -> Itip | None:
    """CANCEL: the session is off, or this attendee is no longer in it; then without STATUS, which would say the session is off."""
    rows = queries.rows(queries.seat_rows(Seat.id == seat_id))
    if not rows or states.status(rows[0]) != "CANCELLED":
        return None
    facts = _facts(rows, now, base_url)[0]
    return _message("CANCEL", facts, to_name, to_address, from_address, from_name, drop_status=not _is_off(rows[0]))


def _is_off(row: Any) -> bool:
    return "cancelled" in (row.session_status, row.event_status)


def _facts(rows: list[Any], now: datetime, base_url: str) -> list[EntryFacts]:
    credit, areas = queries.credits_of(row.session_id for row in rows) if rows else ({}, {})
    return [states.facts(row, now, base_url, credit.get(row.session_id, []), areas.get(row.session_id, [])) for row in rows]


def _message(method: str, facts: EntryFacts, to_name: str, to_address: str, from_address: str, from_name: str,
             drop_status: bool = False) -> Itip:
    component = entries.component(facts)
    organizer = vCalAddress(f"mailto:{from_address}")
    organizer.params["CN"] = vText(from_name)
    component.add("organizer", organizer, encode=False)
    attendee = vCalAddress(f"mailto:{to_address}")
    attendee.params.update({"CN": vText(to_name), "ROLE": vText("REQ-PARTICIPANT"), "PARTSTAT": vText("ACCEPTED"), "RSVP": vText("FALSE")})
    component.add("attendee", attendee, encode=False)
    if drop_status:
        del component["status"]
    calendar = Calendar()
    calendar.add("prodid", documents.PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(component)
    octets: bytes = calendar.to_ical()
    return Itip(method, octets)
