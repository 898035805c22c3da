"""A place moves to another date of its course, in one act: the seat there is taken and the one here comes free, or nothing happens.

There is a new registration with seats and calendar entries of its own; the one before ends as `transferred`, its seats are tombstones.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import Agency
from webapp.catalog.models import Event
from webapp.core import audit, clock, states
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal, Stale, Unacceptable
from webapp.registration import announcing, ledger, other_date, sale, seats
from webapp.registration.badges import giving as badges
from webapp.registration.codes import counting
from webapp.registration.funds import returning
from webapp.registration.funds.rules import by_payer
from webapp.registration.models import REGISTRATION_MOVES, Order, Registration
from webapp.registration.orders import confirming, locking, making
from webapp.registration.orders.releasing import release_seats
from webapp.registration.other_date import Foreseen
from webapp.registration.queries.orders import places_of
from webapp.registration.registrations import other_dates
from webapp.registration.registrations.cancelling import with_inner
from webapp.registration.registrations.other_dates import Plan
from webapp.registration.setasides import drawing, rules, standing
from webapp.registration.setasides.models import SetAside
from webapp.registration.setasides.standing import Standing

REASON = "Moved to another date"


@dataclass(frozen=True)
class Transferred:
    """What a move to another date did. Payments brings what was paid in line with what is owed now."""

    order_id: int
    registration_id: int
    change_cents: int
    others: tuple[tuple[int, int], ...] = ()  # orders that carry a part of the place, with what comes back to their payers


def transfer_refused(place: Any, now: datetime, *, by_staff: bool = False) -> Refusal | None:
    """Why this place (a row of `queries.orders.places_of`) cannot move to another date now; None when it can. Reads nothing."""
    if place.state != "confirmed":
        return Closed("This place is not confirmed, so it cannot move to another date.", way_out="Look at the page of the order again.",
                      code="not_active")
    if place.inclusion_of_id is not None:
        return Refusal("This place belongs to another one.", way_out="Move that one, and this goes with it.", code="linked")
    if place.status == "cancelled":
        return Closed("This event was cancelled.", code="cancelled")
    if by_staff:
        return None
    return other_date.refused_because(
        place.rules, starts_at=place.starts_at, zone=place.zone, now=now, organizer_moved=place.moved_at is not None,
        by_name=place.on_request or place.sign_up in ("application", "roster"))


def foresee_transfer(registration_id: int, event_id: int, *, by_staff: bool = False, same_price: bool = False) -> Foreseen:
    """What moving the place to this event now would bring, shown before it is confirmed. Refuses as `transfer` does; reads only.

    Whether a seat is free there is decided when it is taken.
    """
    place = _place(registration_id)
    plan = _plan(place, event_id, clock.now(), by_staff, same_price)
    agency = drawing.whose_pool(registration_id) if plan.place.type.takes_seat else None
    kept = drawing.foreseen(event_id, agency.id, plan.place.type.id, plan.place.mode) if agency else None
    return replace(plan.foreseen, agency=agency.name if agency else "", is_kept=kept is not None, back_to=_back_to(registration_id))


def transfer(registration_id: int, event_id: int, *, by_id: int | None, by_staff: bool = False, reason: str = "", same_price: bool = False,
             seen_cents: int | None = None, seen_kept: bool | None = None) -> Transferred:
    """The place is at the other event now, with what is owed for it there; the seat here is free for others, and everybody is told.

    By the person to a date of the same course, until the policy's last day, or whatever the date when the organizer moved it: then it
    costs no more than before. `by_staff` to any event, with a reason; `same_price` takes off what would be owed more.
    A place an agency's pool or its order gave is taken from the agency's pool there first; the seat here returns to where it was set aside.
    Refused with Full (which level) when the other date has no seat, when she has a place there, and as `transfer_refused` says;
    Stale when the price (`seen_cents`), or whether the agency's pool gives the place (`seen_kept`), is another than the page showed.
    """
    now = clock.now()
    if by_staff and not reason.strip():
        raise Unacceptable("Say why the place moves; it stands in the history.", field="reason")
    order, ours = _locked(registration_id, event_id)
    place = _place(registration_id)
    plan = _plan(place, event_id, now, by_staff, same_price)
    if seen_cents is not None and seen_cents != plan.change_cents:
        raise Stale("The price changed since you opened this page.", way_out="Look at it again before you go on.", code="changed_price")
    new = _move(order, ours, plan, now, by_id, seen_kept)
    ledger.void(plan.old, reason=REASON, by_id=by_id, at=now)
    ledger.drop_reductions(order.id, reason=REASON, by_id=by_id, at=now)
    carried = by_payer(plan.place.lines)
    others = returning.hand_on(registration_id, new, carried, now, reason=REASON) if order.is_split else ()
    announcing.transferred(order, ours[0], new, now)
    audit.record("registration.transferred", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                 before={"event": place.title, "type": place.type},
                 after={"event": plan.of.event.title, "type": plan.place.type.name, "registration": new.id,
                        "change_cents": plan.change_cents})
    return Transferred(order.id, new.id, plan.change_cents, others)


def _place(registration_id: int) -> Any:
    found = places_of(Registration.id == registration_id)
    if not found:
        raise NotFound
    return found[0]


def _locked(registration_id: int, event_id: int) -> tuple[Order, list[Registration]]:
    """The order, and the place with those it contains; both events stand still, locked before them in the order of their ids."""
    place = _place(registration_id)
    sale.included_stand_still(place.event_id, event_id)
    return locking.of_place(registration_id), with_inner(registration_id)


def _plan(place: Any, event_id: int, now: datetime, by_staff: bool, same_price: bool) -> Plan:
    if (refusal := transfer_refused(place, now, by_staff=by_staff)) is not None:
        raise refusal
    if not by_staff and not _same_course(place.event_id, event_id):
        raise NotFound
    no_dearer = same_price if by_staff else place.moved_at is not None
    return other_dates.plan(place, event_id, now, by_staff=by_staff, no_dearer=no_dearer)


def _same_course(one_id: int, other_id: int) -> bool:
    courses = db.session.scalars(select(Event.course_id).where(Event.id.in_((one_id, other_id)))).all()
    return len(courses) == 2 and courses[0] is not None and courses[0] == courses[1]


def _back_to(registration_id: int) -> str:
    """For whom the seat was set aside that would be again; empty where it would be everybody's."""
    row = db.session.execute(
        select(SetAside, Agency.name).join(Registration, Registration.set_aside_id == SetAside.id)
        .outerjoin(Agency, Agency.id == SetAside.agency_id).where(Registration.id == registration_id)).one_or_none()
    return rules.words(row[0].kind, row[0].label, row[1]) if row and standing.is_open(row[0], clock.now()) else ""


def _aside(ours: list[Registration], plan: Plan, seen_kept: bool | None) -> tuple[list[Standing], Standing | None]:
    """The set-asides that are concerned, locked, and the one the place there is taken from."""
    agency = drawing.whose_pool(ours[0].id) if plan.place.type.takes_seat else None
    asides = drawing.for_move(ours, plan.of.id, agency.id if agency else None)
    found = drawing.first_from([one for one in asides if one.event_id == plan.of.id], agency.id if agency else None,
                               [(plan.place.type.id, plan.place.mode)])[0]
    if seen_kept is not None and seen_kept != (found is not None):
        raise Stale("What is kept for the agency at the other date changed since you opened this page.",
                    way_out="Look at it again before you go on.", code="changed_pool")
    return asides, found


def _move(order: Order, ours: list[Registration], plan: Plan, now: datetime, by_id: int | None, seen_kept: bool | None) -> Registration:
    """Old seats go (one of a set-aside back to that) and new ones come in one ascending pass over the pools."""
    asides, kept = _aside(ours, plan, seen_kept)
    held = seats.held_by([one.id for one in ours])
    for one in ours:
        states.check(REGISTRATION_MOVES, "registration", one.state, "transferred")
        one.state, one.ended_at, one.ended_reason = "transferred", now, REASON
    db.session.flush()
    release_seats([one.id for one in ours], now)
    given_up = {one_id: Counter({pool: -count for pool, count in uses.items()}) for one_id, uses in held.items()}
    [(new, _)] = making.seated(plan.of, order, [replace(plan.place, aside=kept)], at=now, given_up=given_up, asides=asides, by_id=by_id)
    new.replaces_id = ours[0].id
    badges.carry(ours[0].id, new.id)
    confirming.book(with_inner(new.id), now, ours[0].release_on)
    if plan.code_ends:
        counting.move([ours[0].id], [], now)
    else:
        counting.pass_on(ours[0].id, new.id)
    return new
