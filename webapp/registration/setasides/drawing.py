"""Taking places from what was set aside: an agency's bookings first from its own pool, staff from the one they name."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, func, or_, select

from webapp.accounts.models import Agency
from webapp.core.db import db
from webapp.core.errors import Closed, Full, NotFound, Unacceptable
from webapp.registration.models import Order, Payer, Registration, Seat
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
    theirs = SetAside.id.in_(select(Registration.set_aside_id).where(Registration.id.in_(given_up))) & (SetAside.event_id == of.id)
    found = standing.locked(standing.with_parts(or_(*[_agencys(of.id, agency_id)] if agency_id else [], *[theirs] if given_up else [])))
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


def none_kept() -> Full:
    """Who wants a seat her agency keeps, and none is left that fits."""
    return Full("No seat that your agency keeps here is left for this price and way of taking part.", field="seat_from",
                way_out="Choose another price, or a seat that is open to everybody.")


def session_uses(uses: Mapping[int, Counter[int]], sessions: Mapping[int, Collection[int]], given: Mapping[int, Standing | None],
                 asides: Iterable[Standing]) -> None:
    """Adds to the uses of places (by registration) what their set-asides keep of the sessions they have: as long as there is some."""
    left = {one.id: one.left for one in asides}
    for registration_id, one in given.items():
        for part in standing.parts_for(asides, one.id, sessions[registration_id]) if one is not None else ():
            if left[part.id]:
                left[part.id] -= 1
                uses[registration_id][part.pool_id] = 1


def swapped(set_aside_id: int, held: Mapping[int, int], leave: Collection[int],
            join: Collection[int]) -> tuple[Counter[int], list[Standing]]:
    """What changes of a set-aside's own seats when one of its places leaves sessions and joins others; and the set-aside, locked.

    `held`: the pools the place holds. A kept seat of a session that is left goes back; one that is joined is a kept one while some is
    left, and the place itself is one of the set-aside's (late money may have found it a seat of open sale).
    """
    whole, *parts = standing.locked(standing.with_parts(SetAside.id == set_aside_id))
    delta = Counter({one.pool_id: -1 for one in parts if one.session_id in leave and held.get(one.pool_id)})
    if held.get(whole.pool_id):
        delta.update({one.pool_id: 1 for one in standing.parts_for(parts, set_aside_id, join)})
    return delta, parts


def named(set_aside_id: int, event_id: int, type_id: int, mode: str) -> Standing:
    """This set-aside of the event, for a place of this type and mode. Refused when it is over, is for others, or nothing is left."""
    found = standing.locked((SetAside.id == set_aside_id) & (SetAside.event_id == event_id) & SetAside.part_of_id.is_(None))
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


def whose_pool(registration_id: int) -> Agency | None:
    """The agency whose pool of seats the place was taken from; else the one that pays its order. None without any."""
    return db.session.scalar(
        select(Agency).join(Registration, Registration.id == registration_id).join(Order, Order.id == Registration.order_id)
        .join(Payer, Payer.id == Order.payer_id).outerjoin(SetAside, SetAside.id == Registration.set_aside_id)
        .where(Agency.id == func.coalesce(SetAside.agency_id, Payer.agency_id)))


def for_move(ours: Iterable[Registration], event_id: int, agency_id: int | None) -> list[Standing]:
    """The set-asides these places were taken from, and those of the agency at the event one moves to; locked in one pass."""
    from_ids = {one.set_aside_id for one in ours if one.set_aside_id is not None}
    if not (from_ids or agency_id):
        return []
    return standing.locked(standing.with_parts(SetAside.id.in_(from_ids) | _agencys(event_id, agency_id)))


def foreseen(event_id: int, agency_id: int | None, type_id: int, mode: str) -> Standing | None:
    """The set-aside of the agency that a place of this type and mode would be taken from now. Reads only."""
    found = standing.seen(_agencys(event_id, agency_id)) if agency_id is not None else []
    return first_from(found, agency_id, [(type_id, mode)])[0]


def _agencys(event_id: int, agency_id: int | None) -> ColumnElement[bool]:
    return (SetAside.event_id == event_id) & (SetAside.agency_id == agency_id) & SetAside.returned_at.is_(None)


def again(registrations: Iterable[Registration], uses: dict[int, Counter[int]]) -> list[Standing]:
    """Adds to the uses of places that come back what the set-asides they had been taken from have left for them, of their sessions too.

    Returns those set-asides, locked, to be named where the uses are taken.
    """
    ours = [one for one in registrations if one.set_aside_id is not None]
    if not ours:
        return []
    asides = standing.locked(standing.with_parts(SetAside.id.in_({one.set_aside_id for one in ours})))
    by_id = {one.id: one for one in asides if one.is_open}
    left = {key: one.left for key, one in by_id.items()}
    found: dict[int, Standing | None] = {}
    for one in ours:
        if left.get(one.set_aside_id or 0):
            left[one.set_aside_id or 0] -= 1
            found[one.id] = by_id[one.set_aside_id or 0]
            uses[one.id][by_id[one.set_aside_id or 0].pool_id] = 1
    sessions = defaultdict(set)
    for row in db.session.execute(select(Seat.registration_id, Seat.session_id).where(Seat.registration_id.in_(found))):
        sessions[row.registration_id].add(row.session_id)
    session_uses(uses, sessions, found, asides)
    return asides
