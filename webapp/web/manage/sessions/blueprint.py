"""The blueprint of the sessions' pages, and who may use them."""

from flask import Blueprint

from webapp.catalog.models import Event, Session
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.web import access

pages = Blueprint("manage_sessions", __name__)
ROLES = ("organizer", "coordinator")


def the_event(slug: str) -> Event:
    """The event, for those who organize it."""
    return access.event_of(slug, *ROLES)


def session_id_of(event: Event, session_id: int) -> int:
    """The session's id when it belongs to the event; else it is not found."""
    found = db.session.get(Session, session_id)
    if found is None or found.event_id != event.id:
        raise NotFound
    return session_id
