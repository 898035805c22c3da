"""A membership year put on an order that is held, or taken off it: her places on the order cost the member price at once.

It is a line of the order, of no place and no event: no code and no fund lowers it, and the policy of no event keeps or returns it.
Whether the membership stands follows from the money (`years.standing`).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from webapp.accounts import memberships, names, people
from webapp.accounts.models import Person
from webapp.core import clock, times
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal
from webapp.registration import ledger, seats, standing_still
from webapp.registration.models import Order, Payer, Registration
from webapp.registration.orders import coding, reckoning
from webapp.registration.pricing import Line, total
from webapp.registration.registrations import rewriting, successors
from webapp.registration.sale import Sale, TypeOffer
from webapp.registration.years import rules
from webapp.registration.years.models import MembershipPlan, MembershipYear

TAKEN_OFF = "The membership was taken off the order"


class _Dearer(Exception):
    """The member price of these events would cost no less than what she has."""

    def __init__(self, event_ids: Collection[int]) -> None:
        super().__init__()
        self.event_ids = event_ids


def add_year(order_id: int, registration_id: int, plan_id: int) -> None:
    """Who has this place becomes a member with the order; all her places on it cost the member price, wherever that is less.

    Refused as a code is (not held any more, a payment page was opened), for a seat without a name, for who is a member on the day or
    becomes one with this order already, where an agency books, and with Full where the places for members are taken.
    """
    now = clock.now()
    events = coding.sold(order_id)
    held = coding.the_held(order_id, now)
    place = next((one for one in held.places if one.id == registration_id), None)
    plan = db.session.get(MembershipPlan, plan_id)
    if place is None or place.person_id is None or plan is None or plan.withdrawn_at is not None:
        raise NotFound
    _refuse(held.order, place, times.local(now, next(of.event.zone for of in events if of.id == place.event_id)).date())
    hers = _hers(held.places, place)
    if any(one.person_id in {other.person_id for other in hers} for one in of_order(order_id)):
        raise AlreadyDone("This order has a membership for her already; nothing was done twice.", code="two_years")
    year = MembershipYear(order_id=order_id, registration_id=place.id, person_id=place.person_id, plan_id=plan.id, months=plan.months,
                          charge_id=_charge(held.order, place, plan, now), created_at=now,
                          types_before={str(one.id): one.type_id for one in hers})
    held.order.has_year = True
    db.session.add(year)
    db.session.flush()
    _cheaper(held.order, events, {year.id: hers}, now)


def price(order: Order, of: Sale, now: datetime) -> None:
    """Places of the event that came to the order: those of who becomes a member with it cost the member price too."""
    places = reckoning.own(order.id)
    _cheaper(order, [of], {one.id: _hers(places, _bought_with(one)) for one in of_order(order.id)}, now)


def remove_year(order_id: int, year_id: int) -> None:
    """Takes it off the order; her places cost again what they did. Refused as a code is, and where a place is for members only."""
    now = clock.now()
    events = coding.sold(order_id)
    held = coding.the_held(order_id, now)
    year = next((one for one in of_order(order_id) if one.id == year_id), None)
    if year is None:
        raise NotFound
    _end(held.order, year, now)
    hers = _hers(held.places, _bought_with(year))
    found = [(of, one, _before(of, one, year)) for of in events for one in hers
             if one.event_id == of.id and of.type(one.type_id).audience == "member"]
    found = [(of, one, type_) for of, one, type_ in found if type_.id != one.type_id]  # who was a member before stays one
    _retype(held.order, found, now)
    standing_still.counters(Registration.order_id == order_id)
    for of in (of for of in events if any(of.id == changed.id for changed, _, _ in found)):
        reckoning.repriced(held.order, of, now)


def confirmed(order: Order, place: Registration, of: Sale, *, now: datetime) -> int:
    """Staff know that who has this place is a member: it costs the member price, where that is less; returns the change in cents.

    On a held order group price, code and fund are reckoned anew; on a placed one a code stays as far as it reaches, and it is refused
    where others carry a part, and while somebody stands on the payment page. The order is locked.
    """
    if (order.state == "held" and (order.method is not None or order.approval_until is not None)) or order.state == "releasing":
        raise Refusal("The order is being paid at this moment.", way_out="Try again in half an hour.", code="paying")
    before, after = ledger.owed(order.id), successors.type_for(of, of.type(place.type_id), True)
    if order.state == "placed" and any(ledger.carried(one) for one in ledger.live(order.id, [place.id])):
        raise Refusal("Others pay a part of this place.", way_out="Take their part back first, then confirm.", code="shared")
    for year in of_order(order.id):  # taken off the order, it leaves her the member price
        if str(place.id) in year.types_before:
            year.types_before = year.types_before | {str(place.id): after.id}
    try:
        with db.session.begin_nested():
            _retype(order, [(of, place, after)] if after.id != place.type_id else [], now)
            if order.state == "held":
                reckoning.repriced(order, of, now)
            if ledger.owed(order.id) >= before:
                raise _Dearer([of.id])
    except _Dearer:
        return 0
    return ledger.owed(order.id) - before


def leave(order: Order, place: Registration, now: datetime) -> None:
    """Her place goes off the order: the membership goes with her last one, else it is bought beside another of hers."""
    places = reckoning.own(order.id)
    for year in of_order(order.id):
        hers = {one.id for one in _hers(places, _bought_with(year))}
        others = sorted(hers - {place.id})
        if hers == {place.id}:
            _end(order, year, now)
        elif year.registration_id == place.id:
            year.registration_id = others[0]


def includes(order_id: int, person_id: int | None, name: str, email: str) -> bool:
    """Whether a membership on the order is hers: of the person, or of who has the same name and address."""
    rows = db.session.execute(
        select(MembershipYear.person_id, Person.given_name, Person.family_name, Registration.email)
        .join(Person, Person.id == MembershipYear.person_id).join(Registration, Registration.id == MembershipYear.registration_id)
        .where(MembershipYear.order_id == order_id, MembershipYear.ended_at.is_(None)))
    return any(row.person_id == person_id or (row.email == email and names.same(f"{row.given_name} {row.family_name}", name))
               for row in rows)


def of_order(order_id: int) -> list[MembershipYear]:
    """The membership years on the order, the first first."""
    return list(db.session.scalars(
        select(MembershipYear).where(MembershipYear.order_id == order_id, MembershipYear.ended_at.is_(None)).order_by(MembershipYear.id)))


def _refuse(order: Order, place: Registration, today: date) -> None:
    if db.session.scalars(select(Payer.agency_id).where(Payer.id == order.payer_id)).one() is not None:
        raise Refusal("An agency's order is for places only.", way_out="She becomes a member on an order of her own.", code="by_agency")
    has = memberships.latest(place.person_id) if place.person_id is not None else None
    if has is not None and not rules.may_buy(has.until_on, today):
        raise AlreadyDone(f"This membership runs to {times.date_words(has.until_on)} already.", code="member")


def _charge(order: Order, place: Registration, plan: MembershipPlan, now: datetime) -> int:
    """The line of the year, due when her place is: an order is paid as a whole. Returns its id."""
    due_on = min((one.due_on for one in ledger.live(order.id, [place.id])), default=now.date())
    words = f"Membership for {plan.months} months; with it the member price."
    line = Line("add_on", plan.name, plan.amount_cents, due_on, plan.account_code, {"rule": rules.RULE, "words": words, "place": place.id})
    ledger.write([(ledger.Debtor(order.id, order.payer_id, None, None), line)], now)
    return next(one.id for one in reversed(ledger.live(order.id)) if one.explained.get("place") == place.id)


def _end(order: Order, year: MembershipYear, now: datetime) -> None:
    ledger.void([one for one in ledger.live(order.id) if one.id == year.charge_id], reason=TAKEN_OFF, by_id=None, at=now)
    year.ended_at = now
    db.session.flush()


def _bought_with(year: MembershipYear) -> Registration:
    """The place it was bought beside; it may have gone since, with its event."""
    return db.session.get_one(Registration, year.registration_id)


def _hers(places: Sequence[Registration], place: Registration) -> list[Registration]:
    """Her places among those: of the same person, or of guests with her name and address."""
    ids = [one.person_id for one in (*places, place) if one.person_id is not None]
    name = {row.id: row.name for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    root = {one: people.root_id(one) for one in ids}
    return [one for one in places if one.person_id is not None and place.person_id is not None and (
        root[one.person_id] == root[place.person_id]
        or (one.email == place.email and names.same(name[one.person_id], name[place.person_id])))]


def _cheaper(order: Order, events: Sequence[Sale], hers: dict[int, list[Registration]], now: datetime) -> None:
    """The member price for these places, by year, in every event where it is less in the end, whatever codes and funds do.

    One savepoint for all events, so that pools are locked before codes: what is dearer is left out, and it is done again.
    """
    left = list(events)
    while left:
        try:
            with db.session.begin_nested():
                return _as_members(order, left, hers, now)
        except _Dearer as dearer:
            left = [of for of in left if of.id not in dearer.event_ids]
    return None


def _as_members(order: Order, events: Sequence[Sale], hers: dict[int, list[Registration]], now: datetime) -> None:
    wanted, before = [], {of.id: _sum(order.id, of.id) for of in events}
    for year in of_order(order.id):
        for of in events:
            found = [(of, one, successors.type_for(of, of.type(one.type_id), True)) for one in hers.get(year.id, ())
                     if one.event_id == of.id and one.set_aside_id is None]
            found = [(of, one, after) for of, one, after in found if after.id != one.type_id]
            year.types_before = year.types_before | {str(one.id): one.type_id for _, one, _ in found}
            wanted += found
    _retype(order, wanted, now)
    standing_still.counters(Registration.order_id == order.id)
    changed = [of for of in events if any(of.id == one.id for one, _, _ in wanted)]
    for of in changed:
        try:
            reckoning.repriced(order, of, now)
        except Refusal as refusal:  # her code is for others only, or over by now: it stays with the price it was for
            raise _Dearer([of.id]) from refusal
    if dearer := [of.id for of in changed if _sum(order.id, of.id) >= before[of.id]]:
        raise _Dearer(dearer)


def _retype(order: Order, wanted: Sequence[tuple[Sale, Registration, TypeOffer]], now: datetime) -> None:
    """These places have the price of these types, at the moment they were ordered; pools of types that differ move with them."""
    moved: dict[int, Counter[int]] = {}
    levels: dict[int, seats.Level] = {}
    for of, one, after in wanted:
        delta = Counter(of.pool_ids(after, one.mode))
        delta.subtract(of.pool_ids(of.type(one.type_id), one.mode))
        moved[one.id] = Counter({pool: count for pool, count in delta.items() if count})
        levels |= of.levels()
        old = ledger.live(order.id, [one.id])
        lines = rewriting.retyped(one, of, after, old)
        ledger.void(old, reason="The price is that of another type.", by_id=None, at=now)
        ledger.write([(ledger.Debtor(order.id, order.payer_id, of.id, one.id), line) for line in lines], now)
        one.type_id = after.id
    db.session.flush()
    if any(moved.values()):
        seats.change(moved, levels)


def _before(of: Sale, place: Registration, year: MembershipYear) -> TypeOffer:
    """The type her place had, or the counterpart of one that was chosen with the membership."""
    before = year.types_before.get(str(place.id))
    return of.type(before) if before is not None else successors.type_for(of, of.type(place.type_id), False)


def _sum(order_id: int, event_id: int) -> int:
    return total(one for one in ledger.live(order_id) if one.event_id == event_id)  # type: ignore[misc]
