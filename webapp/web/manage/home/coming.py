"""The next sessions of the events she works for, each with its roster."""

from typing import Any

from sqlalchemy import ColumnElement

from webapp.core import clock, times
from webapp.registration.queries import sessions
from webapp.web.viewer import Viewer

RUNNERS = ("organizer", "coordinator", "presenter", "door")


def rows(viewer: Viewer, scope: ColumnElement[bool]) -> list[dict[str, Any]]:
    """The next ones; of whoever only presents, those she presents and those that name nobody. One statement."""
    runs = viewer.has_any(("organizer", "coordinator", "door"))
    return [_row(one) for one in sessions.ahead(scope, clock.now(), presented_by=None if runs else viewer.person_id)]


def _row(one: Any) -> dict[str, Any]:
    return {
        "title": one.title,
        "note": " · ".join(filter(None, (one.event if one.event != one.title else "", one.room))),
        "href": f"/manage/events/{one.slug}/attendance/{one.id}",
        "when": times.span_words(one.starts_at, one.ends_at, one.zone),
        "booked": f"{one.booked} booked",
    }
