"""The mail that only carries one session to a calendar, or out of it (docs/messages.md). Read only."""

from typing import Any

from webapp.calendars import queries, telling
from webapp.core import clock, times
from webapp.notifications.contents import Withdrawn
from webapp.registration import own_page
from webapp.registration.models import Seat


def invitation(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """Which session it is about, as it is now; what it does to the calendar is said by who encloses the part."""
    rows = queries.rows(telling.seats(clock.now(), Seat.id == facts["seat_id"]))
    if not rows:
        return Withdrawn("The session is over.")
    row = rows[0]
    return {
        "name": row.given_name or "", "title": row.event_title, "session_title": row.session_title, "zone": row.zone,
        "when": times.span_words(row.starts_at, row.ends_at, row.zone), "where": _where(row),
        "place_path": own_page.of(row.registration_id).path, "event_path": f"/events/{row.slug}",
    }


def _where(row: Any) -> str:
    if (row.session_mode or (row.registration_mode if row.mode == "hybrid" else row.mode)) == "online":
        return str(row.platform or "Online")
    return ", ".join(part for part in (row.room, row.venue, row.city) if part)
