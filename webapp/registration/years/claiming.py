"""Somebody says that she is a member: she pays the price for others until staff have looked, and the difference is settled after."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from webapp.accounts import memberships, people
from webapp.catalog.models import Event
from webapp.core import audit, clock, text, times
from webapp.core.db import db, insert_new
from webapp.core.errors import AlreadyDone, NotFound, Refusal, Unacceptable
from webapp.notifications import outbox
from webapp.registration import sale
from webapp.registration.models import ACTIVE, Order, Registration, RegistrationType
from webapp.registration.orders import membering
from webapp.registration.orders.locking import locked
from webapp.registration.years import cheaper
from webapp.registration.years.models import MemberClaim


@dataclass(frozen=True)
class Listed:
    """The membership that staff found or put on the list."""

    number: str
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Confirmed:
    """What confirming did. Payments settles the change (cents, never more) of an order that is placed."""

    order_id: int
    change_cents: int
    is_placed: bool


def claim(registration_id: int, number: str) -> None:
    """She waits for an answer; her place costs what it did. Refused for a place that is not hers to pay less for: one that is over, has
    no name, or no price for others; and while a claim of it waits."""
    row = db.session.execute(
        select(Registration.person_id, Registration.state, RegistrationType.audience, cheaper.for_members().label("is_less"))
        .join(RegistrationType, RegistrationType.id == Registration.type_id).where(Registration.id == registration_id)).one_or_none()
    if row is None or row.person_id is None:
        raise NotFound
    if row.state not in ACTIVE or row.audience != "non_member":
        raise Refusal("This place does not have the price for non-members.", code="no_claim")
    if not row.is_less:
        raise Refusal("Members pay the same for this place, so there is nothing to look up.", code="no_claim")
    made = insert_new(MemberClaim, on=(), values={
        "registration_id": registration_id, "number": text.clean(number, field="number", limit=40), "created_at": clock.now()})
    if made is None:
        raise AlreadyDone("We are looking already; you hear of it by mail.", code="claimed")


def confirm(claim_id: int, listed: Listed, *, by_id: int, answer: str = "") -> Confirmed:
    """She is a member: the membership is on the list, and her place costs the member price of the moment it was ordered, where that
    is less. She is told.

    Refused where it was decided, where the membership was not valid on the day she ordered, while she stands on the payment page, and
    where others carry a part of her place: that is taken back first.
    """
    found = _open(claim_id)
    place, order, day = found.place, found.order, found.ordered_on
    person_id = people.root_id(place.person_id or 0)
    if not listed.from_on <= day <= listed.until_on:
        raise Unacceptable("It was not valid on the day she ordered.", field="until_on",
                           way_out="Decline with these words, or correct the days.")
    has = memberships.valid_on(person_id, day) or memberships.give(
        person_id, listed.number, from_on=listed.from_on, until_on=listed.until_on, actor_id=by_id, email=place.email)
    change = 0
    if place.state in ACTIVE:
        change = membering.confirmed(order, place, sale.load_by_id(place.event_id), now=clock.now())
    found.claim.membership_id, found.claim.off_cents = has.id, -change
    _decide(found, "confirmed", answer, by_id)
    return Confirmed(order.id, change, order.state == "placed")


def decline(claim_id: int, *, by_id: int, answer: str) -> None:
    """She is not on the list, or not for that day; she is told in words that staff write."""
    if not answer.strip():
        raise Unacceptable("Write what she shall read.", field="answer")
    _decide(_open(claim_id), "declined", answer, by_id)


@dataclass(frozen=True)
class _Open:
    claim: MemberClaim
    place: Registration
    order: Order
    ordered_on: date


def _open(claim_id: int) -> _Open:
    """The claim, locked after its event and order. Refused when it was decided."""
    row: Any = db.session.execute(
        select(Registration.order_id, Registration.id, Event.id.label("event_id"), Event.zone)
        .join(MemberClaim, MemberClaim.registration_id == Registration.id).join(Event, Event.id == Registration.event_id)
        .where(MemberClaim.id == claim_id).with_for_update(read=True, of=Event)).one_or_none()
    if row is None:
        raise NotFound
    order = locked(row.order_id)
    place = db.session.get_one(Registration, row.id, with_for_update=True, populate_existing=True)
    claim_ = db.session.get_one(MemberClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim_.state != "asked":
        raise AlreadyDone(f"This was {claim_.state} already.")
    return _Open(claim_, place, order, times.local(order.created_at, row.zone).date())


def _decide(found: _Open, state: str, answer: str, by_id: int) -> None:
    one, place = found.claim, found.place
    one.state, one.decided_by_id, one.decided_at = state, by_id, clock.now()
    one.answer = text.clean(answer, field="answer", limit=1000, lines=True)
    db.session.flush()
    audit.record(f"member_claim.{state}", f"registration:{place.id}", actor_id=by_id, reason=one.answer[:255],
                 after={"off_cents": one.off_cents})
    if place.email and place.person_id is not None:
        person = people.get(place.person_id)
        outbox.write(fact=f"member_claim:{one.id}", kind="member_claim_decided", to_address=place.email, to_name=person.name,
                     person_id=person.id, subject_of=f"registration:{place.id}", facts={"claim_id": one.id})
