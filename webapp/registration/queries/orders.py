"""One order as its page shows it. Three statements, whatever is in it; the seats ahead are a fourth."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Person
from webapp.catalog.models import Block, CancellationPolicy, Event, Room, Session, Venue
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration import own_page
from webapp.registration.models import Charge, Order, Payer, Registration, RegistrationType, Seat


@dataclass(frozen=True)
class OrderView:
    """An order with its places and lines. `order`, `places` and `lines` are rows of columns."""

    order: Any
    places: list[Any]
    lines: list[Any]

    @property
    def total_cents(self) -> int:
        """What is owed in all."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def own(self) -> list[Any]:
        """The places that were asked for; linked ones come with them."""
        return [one for one in self.places if one.inclusion_of_id is None]

    @property
    def first(self) -> Any:
        """The place the page is headed by: the first that stands; of an order that is over the first it had."""
        return (self.active or self.own)[0]

    def of(self, place: Any) -> list[Any]:
        """One place, and after it those that came with it."""
        return [one for one in self.places if place.id in (one.id, one.inclusion_of_id)]

    @property
    def active(self) -> list[Any]:
        """Places held or confirmed, in the order they were made: linked ones follow those they came with."""
        return [one for one in self.places if one.state in ("held", "confirmed")]

    def opens(self, place: Any) -> bool:
        """Whether the page may hand out what lets one in: not of a place that a colleague took over, who has a page of her own."""
        is_hers = place.email == self.order.buyer_email or (place.person_id is not None and place.person_id == self.order.placed_by_id)
        return place.replaces_id is None or is_hers


def id_of(ref: str) -> int:
    """The id of the order at this address; NotFound otherwise."""
    found = db.session.scalar(select(Order.id).where(Order.ref == ref))
    if found is None:
        raise NotFound
    return found


def state_of(ref: str) -> Any:
    """Id and state of the order at this address; NotFound when there is none."""
    found = db.session.execute(select(Order.id, Order.state).where(Order.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def by_id(order_id: int) -> Any:
    """Reference, state and buyer of an order."""
    return db.session.execute(select(Order.ref, Order.state, Order.placed_by_id).where(Order.id == order_id)).one()


def id_by_key(submit_key: str) -> str | None:
    """The reference of the order a form made."""
    return db.session.scalar(select(Order.ref).where(Order.submit_key == submit_key))


def place_among(refs: Collection[str], event_id: int, email: str) -> Any:
    """The latest active place in the event for the address, among these orders: its state and the order's reference, or None."""
    return db.session.execute(
        select(Order.ref.label("order_ref"), Registration.state).join(Order, Order.id == Registration.order_id)
        .where(Order.ref.in_(refs), Registration.event_id == event_id, Registration.state.in_(("held", "confirmed")),
               Registration.email == email.strip().lower()).order_by(Registration.id.desc()).limit(1)).first()


def by_ref(ref: str) -> OrderView:
    """The order at this address; NotFound when there is none."""
    o, p = Order, Payer
    order = db.session.execute(
        select(o.id, o.ref, o.state, o.method, o.po_number, o.hold_until, o.extensions, o.created_at, o.placed_at, o.ended_at,
               o.placed_by_id, own_page.buyer_address().label("buyer_email"), p.kind.label("payer_kind"), p.name.label("payer_name"),
               p.email.label("payer_email"), p.address.label("payer_address"))
        .join(p, p.id == o.payer_id).where(o.ref == ref)).one_or_none()
    if order is None:
        raise NotFound
    voiding = aliased(Charge)
    lines = db.session.execute(
        select(Charge.id, Charge.kind, Charge.label, Charge.amount_cents, Charge.due_on, Charge.explained, Charge.registration_id)
        .outerjoin(voiding, voiding.voids_id == Charge.id)
        .where(Charge.order_id == order.id, Charge.kind != "void", voiding.id.is_(None)).order_by(Charge.id)).all()
    return OrderView(order, places_of(Registration.order_id == order.id), list(lines))


def places_of(which: Any) -> list[Any]:
    """Registrations with event, type, person and policy, by id. One statement."""
    r, e = Registration, Event
    return list(db.session.execute(
        select(r.id, r.state, r.mode, r.email, r.person_id, r.order_id, r.inclusion_of_id, r.replaces_id, r.ended_reason, r.release_on,
               r.declined_blocks, r.confirmed_at, r.event_id, r.group_id, r.type_id, RegistrationType.name.label("type"),
               RegistrationType.on_request, e.sign_up, e.title, e.slug, e.kind, e.zone, e.city,
               e.mode.label("event_mode"), e.platform, e.online_url, e.link_opens_minutes, e.starts_at, e.ends_at, e.session_count,
               e.status, e.training_minutes, e.rsc_minutes, e.breakouts_change_until, e.access_contact, Venue.name.label("venue"),
               select(Block.id).where(Block.event_id == e.id).exists().label("has_blocks"),
               CancellationPolicy.rules, CancellationPolicy.sentence, Person.given_name, Person.family_name)
        .join(e, e.id == r.event_id).join(RegistrationType, RegistrationType.id == r.type_id)
        .join(CancellationPolicy, CancellationPolicy.id == e.cancellation_policy_id)
        .outerjoin(Venue, Venue.id == e.venue_id).outerjoin(Person, Person.id == r.person_id)
        .where(which).order_by(r.id)).all())


def seats_of(registration_ids: Collection[int], since: datetime | None = None) -> list[Any]:
    """Seats that are held, with their sessions, in order of time; `since`: only sessions ending after. One statement."""
    s = Session
    statement = (
        select(Seat.registration_id, Seat.id.label("seat_id"), Seat.how, Seat.state, s.id, s.title, s.starts_at, s.ends_at, s.zone,
               s.status, s.mode, s.online_url, Block.name.label("block"), Room.name.label("room"))
        .join(s, s.id == Seat.session_id).outerjoin(Block, Block.id == s.block_id).outerjoin(Room, Room.id == s.room_id)
        .where(Seat.registration_id.in_(list(registration_ids)), Seat.state != "released").order_by(s.starts_at, s.id)
    )
    if since is not None:
        statement = statement.where(s.ends_at >= since)
    return list(db.session.execute(statement).all())
