"""The blueprint of the people's pages, and the words of states that they share."""

from flask import Blueprint

from webapp.catalog.models import Event
from webapp.web import access

pages = Blueprint("manage_people", __name__)
ROLES = ("organizer", "coordinator")
STATES = {
    "held": ("Being paid", "warn"),
    "confirmed": ("Confirmed", "ok"),
    "expired": ("Not finished", "plain"),
    "cancelled": ("Cancelled", "bad"),
    "substituted": ("Handed on", "plain"),
    "transferred": ("Moved", "plain"),
    "withdrawn": ("Withdrawn", "plain"),
}


def the_event(slug: str) -> Event:
    """The event, for those who organize it."""
    return access.event_of(slug, *ROLES)
