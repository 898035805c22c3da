"""From rows to what an entry says: pure decisions, told the time."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from webapp.calendars import entries
from webapp.calendars.facts import EntryFacts

# What is not certain: words before the title, for programs that do not show TENTATIVE, and a sentence in the text.
TENTATIVE = {
    "draft": ("Draft \u2013 ", "A draft: nobody but its organizers sees it yet."),
    "submitted": ("Applied \u2013 ", "You applied for this; nothing is decided yet."),
    "reviewing": ("Applied \u2013 ", "You applied for this; it is being read."),
    "waiting": ("Waitlist \u2013 ", "You wait for a place; none is free yet."),
    "offered": ("Offered \u2013 ", "You are offered a place: accept it to keep it."),
    "kept": ("Not certain \u2013 ", "A place is kept for you; it is yours once your agency agrees to pay, or it is paid."),
}


_OF_EVENT = ("event_title", "slug", "kind", "mode", "online_url", "platform", "link_opens_minutes", "room", "venue", "street", "city",
             "region", "postcode", "latitude", "longitude")


def status(row: Any) -> str:
    """CANCELLED when the session, the event, the seat or the application is off; TENTATIVE while a draft or undecided; else CONFIRMED."""
    asked = getattr(row, "asked", "")
    if "cancelled" in (row.session_status, row.event_status) or getattr(row, "seat_state", "") == "released" or asked == "declined":
        return "CANCELLED"
    return "TENTATIVE" if asked or row.event_status == "draft" else "CONFIRMED"


def link_opens_at(row: Any) -> datetime | None:
    """When the joining link shows, for a seat that is entitled to one, in a calendar of the attendee's own."""
    if getattr(row, "seat_state", None) != "booked" or hasattr(row, "attendee") or not (row.session_url or row.online_url):
        return None
    attends = row.session_mode or (row.registration_mode if row.mode == "hybrid" else row.mode)
    return row.starts_at - timedelta(minutes=row.link_opens_minutes) if attends == "online" else None


def fingerprint(row: Any, now: datetime) -> str:
    """Which state of the rows the entry shows at this moment. It begins with the session's end: old texts are found by it.

    What it shows of the event stands for the event: another session that changes moves the event's moment, and not this.
    """
    opens = link_opens_at(row)
    flags = status(row)[:3] + ("j" if opens and opens <= now else "") + getattr(row, "asked", "")
    shown = "\x1f".join([str(getattr(row, name)) for name in _OF_EVENT] + [getattr(row, "attendee", "")])
    return entries.fingerprint(row.ends_at, row.sequence, row.changed_at, row.session_changed_at,
                               flags=f"{flags}.{hashlib.sha256(shown.encode()).hexdigest()[:12]}")


def next_change(row: Any, now: datetime) -> datetime | None:
    """The next moment at which time alone changes what the entry shows, or whether it is shown."""
    opens = link_opens_at(row)
    is_off = status(row) == "CANCELLED"
    moments = [row.ends_at + timedelta(days=7 if is_off else 90)] + ([opens] if opens else [])
    if is_off:
        moments.append(row.changed_at + timedelta(days=30))
    return min((m for m in moments if m > now), default=None)


def facts(row: Any, now: datetime, base_url: str, credit: list[tuple[str, int]], areas: list[str]) -> EntryFacts:
    """The plain values of one entry."""
    opens = link_opens_at(row)
    is_open = opens is not None and opens <= now
    attends = row.session_mode or (getattr(row, "registration_mode", None) if row.mode == "hybrid" else row.mode) or row.mode
    return EntryFacts(
        uid=row.uid, sequence=row.sequence, stamped_at=max(row.changed_at, opens) if opens and is_open else row.changed_at,
        starts_at=row.starts_at, ends_at=row.ends_at, zone=row.zone, status=status(row), event_title=row.event_title,
        session_title=row.session_title, location=_location(row, attends), address=_address(row, attends),
        geo=(row.latitude, row.longitude) if attends != "online" and row.latitude is not None else None,
        url=f"{base_url}{'/manage' if hasattr(row, 'for_staff') else ''}/events/{row.slug}", kind=row.kind,
        credits=tuple(credit), areas=tuple(areas),
        join_url=(row.session_url or row.online_url) if is_open else "", online=attends == "online", link_opens_at=opens,
        lead=_lead(row), note=_note(row),
    )


def _lead(row: Any) -> str:
    if name := getattr(row, "attendee", ""):
        return f"{name}: "
    return TENTATIVE[_standing(row)][0] if status(row) == "TENTATIVE" else ""


def _note(row: Any) -> str:
    return TENTATIVE[_standing(row)][1] if status(row) == "TENTATIVE" else ""


def _standing(row: Any) -> str:
    return getattr(row, "asked", "") or "draft"


def _location(row: Any, attends: str) -> str:
    if attends == "online":
        return f"Online{', ' + row.platform if row.platform else ''}"
    parts = [row.room, row.venue, row.street, " ".join(p for p in (row.city and row.city + ",", row.region, row.postcode) if p)]
    return ", ".join(p for p in parts if p) or "Online" * (row.mode != "in_person")


def _address(row: Any, attends: str) -> str:
    return f"In the room at {row.venue}, or online" if attends == "hybrid" and row.venue else ""
