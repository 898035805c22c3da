"""The sessions of an event for its organizers: list, add (also a series), change with a look at who will be told, cancel."""

from webapp.web.manage.sessions import changing, listing
from webapp.web.manage.sessions.blueprint import pages

__all__ = ["changing", "listing", "pages"]
