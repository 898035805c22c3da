"""From the public form to a held order: every refusal in the order a person would ask, then the places."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts import memberships, names, people
from webapp.accounts.models import Person
from webapp.core import clock, times
from webapp.core.db import db
from webapp.core.errors import Refusal, Unacceptable
from webapp.registration import ledger, pricing, rules, sale
from webapp.registration.codes import lowering
from webapp.registration.models import Order, Registration
from webapp.registration.orders import making, releasing
from webapp.registration.orders.wishes import Attendee, Buyer, Held, Place
from webapp.registration.sale import AddOnOffer, Sale
from webapp.registration.waitlist import claiming


def hold(event_id: int, attendees: Sequence[Attendee], buyer: Buyer, *, submit_key: str | None = None, form_key: str | None = None,
         known_refs: Collection[str] = (), of: Sale | None = None, offer: str = "", code: str = "") -> Held:
    """Keeps places for everybody in the list, in one order, while the buyer pays. Seats, price and answers are kept with it.

    `submit_key` makes the same form one order, however often it comes. `form_key` is the key's beginning shared by all versions
    of one form: a changed version takes the place of the earlier hold, as long as nobody went to pay it. `known_refs` are
    orders this browser knows: only of those is a guest told that she has a place already. `of`: the sale, when this
    transaction has read it. `offer`: the entry of the waitlist whose seats these are, kept as long as the offer would have stood.
    `code`: a discount code as it was typed; `note` says so when it takes nothing off.
    Refuses as `rules`, `codes`, `making.order` and `claiming.claim` say.
    """
    now = clock.now()
    earlier = _versions(form_key, submit_key)
    if (repeated := next((one for one in earlier if one.submit_key == submit_key), None)) is not None:
        return Held(repeated.id, repeated.ref, ledger.owed(repeated.id), repeated=True)
    of = of or sale.load_by_id(event_id)
    for refusal in (rules.closed_because(of.sign_up, now), rules.other_way_in(of.sign_up)):
        if refusal is not None:
            raise refusal
    replaced = [one for one in earlier if one.state == "held"]
    claimed = claiming.claim(offer, of.id, len(attendees), now) if offer and not replaced else None
    given_up: dict[int, Counter[int]] = {}
    for one in replaced:
        given_up |= releasing.replace(one.id)
    _not_registered_here(of.id, attendees, known_refs)
    group = sale.group_rules(of) if len(attendees) > 1 else []
    wanted = [_place(of, one, now, len(attendees), group) for one in attendees]
    wanted, note = _lowered(of, wanted, code, now) if code.strip() else (wanted, "")
    ends = [claimed.until] if claimed else [one.hold_until for one in replaced]
    made = making.order(of, wanted, buyer, at=now, submit_key=submit_key, given_up=given_up, passed=claimed.passed if claimed else None,
                        hold=max([making.HOLD, *(end - now for end in ends)]))
    return replace(made, note=note)


def _versions(form_key: str | None, submit_key: str | None) -> list[Any]:
    """The orders this form made so far: the same content (a double click), or an earlier version (Back, a change, and again)."""
    if submit_key is None:
        return []
    same_form = (Order.submit_key > f"{form_key}:") & (Order.submit_key < f"{form_key};") if form_key else Order.submit_key == submit_key
    return list(db.session.execute(
        select(Order.id, Order.ref, Order.submit_key, Order.state, Order.hold_until).where(same_form | (Order.submit_key == submit_key))
        .order_by(Order.id)).all())


def _not_registered_here(event_id: int, attendees: Sequence[Attendee], known_refs: Collection[str]) -> None:
    """A guest who registers a second time from the same browser hears of it; from elsewhere nobody learns who is registered."""
    addresses = {one.email.strip().lower(): one for one in attendees if one.person_id is None}
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


def _place(of: Sale, wish: Attendee, now: datetime, people_count: int, group: Iterable[tuple[int, int]]) -> Place:
    type_ = of.type(wish.type_id)
    if (refusal := rules.type_because(type_.name, on_request=type_.on_request, retired=type_.retired, opens_at=type_.opens_at,
                                      closes_at=type_.closes_at, zone=of.event.zone, now=now)) is not None:
        raise refusal
    email = names.address(wish.email)
    if wish.person_id is not None and _has_place(of.id, wish.person_id):
        raise making.already()
    decides = type_.audience == "member" or bool(of.add_ons)
    member = decides and _membership(wish, email, now, of.event.zone, needed=type_.audience == "member")
    mode = rules.mode_of(of.event.mode, type_.mode, wish.mode)
    add_ons = _add_ons(of, wish)
    lines = pricing.quote(
        type_.item, at=now, zone=of.event.zone, audience=pricing.audience_of(type_.audience, member), starts_on=of.starts_on,
        add_ons=[(one.item, count) for one, count in add_ons], people=people_count, group_rules=group)
    person_id = wish.person_id or people.create(wish.given, wish.family, address=email, **wish.profile).id
    return Place(person_id, email, type_, mode, lines, add_ons, breakouts=wish.breakouts, answers=wish.answers, asked=wish.asked)


def _lowered(of: Sale, wanted: Sequence[Place], code: str, now: datetime) -> tuple[list[Place], str]:
    """The places with what the discount code takes off, and a word when it takes nothing."""
    done = lowering.lowered(of, [(one.type, one.lines) for one in wanted], code, now)
    return [replace(one, lines=one.lines + off, code_id=done.code_id) if off else one
            for one, off in zip(wanted, done.lines, strict=True)], done.note


def _has_place(event_id: int, person_id: int) -> bool:
    return db.session.scalar(select(Registration.id).where(
        Registration.event_id == event_id, Registration.person_id.in_(people.family_ids(person_id)),
        Registration.state.in_(("held", "confirmed"))).limit(1)) is not None


def _membership(wish: Attendee, email: str, now: datetime, zone: str, *, needed: bool) -> bool:
    """Whether a membership is valid on the day; refused when the price needs one and there is none."""
    today = times.local(now, zone).date()
    known = wish.person_id is not None and memberships.valid_on(wish.person_id, today) is not None
    known = known or memberships.by_number(wish.member_number, email, today)
    if needed and not known:
        raise rules.not_a_member()
    return known


def _add_ons(of: Sale, wish: Attendee) -> list[tuple[AddOnOffer, int]]:
    chosen = {one.id: 1 for one in of.add_ons.values() if one.is_required}
    for add_on_id, count in wish.add_ons.items():
        if add_on_id not in of.add_ons or not 0 <= count <= 20:
            raise Unacceptable("Choose from what is offered, at most 20 of each.", field=f"add_on_{add_on_id}")
        chosen[add_on_id] = max(count, chosen.get(add_on_id, 0))
    return [(of.add_ons[add_on_id], count) for add_on_id, count in chosen.items() if count]
