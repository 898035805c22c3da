"""One order as its page shows it. Three statements, whatever is in it; the seats ahead are a fourth."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Block, CancellationPolicy, Event, Room, Session, Venue
from webapp.core.db import db, run
from webapp.core.errors import NotFound
from webapp.registration import accepted, own_page
from webapp.registration.badges.models import Badge
from webapp.registration.deferrals.models import Deferral
from webapp.registration.models import AddOn, Charge, Order, Payer, Registration, RegistrationType, Seat
from webapp.registration.years import cheaper
from webapp.registration.years.models import MemberClaim

_STATE = select(Order.id, Order.state, Order.part_of_id).where(Order.ref == bindparam("ref"))


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
        asked = [one for one in self.places if one.inclusion_of_id is None]
        return [one for one in asked if one.state != "cancelled" or one.confirmed_at is not None] or asked

    @property
    def events(self) -> list[Any]:
        """One place of each event that stands on the order, in the order they were asked for; of an order that is over all it had."""
        shown = [one for one in self.own if one.state in ("held", "confirmed")] or self.own
        return list({one.event_id: one for one in reversed(shown)}.values())[::-1]

    @property
    def first(self) -> Any:
        """The place the page is headed by: the first that stands; of an order that is over the first it had."""
        return (self.active or self.own)[0]

    @property
    def starts_at(self) -> datetime | None:
        """When the first of what stands on it begins."""
        return min((one.starts_at for one in self.active if one.starts_at), default=None)

    def of(self, place: Any) -> list[Any]:
        """One place, and after it those that came with it."""
        return [one for one in self.places if place.id in (one.id, one.inclusion_of_id)]

    @property
    def unnamed(self) -> list[Any]:
        """The active places whose name follows."""
        return [one for one in self.own if one.person_id is None and one.state in ("held", "confirmed")]

    @property
    def active(self) -> list[Any]:
        """Places held or confirmed, in the order they were made: linked ones follow those they came with."""
        return [one for one in self.places if one.state in ("held", "confirmed")]

    def joined(self, additions: Iterable["OrderView"]) -> "OrderView":
        """The order with what was added to it, as one."""
        parts = [self, *additions]
        return OrderView(self.order, [one for part in parts for one in part.places], [one for part in parts for one in part.lines])

    def opens(self, place: Any) -> bool:
        """Whether the page may hand out what lets one in: not of who has a page of her own: a colleague who took a place over, and
        everybody an agency booked for."""
        is_hers = place.email == self.order.buyer_email or (place.person_id is not None and place.person_id == self.order.placed_by_id)
        before = next((one for one in self.places if one.id == place.replaces_id), None)
        first = before is None and self.order.agency_id is None
        return first or is_hers or (before is not None and before.state == "transferred" and self.opens(before))


def id_of(ref: str) -> int:
    """The id of the order at this address; NotFound otherwise."""
    found = db.session.scalar(select(Order.id).where(Order.ref == ref))
    if found is None:
        raise NotFound
    return found


def state_of(ref: str) -> Any:
    """Id and state of the order at this address, and whose part it is; NotFound when there is none."""
    found = run(_STATE, {"ref": ref}).one_or_none()
    if found is None:
        raise NotFound
    return found


def by_id(order_id: int) -> Any:
    """Reference, state, way to pay and buyer of an order."""
    return db.session.execute(select(Order.ref, Order.state, Order.method, Order.placed_by_id).where(Order.id == order_id)).one()


def id_by_key(submit_key: str) -> str | None:
    """The reference of the order a form made."""
    joined = aliased(Order)
    return db.session.scalar(select(func.coalesce(joined.ref, Order.ref)).select_from(Order)
                             .outerjoin(joined, joined.id == Order.joined_id).where(Order.submit_key == submit_key))


def begun(ref: str, now: datetime) -> Any:
    """An order that waits for its buyer, and other places may go on: its id, ref, deadline, places and payer, whose name stands in two
    parts where a place on it is her own. None otherwise."""
    own = (select(func.count()).where(Registration.order_id == Order.id, Registration.state == "held",
                                      Registration.inclusion_of_id.is_(None)).scalar_subquery())
    herself = (select(Registration.person_id).where(Registration.order_id == Order.id, Registration.state == "held",
                                                    Registration.email == Payer.email).order_by(Registration.id).limit(1).scalar_subquery())
    return db.session.execute(
        select(Order.id, Order.ref, Order.hold_until, Payer.name, Payer.email, own.label("places"), Person.given_name, Person.family_name)
        .join(Payer, Payer.id == Order.payer_id).outerjoin(Person, Person.id == herself)
        .where(Order.ref == ref, Order.state == "held", Order.hold_until > now, Order.method.is_(None), Order.approval_until.is_(None),
               Payer.agency_id.is_(None))).one_or_none()


def whole(ref: str) -> Any:
    """The order others may be added to, by its own reference or that of an addition: how it stands, who ordered and who is billed
    (`billed_`). NotFound when there is none."""
    named, billed = aliased(Order), aliased(Payer)
    first = select(func.min(Charge.id)).where(Charge.order_id == Order.id).correlate(Order).scalar_subquery()
    found = db.session.execute(
        select(Order.id, Order.ref, Order.state, Order.method, Order.po_number, Order.placed_by_id, Payer.name, Payer.email,
               billed.agency_id, billed.kind.label("billed_kind"), billed.name.label("billed_name"),
               billed.email.label("billed_email"), billed.address.label("billed_address"))
        .join(named, func.coalesce(named.part_of_id, named.id) == Order.id).join(billed, billed.id == Order.payer_id)
        .join(Charge, Charge.id == first).join(Payer, Payer.id == Charge.payer_id).where(named.ref == ref)).one_or_none()
    if found is None:
        raise NotFound
    return found


def additions(view: OrderView, *more: ColumnElement[Any]) -> list[OrderView]:
    """What was added to the order later and is placed (or was): an order each, in the order they were made.
    Three statements where there is any, else none."""
    if not view.order.has_additions:
        return []
    orders = db.session.execute(_orders(Order.part_of_id == view.order.id, Order.state.in_(("placed", "cancelled")), more=more)).all()
    ids = [one.id for one in orders]
    places = places_of(Registration.order_id.in_(ids)) if ids else []
    lines = db.session.execute(_lines_of(Charge.order_id.in_(ids))).all() if ids else []
    return [OrderView(one, [place for place in places if place.order_id == one.id], [line for line in lines if line.order_id == one.id])
            for one in orders]


def place_among(refs: Collection[str], event_id: int, email: str) -> Any:
    """The latest active place in the event for the address, among these orders: its state and the order's reference, or None."""
    return db.session.execute(
        select(Order.ref.label("order_ref"), Registration.state).join(Order, Order.id == Registration.order_id)
        .where(Order.ref.in_(refs), Registration.event_id == event_id, Registration.state.in_(("held", "confirmed")),
               Registration.email == email.strip().lower()).order_by(Registration.id.desc()).limit(1)).first()


def by_ref(ref: str, *more: ColumnElement[Any]) -> OrderView:
    """The order at this address; NotFound when there is none. `more`: columns of other features, read along as of `Order`."""
    order = run(_order(*more), {"ref": ref}).one_or_none()
    if order is None:
        raise NotFound
    lines = run(_lines(), {"order": order.id}).all()
    return OrderView(order, list(run(_places_of_order(), {"order": order.id}).all()), list(lines))


@cache  # here and below: built once, for composing one costs more than running it
def _order(*more: ColumnElement[Any]) -> Any:
    return _orders(Order.ref == bindparam("ref"), more=more)


def _orders(*which: ColumnElement[bool], more: Collection[ColumnElement[Any]] = ()) -> Any:
    o, p, a, added, whole_ = Order, Payer, Agency, aliased(Order), aliased(Order)
    return (
        select(o.id, o.ref, o.state, o.method, o.po_number, o.hold_until, o.extensions, o.approval_until, o.approvals, o.has_year,
               o.created_at, o.placed_at, o.ended_at, o.placed_by_id, own_page.buyer_address().label("buyer_email"),
               p.kind.label("payer_kind"), p.name.label("payer_name"), p.email.label("payer_email"), p.address.label("payer_address"),
               p.agency_id, a.name.label("agency"), a.billing_name, a.billing_email, a.billing_address, a.po_required,
               whole_.ref.label("whole_ref"), select(added.id).where(added.part_of_id == o.id).exists().label("has_additions"), *more)
        .join(p, p.id == o.payer_id).outerjoin(a, a.id == p.agency_id).outerjoin(whole_, whole_.id == o.part_of_id)
        .where(*which).order_by(o.id))


@cache
def _lines() -> Any:
    return _lines_of(Charge.order_id == bindparam("order"))


def _lines_of(which: ColumnElement[bool]) -> Any:
    voiding = aliased(Charge)
    return (
        select(Charge.id, Charge.order_id, Charge.kind, Charge.label, Charge.amount_cents, Charge.due_on, Charge.explained,
               Charge.registration_id)
        .outerjoin(voiding, voiding.voids_id == Charge.id)
        .where(which, Charge.kind != "void", voiding.id.is_(None)).order_by(Charge.id))


def places_of(which: Any) -> list[Any]:
    """Registrations with event, type, person and policy, by id. One statement."""
    return list(db.session.execute(_places().where(which)).all())


@cache
def _places_of_order() -> Any:
    return _places().where(Registration.order_id == bindparam("order"))


@cache
def _places() -> Any:
    r, e = Registration, Event
    return (
        select(r.id, r.state, r.mode, r.email, r.person_id, r.order_id, r.inclusion_of_id, r.replaces_id, r.ended_reason, r.release_on,
               r.declined_blocks, r.confirmed_at, r.moved_at, r.event_id, r.group_id, r.type_id, RegistrationType.name.label("type"),
               RegistrationType.audience, RegistrationType.covers,
               RegistrationType.on_request, Deferral.expires_on.label("put_off_until"),
               Deferral.opened_at.label("put_off_ended_at"), e.course_id, e.sign_up,
               e.opens_at, e.closes_at, e.title, e.slug, e.kind, e.zone, e.city, e.mode.label("event_mode"), e.platform, e.online_url,
               e.link_opens_minutes, e.starts_at, e.ends_at, e.session_count, e.status, e.training_minutes, e.rsc_minutes,
               e.breakouts_change_until, e.access_contact, e.unpaid_at_start, e.unpaid_release, Venue.name.label("venue"),
               select(Block.id).where(Block.event_id == e.id).exists().label("has_blocks"),
               select(Seat.id).join(Session, Session.id == Seat.session_id).where(
                   Seat.registration_id == r.id, Seat.state != "released", Session.block_id.is_not(None)).exists().label("has_chosen"),
               select(MemberClaim.id).where(MemberClaim.registration_id == r.id, MemberClaim.state == "asked").exists().label("is_claimed"),
               select(AddOn.id).where(AddOn.event_id == e.id, AddOn.retired_at.is_(None), ~AddOn.is_required).exists().label("sells_more"),
               cheaper.for_members().label("is_less_for_members"),
               select(Badge.id).where(Badge.registration_id == r.id).exists().label("has_badges"),
               CancellationPolicy.rules, CancellationPolicy.sentence, Person.given_name, Person.family_name)
        .join(e, e.id == r.event_id).join(RegistrationType, RegistrationType.id == r.type_id)
        .join(CancellationPolicy, accepted.policy())
        .outerjoin(Venue, Venue.id == e.venue_id).outerjoin(Person, Person.id == r.person_id)
        .outerjoin(Deferral, Deferral.registration_id == r.id).order_by(r.id))


def seats_of(registration_ids: Collection[int], since: datetime | None = None) -> list[Any]:
    """Seats that are held, with their sessions, in order of time; `since`: only sessions ending after. One statement."""
    if since is None:
        return list(run(_seats(), {"places": list(registration_ids)}).all())
    return list(db.session.execute(_seats().where(Session.ends_at >= since), {"places": list(registration_ids)}).all())


@cache
def _seats() -> Any:
    s = Session
    return (
        select(Seat.registration_id, Seat.id.label("seat_id"), Seat.how, Seat.state, s.id, s.title, s.starts_at, s.ends_at, s.zone,
               s.status, s.mode, s.online_url, Block.name.label("block"), Room.name.label("room"))
        .join(s, s.id == Seat.session_id).outerjoin(Block, Block.id == s.block_id).outerjoin(Room, Room.id == s.room_id)
        .where(Seat.registration_id.in_(bindparam("places", expanding=True)), Seat.state != "released").order_by(s.starts_at, s.id)
    )
