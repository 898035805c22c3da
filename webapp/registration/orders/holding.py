"""From the public form to a held order: every refusal in the order a person would ask, then the places."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from webapp.accounts import memberships, names, people
from webapp.accounts.models import Person
from webapp.core import clock, times
from webapp.core.db import db, run
from webapp.core.errors import Refusal, Unacceptable
from webapp.registration import ledger, pricing, rules, sale
from webapp.registration.badges.rules import Written, cleaned
from webapp.registration.models import Order, Registration
from webapp.registration.orders import additions, joining, locking, making, membering, reckoning, releasing, typed
from webapp.registration.orders.wishes import Attendee, Buyer, Held, Place
from webapp.registration.sale import AddOnOffer, Sale, TypeOffer
from webapp.registration.setasides import drawing
from webapp.registration.setasides.standing import Standing
from webapp.registration.waitlist import claiming

# Built once: every registration asks it.
_SAME_FORM = (
    select(Order.id, Order.ref, Order.submit_key, Order.state, Order.hold_until, Order.joined_id)
    .where(((Order.submit_key > bindparam("after")) & (Order.submit_key < bindparam("before")))
           | (Order.submit_key == bindparam("submit_key"))).order_by(Order.id)
)


def hold(event_id: int, attendees: Sequence[Attendee], buyer: Buyer, *, submit_key: str | None = None, form_key: str | None = None,
         known_refs: Collection[str] = (), of: Sale | None = None, offer: str = "", code: str = "",
         agency_id: int | None = None, only_kept: bool = False, into: int | None = None, part_of: int | None = None) -> Held:
    """Keeps places for everybody in the list, in one order, while the buyer pays. Seats, price and answers are kept with it.

    `submit_key` makes the same form one order, however often it comes. `form_key` is the key's beginning shared by all versions
    of one form: a changed version takes the place of the earlier hold, as long as nobody went to pay it. `known_refs` are
    orders this browser knows: only of those is a guest told that she has a place already. `of`: the sale, when this
    transaction has read it. `offer`: the entry of the waitlist whose seats these are, kept as long as the offer would have stood.
    `code`: a discount code or the word of a fund, or both, as they were typed; `note` says so when a code takes nothing off.
    `agency_id`: the agency that books for its staff: each place is taken from its own pool of seats in the event as long as that has any
    left (for its type and mode, until it returns to sale), then from open sale; nothing is different where the agency has no pool.
    Whether she may book for the agency is the caller's to check. `only_kept`: from its pool or not at all. `into`: the held order the
    places go on, that this buyer began before (`joining`). `part_of`: the placed order they are added to: an order of their own, counted
    together by the group rule (`additions`).
    Refuses as `rules`, `codes`, `funds`, `making.order` and `claiming.claim` say.
    """
    now = clock.now()
    earlier = _versions(form_key, submit_key)
    if (repeated := next((one for one in earlier if one.submit_key == submit_key), None)) is not None:
        return _as_before(repeated)
    of = of or sale.load_by_id(event_id)
    for refusal in (rules.closed_because(of.sign_up, now), rules.other_way_in(of.sign_up, is_agency=buyer.agency_id is not None)):
        if refusal is not None:
            raise refusal
    if of.event.includes:
        sale.included_stand_still(of.id)
    replaced = [one for one in earlier if one.state == "held"]
    claimed = claiming.claim(offer, of.id, len(attendees), now) if offer and not replaced else None
    known = {one for one in (into, part_of, *(one.id for one in replaced)) if one is not None}
    if len(known) > 1 or len(attendees) > 1:
        locking.several(known, [one.person_id for one in attendees if one.person_id is not None])
    begun = joining.open_order(into, now, len(attendees)) if into is not None else None
    whole = additions.open_whole(part_of, of.id) if part_of is not None else None
    given_up: dict[int, Counter[int]] = {}
    for one in replaced:
        given_up |= releasing.replace(one.id, now)
    _not_registered_here(of.id, attendees, {*known_refs, *additions.refs_of(whole)} if whole else known_refs)
    seats_wanted = sum(of.type(one.type_id).takes_seat for one in attendees)
    together = seats_wanted + (reckoning.together(begun, of) if begun else additions.placed_in(whole.id, of.id) if whole else 0)
    group = sale.group_rules(of) if together > 1 else []
    joins = begun.id if begun is not None and begun.has_year else None
    wanted = [_place(of, one, now, together, group, buyer, joins) for one in attendees]
    if claimed and not all(one.type.takes_seat for one in wanted):
        raise Unacceptable("A seat is kept for you; this price is without one.", field="type",
                           way_out="Choose another price, or let the seat go.")
    wanted, note = _lowered(of, wanted, code, now) if code.strip() and begun is None else (wanted, "")
    asides = drawing.locked(of, agency_id if claimed is None else None, given_up)
    wanted = _drawn(wanted, asides, agency_id, only_kept)
    if begun is not None:
        return joining.add(begun, of, wanted, at=now, submit_key=submit_key, typed=code, given_up=given_up,
                           passed=claimed.passed if claimed else None, asides=asides)
    ends = [claimed.until] if claimed else [one.hold_until for one in replaced]
    made = making.order(of, wanted, buyer, at=now, submit_key=submit_key, given_up=given_up, passed=claimed.passed if claimed else None,
                        asides=asides, hold=max([making.HOLD, *(end - now for end in ends)]), part_of_id=whole.id if whole else None)
    return replace(made, note=note)


def _versions(form_key: str | None, submit_key: str | None) -> list[Any]:
    """The orders this form made so far: the same content (a double click), or an earlier version (Back, a change, and again)."""
    if submit_key is None:
        return []
    after, before = (f"{form_key}:", f"{form_key};") if form_key else (submit_key, submit_key)
    return list(run(_SAME_FORM, {"after": after, "before": before, "submit_key": submit_key}).all())


def _as_before(one: Any) -> Held:
    """The order the same form made, or added to."""
    order_id, ref = one.id, one.ref
    if one.joined_id is not None:
        order_id, ref = one.joined_id, db.session.scalars(select(Order.ref).where(Order.id == one.joined_id)).one()
    return Held(order_id, ref, ledger.owed(order_id), repeated=True)


def _not_registered_here(event_id: int, attendees: Sequence[Attendee], known_refs: Collection[str]) -> None:
    """A guest who registers a second time from the same browser hears of it; from elsewhere nobody learns who is registered."""
    addresses = {one.email.strip().lower(): one for one in attendees if one.person_id is None and not one.to_follow}
    if not known_refs or not addresses:
        return
    rows = db.session.execute(
        select(Registration.email, Person.given_name, Person.family_name).join(Order, Order.id == Registration.order_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Order.ref.in_(known_refs), Registration.event_id == event_id, Registration.state.in_(("held", "confirmed")),
               Registration.email.in_(addresses)))
    for email, given, family in rows:
        if names.same(f"{given} {family}", f"{addresses[email].given} {addresses[email].family}"):
            raise Refusal(f"{given} {family} has a place in this event already, booked from this browser.",
                          way_out="Open that registration to change it.", code="already_registered")


def _place(of: Sale, wish: Attendee, now: datetime, people_count: int, group: Iterable[tuple[int, int]], buyer: Buyer,
           joins: int | None) -> Place:
    type_ = of.type(wish.type_id)
    if (refusal := rules.type_because(type_.name, on_request=type_.on_request, retired=type_.retired, opens_at=type_.opens_at,
                                      closes_at=type_.closes_at, zone=of.event.zone, now=now)) is not None:
        raise refusal
    email = names.address(buyer.email if wish.to_follow else wish.email)
    if wish.person_id is not None and _has_place(of.id, wish.person_id):
        raise making.already(mine=wish.person_id == buyer.person_id)
    decides = type_.audience == "member" or bool(of.add_ons)
    member = decides and _membership(wish, email, now, of.event.zone, needed=type_.audience == "member", joins=joins)
    mode = rules.mode_of(of.event.mode, type_.mode, wish.mode)
    add_ons = _add_ons(of, wish, type_)
    badges = _badges(wish, type_, add_ons)
    lines = pricing.quote(
        type_.item, at=now, zone=of.event.zone, audience=pricing.audience_of(type_.audience, member), starts_on=of.starts_on,
        add_ons=[(one.item, count) for one, count in add_ons], people=people_count, group_rules=group)
    person_id = wish.person_id or (None if wish.to_follow else people.create(wish.given, wish.family, address=email, **wish.profile).id)
    return Place(person_id, email, type_, mode, lines, add_ons, badges, breakouts=wish.breakouts, answers=wish.answers, asked=wish.asked,
                 fund_words=wish.fund_words)


def _badges(wish: Attendee, type_: TypeOffer, add_ons: Iterable[tuple[AddOnOffer, int]]) -> dict[int | None, list[Written]]:
    """What stands on the badges, in the form it is kept. Refused beside a name for which nothing that is bought brings a badge."""
    room = {None: type_.badges} | {one.id: one.badges for one, _ in add_ons}
    found: dict[int | None, list[Written]] = {}
    for key, typed_ in wish.badges.items():
        found[key] = [cleaned(one, f"badge_{key or 'type'}_{at}") for at, one in enumerate(typed_, 1)]
        beyond = next((at for at, one in enumerate(found[key], 1) if one.name and at > room.get(key, 0)), None)
        if beyond:
            raise Unacceptable("Nothing that you chose comes with this badge.", field=f"badge_{key or 'type'}_{beyond}_name",
                               way_out="Take the name out, or choose what it comes with.")
    return found


def _drawn(wanted: Sequence[Place], asides: Sequence[Standing], agency_id: int | None, only_kept: bool) -> list[Place]:
    """Each place with the set-aside it is taken from: the agency's, as long as that has a seat that fits. A table needs none."""
    given = drawing.first_from(asides, agency_id, [(one.type.id, one.mode) for one in wanted if one.type.takes_seat])
    if only_kept and None in given:
        raise drawing.none_kept()
    seats = iter(given)
    return [replace(one, aside=next(seats)) if one.type.takes_seat else one for one in wanted]


def _lowered(of: Sale, wanted: Sequence[Place], code: str, now: datetime) -> tuple[list[Place], str]:
    """The places with what the discount code takes off and the fund pays, and a word when it takes nothing."""
    done = typed.lowered(of, [(one.type, one.lines) for one in wanted], code, now)
    return [replace(one, lines=one.lines + off + paid, code_id=done.code_id if off else None, fund=done.fund if paid else None)
            for one, off, paid in zip(wanted, done.off, done.paid, strict=True)], done.note


def _has_place(event_id: int, person_id: int) -> bool:
    return db.session.scalar(select(Registration.id).where(
        Registration.event_id == event_id, Registration.person_id.in_(people.family_ids(person_id)),
        Registration.state.in_(("held", "confirmed"))).limit(1)) is not None


def _membership(wish: Attendee, email: str, now: datetime, zone: str, *, needed: bool, joins: int | None) -> bool:
    """Whether a membership is valid on the day, or bought on the order `joins`; refused when the price needs one and there is none."""
    today = times.local(now, zone).date()
    known = wish.person_id is not None and memberships.valid_on(wish.person_id, today) is not None
    known = known or memberships.by_number(wish.member_number, email, today)
    known = known or (joins is not None and membering.includes(joins, wish.person_id, f"{wish.given} {wish.family}", email))
    if needed and not known:
        raise rules.not_a_member()
    return known


def _add_ons(of: Sale, wish: Attendee, type_: TypeOffer) -> list[tuple[AddOnOffer, int]]:
    chosen = {one.id: 1 for one in of.add_ons.values() if one.is_required and type_.takes_seat}
    for add_on_id, count in wish.add_ons.items():
        if add_on_id not in of.add_ons or not 0 <= count <= 20:
            raise Unacceptable("Choose from what is offered, at most 20 of each.", field=f"add_on_{add_on_id}")
        chosen[add_on_id] = max(count, chosen.get(add_on_id, 0))
    return [(of.add_ons[add_on_id], count) for add_on_id, count in chosen.items() if count]
