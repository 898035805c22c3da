"""Whether somebody may register: pure, told the time. Each refusal is a sentence in the order a person would ask."""

from dataclasses import dataclass
from datetime import datetime

from webapp.core import times
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable

MODE_WORDS = {"in_person": "in the room", "online": "online"}


@dataclass(frozen=True)
class SignUp:
    """What of an event decides about registering; instants are aware UTC."""

    status: str
    sign_up: str
    zone: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    starts_at: datetime | None = None
    cancel_reason: str = ""

    @property
    def last_moment(self) -> datetime | None:
        """When registration ends: the closing time, else the start of the first session."""
        return self.closes_at or self.starts_at


def closed_because(event: SignUp, now: datetime) -> Refusal | None:
    """Why nobody can take part in this event by the public form now; None when one can."""
    if event.status == "draft":
        return NotFound()
    if event.status == "cancelled":
        reason = f" {event.cancel_reason}" if event.cancel_reason else ""
        return Closed(f"This event was cancelled.{reason}", way_out="Look for another date among the events.", code="cancelled")
    if event.opens_at and now < event.opens_at:
        return Closed(f"Registration opens on {times.moment_words(event.opens_at, event.zone)}.", way_out="Come back then.",
                      code="not_open_yet")
    if event.status == "closed" or (event.last_moment and now >= event.last_moment):
        return Closed("Registration for this event is closed.", way_out="Ask the organizer, or look for another date.")
    return None


def other_way_in(event: SignUp, *, is_agency: bool = False) -> Refusal | None:
    """Where the public form is not the way in: by application, from an agency's roster, or just by coming. An agency names its roster."""
    if event.sign_up == "application":
        return Refusal("Places in this event are given by application.", way_out="Apply first; the offer leads to the place.",
                       code="by_application")
    if event.sign_up == "roster" and not is_agency:
        return Refusal("The places of this event come from the agency's roster.", way_out="Ask your supervisor to name you.",
                       code="by_roster")
    if event.sign_up == "walk_in":
        return Refusal("Nobody needs to register for this event.", way_out="Just come.", code="walk_in")
    return None


def type_because(name: str, *, on_request: bool, retired: bool, opens_at: datetime | None, closes_at: datetime | None,
                 zone: str, now: datetime) -> Refusal | None:
    """Why this registration type cannot be chosen by oneself now; None when it can."""
    if retired or on_request:
        return Unacceptable(f"{name} is given by the organizer.", way_out="Choose another type.", field="type", code="not_for_you")
    if opens_at and now < opens_at:
        return Closed(f"{name} opens on {times.moment_words(opens_at, zone)}.", way_out="Choose another type.", field="type")
    if closes_at and now >= closes_at:
        return Closed(f"{name} ended on {times.moment_words(closes_at, zone)}.", way_out="Choose another type.", field="type")
    return None


def mode_of(event_mode: str, type_mode: str | None, wished: str | None) -> str:
    """How the person takes part: the event's or the type's mode; a choice only where both exist."""
    fixed = type_mode or (event_mode if event_mode != "hybrid" else None)
    if fixed:
        return fixed
    if wished not in MODE_WORDS:
        raise Unacceptable("Choose whether you come to the room or take part online.", field="mode")
    return wished


def not_a_member() -> Unacceptable:
    """The member price without a membership that is valid today."""
    return Unacceptable("We found no membership that is valid today.", field="type", code="not_a_member",
                        way_out="Check the number and the address on your membership letter, or choose a price for non-members.")
