"""What may stand on a badge, and until when it is named: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.accounts import names
from webapp.core import text, times
from webapp.core.errors import Closed, Refusal, Unacceptable
from webapp.registration import substitution

MOST_EACH = 10  # badges of one table
NAME, ORGANIZATION = 100, 200  # letters; as the parts of a person's name, and an employer's


@dataclass(frozen=True)
class Written:
    """What stands on a badge, as it was typed. The address is for the organizer; nothing is sent to it."""

    name: str = ""
    organization: str = ""
    email: str = ""

    @property
    def says_something(self) -> bool:
        """Whether anything was typed."""
        return bool(self.name or self.organization or self.email)


def cleaned(typed: Written, field: str) -> Written:
    """The same in the form it is kept. Refused beside `<field>_name`, `<field>_organization` or `<field>_email`: what has an
    organization or an address has a name, nothing is longer than it may be, and an address is a whole one."""
    name = text.clean(typed.name, field=f"{field}_name", limit=NAME)
    organization = text.clean(typed.organization, field=f"{field}_organization", limit=ORGANIZATION)
    if not name and (organization or typed.email.strip()):
        raise Unacceptable("Write the name for this badge too.", field=f"{field}_name", way_out="Or leave the whole badge empty for now.")
    return Written(name, organization, names.address(typed.email, field=f"{field}_email") if typed.email.strip() else "")


def refused_because(place: Any, now: datetime, *, by_staff: bool = False) -> Refusal | None:
    """Why the badges of this place (a row of `queries.orders.places_of`) cannot be named now; None when they can.

    As long as a seat whose name was to follow can be named, by the event's policy; staff as long as the place stands.
    """
    if place.state != "confirmed":
        return Closed("This place is not confirmed (any more), so its badges are not either.", way_out="Look at the order again.",
                      code="not_active")
    last = until(place.rules, place.starts_at)
    if by_staff or last is None or now < last:
        return None
    return Closed(f"Badges could be named until {times.moment_words(last, place.zone)}.",
                  way_out="Write to the organizer, or say the name at the door.", code="too_late")


def until(policy: Mapping[str, Any], starts_at: datetime | None) -> datetime | None:
    """The moment from which badges are named by staff alone."""
    return substitution.naming_until(policy, starts_at)


def by_name(people: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The addresses of people (name, address) by name as names are compared: made once for all badges of an event."""
    found: dict[str, set[str]] = {}
    for name, address in people:
        found.setdefault(text.searchable(name), set()).add(address)
    return found


def is_registered(name: str, email: str, people: Mapping[str, set[str]]) -> bool:
    """Whether who has the badge is one of `people` (`by_name`) of the event: then she needs no second one. Without an address
    on the badge the name decides."""
    known = people.get(text.searchable(name), set()) if name else set()
    return bool(known) and (not email or email in known)
