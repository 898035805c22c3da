"""From rows to what an entry says: pure decisions, told the time."""

from datetime import datetime, timedelta
from typing import Any

from webapp.calendars import entries
from webapp.calendars.facts import EntryFacts


def status(row: Any) -> str:
    """CANCELLED when the session, the event or the seat is off; else CONFIRMED."""
    off = row.session_status == "cancelled" or row.event_status == "cancelled" or getattr(row, "seat_state", "booked") == "released"
    return "CANCELLED" if off else "CONFIRMED"


def link_opens_at(row: Any) -> datetime | None:
    """When the joining link shows, for a seat that is entitled to one."""
    if getattr(row, "seat_state", None) != "booked" or not (row.session_url or row.online_url):
        return None
    attends = row.session_mode or (row.registration_mode if row.mode == "hybrid" else row.mode)
    return row.starts_at - timedelta(minutes=row.link_opens_minutes) if attends == "online" else None


def fingerprint(row: Any, now: datetime) -> str:
    """Which state of the rows the entry shows at this moment."""
    opens = link_opens_at(row)
    flags = status(row)[:3] + ("j" if opens and opens <= now else "")
    return entries.fingerprint(row.sequence, row.changed_at, row.session_changed_at, row.event_changed_at, flags=flags)


def next_change(row: Any, now: datetime) -> datetime | None:
    """The next moment at which time alone changes what the entry shows, or whether it is shown."""
    opens = link_opens_at(row)
    days = (7, 30) if status(row) == "CANCELLED" else (90,)
    moments = [row.ends_at + timedelta(days=d) for d in days] + ([opens] if opens else [])
    if status(row) == "CANCELLED":
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
        url=f"{base_url}/events/{row.slug}", kind=row.kind, credits=tuple(credit), areas=tuple(areas),
        join_url=(row.session_url or row.online_url) if is_open else "", online=attends == "online", link_opens_at=opens,
    )


def _location(row: Any, attends: str) -> str:
    if attends == "online":
        has_link = row.session_url or (row.online_url and link_opens_at(row))
        return "" if has_link else f"Online{', ' + row.platform if row.platform else ''}"
    parts = [row.room, row.venue, row.street, " ".join(p for p in (row.city and row.city + ",", row.region, row.postcode) if p)]
    return ", ".join(p for p in parts if p) or "Online" * (row.mode != "in_person")


def _address(row: Any, attends: str) -> str:
    return f"In the room at {row.venue}, or online" if attends == "hybrid" and row.venue else ""
