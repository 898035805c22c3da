"""Writes an order with its registrations, seats and charges, places held. Who may have them was decided before."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from webapp.catalog.models import EventInclusion
from webapp.core import tokens
from webapp.core.db import db, insert_new, insert_row
from webapp.core.errors import AlreadyDone, Refusal
from webapp.forms import answers
from webapp.registration import ledger, places, sale, seats
from webapp.registration.badges import giving as badges
from webapp.registration.codes import counting
from webapp.registration.codes.rules import sum_off
from webapp.registration.funds import asking, sharing
from webapp.registration.funds.rules import sum_of
from webapp.registration.models import Order, Payer, Registration, RegistrationAddOn
from webapp.registration.orders import linked
from webapp.registration.orders.wishes import Buyer, Held, Place
from webapp.registration.pricing import total
from webapp.registration.sale import Sale
from webapp.registration.seats import Level
from webapp.registration.setasides import drawing
from webapp.registration.setasides.standing import Standing

HOLD = timedelta(minutes=20)


def order(of: Sale, wanted: Sequence[Place], buyer: Buyer, *, at: datetime, submit_key: str | None = None,
          hold: timedelta = HOLD, given_up: Mapping[int, Counter[int]] | None = None, passed: seats.Uses | None = None,
          asides: Iterable[Standing] = (), part_of_id: int | None = None) -> Held:
    """A held order with a registration for each place, in the caller's transaction.

    `given_up`: what places hold that these take the place of (`releasing.replace`), given back in the same pass over the pools.
    `passed`: seats of an offer of the waitlist, which these places take over. `asides`: the set-asides, locked, from which places
    are taken or were. `part_of_id`: the placed order it is an addition to.
    The uses of discount codes come after the pools, funds after them.
    Refuses with Full (which level), with `already_registered` (one active place per person and event), and with AlreadyDone
    when the same form made an order at the same instant.
    """
    made = _order_row(buyer, at, submit_key, hold, is_split=any(place.fund for place in wanted), part_of_id=part_of_id)
    placed = seated(of, made, wanted, at=at, given_up=given_up, passed=passed, asides=asides)
    if given_up or any(place.code_id for place in wanted):
        counting.move(given_up or (), [_use(registration, place) for registration, place in placed if place.code_id], at)
    if given_up or made.is_split:  # what ends and what is taken in one pass over the funds, for they are locked by id
        sharing.take([sharing.of_fund(place.fund, registration, sum_of(place.lines)) for registration, place in placed if place.fund], at,
                     instead_of=sharing.standing(given_up) if given_up else (), reason="The form was sent again with changes.")
    if any(place.fund_words is not None for place in wanted):
        asking.ask([(registration.id, place.fund_words) for registration, place in placed if place.fund_words is not None], at)
    return Held(made.id, made.ref, sum(total(place.lines) for place in wanted))


def seated(of: Sale, made: Order, wanted: Sequence[Place], *, at: datetime, given_up: Mapping[int, Counter[int]] | None = None,
           passed: seats.Uses | None = None, asides: Iterable[Standing] = (),
           by_id: int | None = None) -> list[tuple[Registration, Place]]:
    """Held registrations in an order that is there, with seats, pools, charges and answers; codes and funds are the caller's."""
    placed = [(_registration(of, made.id, place, at), place) for place in wanted]
    _write_add_ons(placed)
    badges.give(placed, at)
    uses, levels = _seats(of, placed, at, list(asides))
    for registration, place in placed if of.event.includes else ():
        if place.type.takes_seat:
            _include(of.id, registration, place.type.audience, at, uses, levels)
    seats.change({**(given_up or {}), **uses}, levels, fresh=not given_up, passed=passed, asides=asides)
    ledger.write([(ledger.Debtor(made.id, made.payer_id, of.id, registration.id, by_id), line)
                  for registration, place in placed for line in place.lines], at)
    for registration, place in placed:
        if place.answers is not None:
            answers.save(of.id, place.answers, registration_id=registration.id, asked=place.asked, fresh=True)
    return placed


def first_registration(order_id: int) -> int:
    """The id of the order's first place that is not a linked one."""
    return int(db.session.scalars(select(Registration.id).where(
        Registration.order_id == order_id, Registration.inclusion_of_id.is_(None)).order_by(Registration.id).limit(1)).one())


def already(mine: bool = True) -> Refusal:
    """One active place per person and event."""
    who = "You have" if mine else "This person has"
    return Refusal(f"{who} a place in this event already.", way_out="Look under “My registrations” to change it.",
                   code="already_registered")


def _order_row(buyer: Buyer, at: datetime, submit_key: str | None, hold: timedelta, *, is_split: bool,
               part_of_id: int | None) -> Order:
    payer = insert_row(Payer, {
        "kind": "agency" if buyer.agency_id else "person", "person_id": buyer.person_id, "agency_id": buyer.agency_id,
        "name": buyer.name[:200], "email": buyer.email, "created_at": at})
    made = insert_new(Order, on=("submit_key",), values={
        "ref": tokens.readable(16), "payer_id": payer.id, "placed_by_id": buyer.person_id, "hold_until": at + hold,
        "submit_key": submit_key, "created_at": at, "is_split": is_split, "part_of_id": part_of_id})
    if made is None:
        raise AlreadyDone("This form was sent twice at the same moment; it made one order.", code="same_form")
    return made


def _registration(of: Sale, order_id: int, place: Place, at: datetime, *, inclusion_of_id: int | None = None,
                  state: str = "held") -> Registration:
    made = insert_new(Registration, on=(), values={
        "event_id": of.id, "policy_id": of.event.policy_id, "type_id": place.type.id, "order_id": order_id, "person_id": place.person_id,
        "group_id": place.group_id,
        "email": place.email, "mode": place.mode, "state": state, "created_at": at, "inclusion_of_id": inclusion_of_id,
        "set_aside_id": place.aside.id if place.aside else None,
        "declined_blocks": [block for block, session in place.breakouts.items() if session is None]})
    if made is None:
        raise already()
    return made


def _write_add_ons(placed: Sequence[tuple[Registration, Place]]) -> None:
    rows = [{"registration_id": registration.id, "add_on_id": one.id, "count": count}
            for registration, place in placed for one, count in place.add_ons]
    if rows:
        db.session.execute(insert(RegistrationAddOn), rows)


def _use(registration: Registration, place: Place) -> counting.Use:
    return counting.Use(place.code_id or 0, registration.id, sum_off(place.lines), place.person_id, place.email)


def _seats(of: Sale, placed: Sequence[tuple[Registration, Place]], at: datetime,
           asides: Sequence[Standing]) -> tuple[dict[int, Counter[int]], dict[int, Level]]:
    """Writes the seats of the places and says what pools they draw on, and how a refusal names each."""
    uses: dict[int, Counter[int]] = {}
    levels: dict[int, Level] = {}
    held: dict[int, dict[int, str]] = {}
    for registration, place in placed:
        sessions = places.covered(of.id, place.type.id, place.type.covers, place.mode)
        chosen = _chosen(of.id, sessions, place)
        held[registration.id] = places.seated(sessions, place.group_id, set(chosen.values()))
        uses[registration.id] = _pools(of, place) + places.session_pools(sessions, held[registration.id])
        levels |= {one.pool_id: one.level() for one in sessions if one.pool_id is not None}
    places.add_seats(held, state="held", at=at)
    drawing.session_uses(uses, held, {registration.id: place.aside for registration, place in placed}, asides)
    return uses, levels | of.levels()


def _chosen(event_id: int, sessions: list[places.Meeting], place: Place) -> dict[int, int]:
    if not place.breakouts:
        return {}
    locked = places.locked_blocks(event_id, {one.id for one, _ in place.add_ons})
    return places.choice(sessions, place.breakouts, locked)


def _pools(of: Sale, place: Place) -> Counter[int]:
    needed = Counter(dict.fromkeys(of.pool_ids(place.type, place.mode), 1))
    for one, count in place.add_ons:
        if one.pool:
            needed[one.pool.id] += count
    if place.aside:
        needed[place.aside.pool_id] = 1
    return needed


def _include(event_id: int, outer: Registration, audience: str, at: datetime, uses: dict[int, Counter[int]],
             levels: dict[int, Level]) -> None:
    """Linked places in the events this one contains, from their own pools. Who has a place there already keeps that one."""
    for included_id, dates in db.session.execute(
            select(EventInclusion.included_id, EventInclusion.dates).where(EventInclusion.event_id == event_id)
            .order_by(EventInclusion.included_id)).all():
        if has_place(included_id, outer.person_id):
            continue
        inner = sale.load_by_id(included_id)
        mode = _included_mode(inner, outer.mode)
        place = Place(outer.person_id, outer.email, linked.type_for(inner, audience, mode, dates), mode, [])
        registration = _registration(inner, outer.order_id, place, at, inclusion_of_id=outer.id)
        sessions = places.covered(included_id, place.type.id, place.type.covers, place.mode, dates)
        held = places.seated(sessions, None)
        places.add_seats({registration.id: held}, state="held", at=at)
        uses[registration.id] = _pools(inner, place) + places.session_pools(sessions, held)
        for pool_id, level in inner.levels().items():
            levels.setdefault(pool_id, level)


def has_place(event_id: int, person_id: int | None) -> bool:
    """Whether this person (not her merged doubles) has an active place; nobody, of a place to be named, has none."""
    return person_id is not None and db.session.scalar(select(Registration.id).where(
        Registration.event_id == event_id, Registration.person_id == person_id, Registration.state.in_(("held", "confirmed")))) is not None


def _included_mode(inner: Sale, outer_mode: str) -> str:
    return outer_mode if inner.event.mode == "hybrid" else str(inner.event.mode)
