"""Calendar parts of mails: the file of a registration, and iTIP messages for one seat and one attendee (RFC 5546, 6047).

UID is the seat's, SEQUENCE its row's: a new registration after a cancellation has new seats and so new UIDs, and no client
mistakes it for the cancelled one. The same UID, SEQUENCE, times, place and title stand in the personal feed.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from icalendar import Calendar, vCalAddress, vText
from sqlalchemy import select

from webapp.calendars import documents, entries, queries, rules, states
from webapp.calendars.facts import EntryFacts
from webapp.catalog.models import Event
from webapp.core import times
from webapp.core.db import db
from webapp.registration import lineage
from webapp.registration.models import Registration, Seat

REMOVED = "You are not registered for this any more. The session itself takes place."
MOVED = "This stands in your subscribed calendar now. Your place stays."


@dataclass(frozen=True)
class Party:
    """Somebody in a calendar message: the association that asks, or the attendee."""

    name: str
    address: str


@dataclass(frozen=True)
class Itip:
    """An iTIP body; `method` must stand in the MIME part's Content-Type too."""

    method: str
    body: bytes


def file_of(registration_id: int, *, now: datetime, base_url: str, zone: str) -> bytes:
    """All sessions of a registration and of those that came with it, as one plain file (no METHOD): to be opened once, never an update."""
    rows = queries.rows(queries.seat_rows(Registration.id.in_(lineage.shown_with(registration_id)), Seat.state == "booked"))
    texts = [entries.render(f) for f in _facts(rows, now, base_url)]
    title = db.session.scalars(
        select(Event.title).join(Registration, Registration.event_id == Event.id).where(Registration.id == registration_id)).one()
    return documents.feed(texts, name=title, description=f"My place: {title}", zone=zone, url=f"{base_url}/me/registrations")


def compose(act: str, row: Any, organizer: Party, attendee: Party, *, now: datetime, base_url: str) -> Itip:
    """The message that does this act (`rules`) to the seat of the row. A CANCEL that does not call the session off has no STATUS."""
    method = "REQUEST" if act in rules.REQUESTS else "CANCEL"
    entry = entries.component(_worded(act, _facts([row], now, base_url)[0]))
    entry.add("organizer", _party(organizer), encode=False)
    entry.add("attendee", _party(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"), encode=False)
    if act in ("removed", "moved"):
        del entry["status"]
    calendar = Calendar()
    calendar.add("prodid", documents.PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(entry)
    octets: bytes = calendar.to_ical()
    return Itip(method, octets)


def _worded(act: str, facts: EntryFacts) -> EntryFacts:
    """An entry that came by mail is not read anew when the joining link opens, so it says where the link will be."""
    if act in ("removed", "moved"):
        return replace(facts, status="CONFIRMED", join_url="", link_opens_at=None, note=REMOVED if act == "removed" else MOVED)
    if facts.link_opens_at is None or facts.join_url:
        return facts
    opens = times.moment_words(facts.link_opens_at, facts.zone)
    return replace(facts, link_opens_at=None, note=f"The joining link stands on the page of your registration from {opens}")


def _facts(rows: list[Any], now: datetime, base_url: str) -> list[EntryFacts]:
    credit, areas = queries.credits_of(row.session_id for row in rows) if rows else ({}, {})
    return [states.facts(row, now, base_url, credit.get(row.session_id, []), areas.get(row.session_id, [])) for row in rows]


def _party(party: Party, **params: str) -> vCalAddress:
    written = vCalAddress(f"mailto:{party.address}")
    written.params.update({name: vText(value) for name, value in {"CN": party.name or party.address, **params}.items()})
    return written
