"""The people of an event for its organizers: the list, its export, one place, and places given by staff."""

from webapp.web.manage.people import adding, badges, buying, export, listing, place, substituting, transferring
from webapp.web.manage.people.blueprint import pages

__all__ = ["adding", "badges", "buying", "export", "listing", "pages", "place", "substituting", "transferring"]
