"""Taking places from what was set aside: an agency's bookings first from its own pool, staff from the one they name."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import or_, select

from webapp.core.errors import Closed, Full, NotFound, Unacceptable
from webapp.registration.models import Registration
from webapp.registration.sale import Sale
from webapp.registration.setasides import standing
from webapp.registration.setasides.models import SetAside
from webapp.registration.setasides.standing import Standing


def locked(of: Sale, agency_id: int | None, given_up: Mapping[int, Counter[int]]) -> list[Standing]:
    """The agency's set-asides in the event, and those whose seats are given up for others in the same pass; locked.

    What is given up (registration id -> pool id -> how many, negative) counts as left. Nothing is asked of an event without any.
    """
    if not of.event.has_set_asides or not (agency_id or given_up):
        return []
    agencys = (SetAside.agency_id == agency_id) & SetAside.returned_at.is_(None)
    theirs = SetAside.id.in_(select(Registration.set_aside_id).where(Registration.id.in_(given_up)))
    found = standing.locked((SetAside.event_id == of.id) & or_(*[agencys] if agency_id else [], *[theirs] if given_up else []))
    return [replace(one, left=one.left - sum(uses[one.pool_id] for uses in given_up.values())) for one in found]


def first_from(asides: Iterable[Standing], agency_id: int | None, wanted: Iterable[tuple[int, str]]) -> list[Standing | None]:
    """For each place (type id, mode) the agency's set-aside whose seat it gets; None from open sale, once nothing is left.

    One that is for her type or mode is used before one that is for everybody of the agency.
    """
    order = sorted((one for one in asides if one.is_open and one.agency_id == agency_id),
                   key=lambda one: (one.type_id is None, one.mode is None, one.id))
    left = {one.id: one.left for one in order}
    found = []
    for type_id, mode in wanted:
        one = next((one for one in order if left[one.id] and one.fits(type_id, mode)), None) if agency_id else None
        if one is not None:
            left[one.id] -= 1
        found.append(one)
    return found


def named(set_aside_id: int, event_id: int, type_id: int, mode: str) -> Standing:
    """This set-aside of the event, for a place of this type and mode. Refused when it is over, is for others, or nothing is left."""
    found = standing.locked((SetAside.id == set_aside_id) & (SetAside.event_id == event_id))
    if not found:
        raise NotFound
    one = found[0]
    if not one.is_open:
        raise Closed("These places returned to sale.", way_out="Choose open sale.", code="returned")
    if not one.fits(type_id, mode):
        raise Unacceptable("These places are kept for another price or way of taking part.", field="set_aside",
                           way_out="Choose that one, or take the place from open sale.")
    if not one.left:
        raise Full("Every place of this set-aside is used.", field="set_aside", way_out="Make it larger, or take the place from open sale.")
    return one


def again(registrations: Iterable[Registration]) -> dict[int, Standing]:
    """Registration id -> the set-aside it had been taken from, where that one is open and has a seat left for it; locked."""
    ours = [one for one in registrations if one.set_aside_id is not None]
    if not ours:
        return {}
    by_id = {one.id: one for one in standing.locked(SetAside.id.in_({one.set_aside_id for one in ours})) if one.is_open}
    left = {key: one.left for key, one in by_id.items()}
    found = {}
    for one in ours:
        if left.get(one.set_aside_id or 0):
            left[one.set_aside_id or 0] -= 1
            found[one.id] = by_id[one.set_aside_id or 0]
    return found
