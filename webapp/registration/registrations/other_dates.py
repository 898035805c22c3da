"""What a place becomes at another date of its course: its type, mode and add-ons there, and what that costs."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.accounts import memberships, people
from webapp.core import times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal, Unacceptable
from webapp.registration import ledger, pricing, rules, sale
from webapp.registration.codes import reading
from webapp.registration.codes.models import CodeUse
from webapp.registration.funds import returning
from webapp.registration.models import ACTIVE, AddOn, Charge, Registration, RegistrationAddOn, RegistrationType
from webapp.registration.orders.making import already
from webapp.registration.orders.wishes import Place
from webapp.registration.other_date import Foreseen
from webapp.registration.pricing import Line
from webapp.registration.registrations import rewriting
from webapp.registration.sale import AddOnOffer, Sale, TypeOffer

SAME_PRICE = "The price stays as it was"


@dataclass(frozen=True)
class Plan:
    """What will be: the place at the other date with its lines, and the lines that are taken back."""

    of: Sale
    place: Place
    old: list[Charge]
    along: tuple[str, ...]
    left: tuple[str, ...]
    code_ends: bool

    @property
    def change_cents(self) -> int:
        """What is owed more; negative is less."""
        return pricing.total(self.place.lines) - sum(one.amount_cents for one in self.old)

    @property
    def foreseen(self) -> Foreseen:
        """The same for a page."""
        return Foreseen(self.of.event.title, self.place.type.name, self.place.mode, self.change_cents, self.along, self.left,
                        self.code_ends, has_breakouts=bool(self.of.event.has_blocks))


def plan(place: Any, event_id: int, now: datetime, *, by_staff: bool, no_dearer: bool) -> Plan:
    """The place (a row of `queries.orders.places_of`) at the other event. Reads only.

    Priced as the other date is sold now; corrections by hand go along, and a discount code and what others carry as far as they are
    for that event. `no_dearer`: what would be owed more is taken off again. Refused when the other date is no date for it (`same_date`,
    `no_such_place`), takes nobody any more (not for staff), or when the person has a place there.
    """
    of = sale.load_by_id(event_id)
    _refuse_date(place, of, now, by_staff)
    if place.person_id is not None and _has_place(event_id, place.person_id):
        raise already(mine=False)
    type_ = _type(place, of, by_staff, now)
    mode = rules.mode_of(of.event.mode, type_.mode, place.mode)
    add_ons, along, left = _add_ons(place, of, type_)
    old = ledger.live(place.order_id, [place.id])
    lines = _quoted(place, of, type_, add_ons, now)
    keeps = _code_stays(place.id, of.id, type_.id)
    if keeps:
        lines += rewriting.still_off([one for one in old if ledger.by_code(one)], pricing.total(lines))
    lines += rewriting.still_off(_staying(place, of, type_, old), pricing.total(lines))
    lines += [rewriting.copied(one) for one in old if one.kind not in rewriting.PRICED]
    lines += _taken_off(lines, sum(one.amount_cents for one in old)) if no_dearer else []
    at_other = Place(place.person_id, place.email, type_, mode, lines, add_ons)
    return Plan(of, at_other, old, along, left, code_ends=not keeps and any(ledger.by_code(one) for one in old))


def _refuse_date(place: Any, of: Sale, now: datetime, by_staff: bool) -> None:
    if of.id == place.event_id:
        raise Unacceptable("The place is at this date now.", field="event", way_out="Choose another one.", code="same_date")
    if of.event.status == "draft":
        raise NotFound
    refusal = rules.closed_because(of.sign_up, now) or (rules.other_way_in(of.sign_up) if not by_staff else None)
    if refusal is not None and (not by_staff or of.event.status == "cancelled"):
        raise refusal


def _type(place: Any, of: Sale, by_staff: bool, now: datetime) -> TypeOffer:
    """The type most like hers: of the same audience, best of the same name, then of the same mode."""
    was = db.session.execute(select(RegistrationType.name, RegistrationType.audience, RegistrationType.mode, RegistrationType.covers)
                             .where(RegistrationType.id == place.type_id)).one()
    sold = [one for one in of.types.values() if not one.retired and (by_staff or not one.on_request)
            and one.covers == was.covers and one.audience in (was.audience, "anyone")]
    sold.sort(key=lambda one: (one.audience != was.audience, one.name != was.name, one.mode != was.mode, one.id))
    if not sold:
        raise Refusal(f"{of.event.title} sells no place like this one ({was.name}).", way_out="Write to the organizer.", field="event",
                      code="no_such_place")
    refusal = None if by_staff else rules.type_because(
        sold[0].name, on_request=False, retired=False, opens_at=sold[0].opens_at, closes_at=sold[0].closes_at, zone=of.event.zone, now=now)
    if refusal is not None:
        raise refusal
    return sold[0]


def _add_ons(place: Any, of: Sale, type_: TypeOffer) -> tuple[list[tuple[AddOnOffer, int]], tuple[str, ...], tuple[str, ...]]:
    """What was bought goes along where the other date sells something of the same name, and what everybody buys there comes with it."""
    bought: dict[str, int] = dict(db.session.execute(
        select(AddOn.name, RegistrationAddOn.count).join(AddOn, AddOn.id == RegistrationAddOn.add_on_id)
        .where(RegistrationAddOn.registration_id == place.id).order_by(AddOn.id)).all())
    there = {one.name: one for one in of.add_ons.values()}
    chosen = [(one, max(bought.get(name, 0), int(one.is_required and type_.takes_seat))) for name, one in there.items()]
    return ([(one, count) for one, count in chosen if count], tuple(name for name in bought if name in there),
            tuple(name for name in bought if name not in there))


def _quoted(place: Any, of: Sale, type_: TypeOffer, add_ons: list[tuple[AddOnOffer, int]], now: datetime) -> list[Line]:
    today = times.local(now, of.event.zone).date()
    member = bool(add_ons) and place.person_id is not None and memberships.valid_on(place.person_id, today) is not None
    try:
        return pricing.quote(
            type_.item, at=now, zone=of.event.zone, audience=pricing.audience_of(type_.audience, member), starts_on=of.starts_on,
            add_ons=[(one.item, count) for one, count in add_ons], people=rewriting.together(place.order_id, place.event_id),
            group_rules=sale.group_rules(of))
    except Closed as refusal:
        raise Closed(refusal.sentence, way_out="Write to the organizer.", field="event", code="no_price") from None


def _taken_off(lines: list[Line], before_cents: int) -> list[Line]:
    """What would be owed more than before, taken off again."""
    more = pricing.total(lines) - before_cents
    return [replace(lines[0], kind="correction", label=SAME_PRICE, amount_cents=-more, explained={})] if more > 0 else []


def _code_stays(registration_id: int, event_id: int, type_id: int) -> bool:
    code_id = db.session.scalar(select(CodeUse.code_id).where(CodeUse.registration_id == registration_id, CodeUse.ended_at.is_(None)))
    if code_id is None:
        return False
    code = reading.by_id(code_id)
    return not (code.event_ids or code.type_ids) or event_id in code.event_ids or type_id in code.type_ids


def _staying(place: Any, of: Sale, type_: TypeOffer, old: list[Charge]) -> list[Charge]:
    """What others carry of the place: it goes along, a fund's part only where the fund is for the other date too."""
    found = [one for one in old if ledger.carried(one)]
    gone = returning.not_for([place.id], event_id=of.id, type_id=type_.id) if found else frozenset()
    return [one for one in found if one.explained["by"] not in gone]


def _has_place(event_id: int, person_id: int) -> bool:
    return db.session.scalar(select(Registration.id).where(
        Registration.event_id == event_id, Registration.person_id.in_(people.family_ids(person_id)), Registration.state.in_(ACTIVE))
        .limit(1)) is not None
