"""A colleague takes an attendee's place, in one act: what the pools hold passes over, so that nobody can come between the two.

She has a registration, seats and calendar entries of her own; the one before ends as `substituted`, its seats are tombstones.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select

from webapp.core import audit, clock, states
from webapp.core.db import db, insert_new
from webapp.core.errors import Closed, NotFound, Refusal, Stale, Unacceptable
from webapp.registration import announcing, ledger, places, sale, seats, substitution
from webapp.registration.badges import giving as badges
from webapp.registration.codes import counting
from webapp.registration.funds import returning, rules
from webapp.registration.models import REGISTRATION_MOVES, Order, Registration, RegistrationAddOn, Seat
from webapp.registration.orders import locking
from webapp.registration.orders.making import already, has_place
from webapp.registration.orders.releasing import release_seats
from webapp.registration.queries.orders import places_of
from webapp.registration.registrations import naming, rewriting, successors
from webapp.registration.registrations.cancelling import with_inner
from webapp.registration.registrations.rewriting import Rewritten
from webapp.registration.registrations.successors import Successor
from webapp.registration.sale import Sale, TypeOffer
from webapp.registration.substitution import Colleague, Foreseen

REASON = "A colleague takes this place"  # without her name: it would stay here when she is erased


@dataclass(frozen=True)
class Substituted:
    """What a substitution did. Payments brings what was paid in line with what is owed now."""

    order_id: int
    registration_id: int
    change_cents: int
    others: tuple[tuple[int, int], ...] = ()  # orders that carry a part of the place, with what comes back to their payers


@dataclass(frozen=True)
class _Plan:
    """What will be: who comes, as what, for how much."""

    of: Sale
    who: Successor
    before: TypeOffer
    after: TypeOffer
    money: Rewritten

    def moved(self, mode: str) -> Counter[int]:
        """Places of a type's own pool, where the new type has another than the old: the only ones that do not just pass over."""
        delta = Counter(self.of.pool_ids(self.after, mode))
        delta.subtract(self.of.pool_ids(self.before, mode))
        return Counter({pool_id: count for pool_id, count in delta.items() if count})


def substitution_refused(place: Any, now: datetime, *, by_staff: bool = False) -> Refusal | None:
    """Why no colleague can take this place (a row of `queries.orders.places_of`) now; None when one can. For pages: reads nothing."""
    if place.state != "confirmed":
        return Closed("This place is not confirmed, so nobody can take it over.", way_out="Look at the page of the order again.",
                      code="not_active")
    if place.inclusion_of_id is not None:
        return Refusal("This place belongs to another one.", way_out="Hand that one on, and this goes with it.", code="linked")
    if place.status == "cancelled":
        return Closed("This event was cancelled.", code="cancelled")
    if place.person_id is None:
        return substitution.naming_refused_because(place.rules, starts_at=place.starts_at, zone=place.zone, now=now, by_staff=by_staff)
    return substitution.refused_because(
        place.rules, starts_at=place.starts_at, zone=place.zone, now=now, by_staff=by_staff,
        by_name=place.on_request or place.sign_up in ("application", "roster"))


def foresee_substitution(registration_id: int, wanted: Colleague, *, by_id: int | None, by_staff: bool = False) -> Foreseen:
    """What it would bring if this colleague took the place now, shown before it is confirmed. Refuses as `substitute` does; reads only."""
    place = _place(registration_id)
    plan = _plan(place, wanted, clock.now(), by_id, by_staff)
    return Foreseen(plan.who.name, plan.who.address, plan.after.name, plan.money.change_cents, place.person_id is not None)


def substitute(registration_id: int, wanted: Colleague, *, by_id: int | None, by_staff: bool = False, reason: str = "",
               seen_cents: int | None = None, is_naming: bool | None = None) -> Substituted:
    """The colleague takes the place and those it contains, with breakouts, add-ons, group and what is owed; everybody is told.
    One whose name was to follow becomes hers as it is (`naming`).

    Refused when the place is not confirmed (any more), after the policy's last moment (`by_staff`: the start of the event, with a
    reason), when she has a place or is the same person; Stale when the price is another than the page showed (`seen_cents`), or when
    the page offered a seat without a name that has one by now (`is_naming`).
    """
    now = clock.now()
    order, ours = _locked(registration_id)
    place = _place(registration_id)
    if is_naming and place.person_id is not None:
        raise Stale("This seat was named meanwhile.", way_out="Look at the order again.", code="named")
    if by_staff and not reason.strip() and place.person_id is not None:
        raise Unacceptable("Say why the place is handed on; it stands in the history.", field="reason")
    plan = _plan(place, wanted, now, by_id, by_staff)
    if seen_cents is not None and seen_cents != plan.money.change_cents:
        raise Stale("The price changed since you opened this page.", way_out="Look at it again before you go on.", code="changed_price")
    is_new = place.person_id is None
    new = naming.give(ours, plan.who, plan.after.id) if is_new else _hand_on(ours, plan, now)
    if is_new and (delta := plan.moved(new.mode)):
        seats.change({new.id: delta}, plan.of.levels())
    others: tuple[tuple[int, int], ...] = ()
    if not is_new or plan.before.id != plan.after.id:
        others = _rewrite(order, place, new, plan, by_id, now)
    if is_new:
        announcing.named(new, now)
    else:
        announcing.substituted(order, ours[0], new, now)
    what = "registration.named" if is_new else "registration.substituted"
    audit.record(what, f"registration:{registration_id}", actor_id=by_id, reason=reason,
                 before={"name": f"{place.given_name or ''} {place.family_name or ''}".strip(), "type": plan.before.name},
                 after={"name": plan.who.name, "type": plan.after.name, "change_cents": plan.money.change_cents})
    return Substituted(order.id, new.id, plan.money.change_cents, others)


def _place(registration_id: int) -> Any:
    found = places_of(Registration.id == registration_id)
    if not found:
        raise NotFound
    return found[0]


def _locked(registration_id: int) -> tuple[Order, list[Registration]]:
    """The order, and the place with those it contains; their event stands still, locked before them."""
    place = _place(registration_id)
    sale.included_stand_still(place.event_id)
    return locking.of_place(registration_id), with_inner(registration_id)


def _plan(place: Any, wanted: Colleague, now: datetime, by_id: int | None, by_staff: bool) -> _Plan:
    if (refusal := substitution_refused(place, now, by_staff=by_staff)) is not None:
        raise refusal
    of = sale.load_by_id(place.event_id)
    who = successors.find(place, wanted, place.zone, by_id=by_id, by_staff=by_staff)
    before = of.type(place.type_id)
    after = successors.type_for(of, before, who.is_member)
    return _Plan(of, who, before, after, rewriting.rewritten(place, of, before, after))


def _hand_on(ours: list[Registration], plan: _Plan, now: datetime) -> Registration:
    """The place first, then those it contains; one where she has a place of her own already is free for others."""
    person_id = plan.who.person()
    outer, *inner = ours
    new = _succeed(outer, plan, person_id, now, type_id=plan.after.id)
    if delta := plan.moved(outer.mode):
        seats.change({new.id: delta}, plan.of.levels())
    for one in inner:
        if has_place(one.event_id, person_id):
            _end(one, now)
            seats.release(one.id)
        else:
            _succeed(one, plan, person_id, now, inclusion_of_id=new.id)
    return new


def _succeed(old: Registration, plan: _Plan, person_id: int, now: datetime, **other: int) -> Registration:
    """Her registration in place of the old one: the same sessions by new seats, the same add-ons, the same share of every pool."""
    held = db.session.execute(select(Seat.session_id, Seat.how).where(Seat.registration_id == old.id, Seat.state == "booked")).all()
    _end(old, now)
    new = insert_new(Registration, on=(), values={
        "event_id": old.event_id, "policy_id": old.policy_id, "type_id": old.type_id, "order_id": old.order_id, "person_id": person_id,
        "group_id": old.group_id, "email": plan.who.address, "mode": old.mode, "state": "confirmed", "release_on": old.release_on,
        "declined_blocks": old.declined_blocks, "replaces_id": old.id, "set_aside_id": old.set_aside_id, "created_at": now,
        "confirmed_at": now, **other})
    if new is None:
        raise already(mine=False)
    places.add_seats({new.id: {row.session_id: row.how for row in held}}, state="booked", at=now)
    seats.pass_on(old.id, new.id)
    counting.pass_on(old.id, new.id)
    _copy_add_ons(old.id, new.id)
    badges.pass_on(old.id, new.id)
    return new


def _end(old: Registration, now: datetime) -> None:
    states.check(REGISTRATION_MOVES, "registration", old.state, "substituted")
    old.state, old.ended_at, old.ended_reason = "substituted", now, REASON
    db.session.flush()
    release_seats([old.id], now)


def _copy_add_ons(old_id: int, new_id: int) -> None:
    one = RegistrationAddOn
    bought = select(literal(new_id), one.add_on_id, one.count).where(one.registration_id == old_id)
    db.session.execute(insert(one).from_select(["registration_id", "add_on_id", "count"], bought))


def _rewrite(order: Order, place: Any, new: Registration, plan: _Plan, by_id: int | None,
             now: datetime) -> tuple[tuple[int, int], ...]:
    """Her lines instead of the old ones: what was owed for the place is owed for her, so that a later change finds it."""
    ledger.void(plan.money.old, reason=REASON, by_id=by_id, at=now)
    ledger.write([(ledger.Debtor(order.id, order.payer_id, place.event_id, new.id, by_id), line) for line in plan.money.new], now)
    ledger.drop_reductions(order.id, reason=REASON, by_id=by_id, at=now)
    return returning.hand_on(place.id, new, rules.by_payer(plan.money.new), now, reason=REASON) if order.is_split else ()
