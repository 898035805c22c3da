"""Secret calendar addresses on pages: made for one program, shown once on the page that made them, then known by their hash alone."""

from dataclasses import dataclass

from flask import current_app, session

from webapp.calendars import links
from webapp.calendars.links import Links

PROGRAMS = {"google": "Google Calendar", "apple": "Apple Calendar", "outlook": "Outlook", "other": "Another program"}


@dataclass(frozen=True)
class NewAddress:
    """An address just made, with the ways into calendar programs."""

    name: str
    links: Links


def program(typed: str | None) -> str:
    """The program of a button, in words; what is not on a button is another program."""
    return PROGRAMS.get(typed or "", PROGRAMS["other"])


def remember(place: str, token: str, name: str) -> None:
    """Keeps the address for the next look at the place (a path) that made it."""
    session["new_feed"] = [place, token, name]


def shown_once(place: str) -> NewAddress | None:
    """The address made at this place, once."""
    kept = session.get("new_feed")
    if not kept or kept[0] != place:
        return None
    _, token, name = session.pop("new_feed")
    return NewAddress(name, links.subscribe(f"{current_app.config['SETTINGS'].base_url}/feeds/{token}.ics", name))
