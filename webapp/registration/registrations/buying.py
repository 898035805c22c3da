"""Something more for a place that is confirmed: add-ons bought later, with the seats they take. What they cost is owed on its order."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from webapp.accounts import memberships
from webapp.core import audit, clock, times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal, Stale, Unacceptable
from webapp.registration import ledger, pricing, rules, sale, seats
from webapp.registration.badges import giving as badges
from webapp.registration.models import Registration, RegistrationAddOn
from webapp.registration.orders.locking import locked
from webapp.registration.pricing import Line
from webapp.registration.queries.orders import places_of
from webapp.registration.registrations.breakouts import lock
from webapp.registration.sale import AddOnOffer, Sale

MOST = 20  # of one thing for one place, what was bought before included


@dataclass(frozen=True)
class Bought:
    """What is bought, line by line, and what it costs more (cents)."""

    order_id: int
    lines: tuple[Line, ...]

    @property
    def change_cents(self) -> int:
        """What is owed more."""
        return pricing.total(self.lines)


def buying_refused(place: Any, now: datetime, *, by_staff: bool = False) -> Refusal | None:
    """Why nothing can be bought for this place (a row of `queries.orders.places_of`) now; None when it can. Reads nothing.

    Staff may until the event is cancelled, also after registration closed.
    """
    if place.state != "confirmed":
        return Closed("This place is not confirmed, so nothing can be bought for it.", way_out="Look at the page of the order again.",
                      code="not_active")
    if place.inclusion_of_id is not None:
        return Refusal("This place belongs to another one.", way_out="Buy it for that one.", code="linked")
    sign_up = rules.SignUp(place.status, place.sign_up, place.zone, place.opens_at, place.closes_at, place.starts_at)
    return rules.closed_because(sign_up, now) if not by_staff or place.status == "cancelled" else None


def foresee_buying(registration_id: int, wanted: Mapping[int, int], *, by_staff: bool = False) -> Bought:
    """What these add-ons (id -> how many more) would cost now, shown before they are bought. Refuses as `buy` does; reads only.

    Whether they are still there is decided when they are taken.
    """
    place = _place(registration_id)
    of = sale.load_by_id(place.event_id)
    return Bought(place.order_id, _lines(place, of, _chosen(place, of, wanted), clock.now(), by_staff))


def buy(registration_id: int, wanted: Mapping[int, int], *, by_id: int | None, by_staff: bool = False, reason: str = "",
        seen_cents: int | None = None) -> Bought:
    """The add-ons are the place's, at the price of today; no code and no fund lowers them. Payments brings the money in line. Recorded.

    Refused with Full when not so many are left, when nothing or what is not sold was asked for, more than twenty of a thing, `by_staff`
    without a reason; Stale when the price is another than the page showed (`seen_cents`).
    """
    now = clock.now()
    if by_staff and not reason.strip():
        raise Unacceptable("Say why it is added; it stands in the history.", field="reason")
    of = sale.load_by_id(_place(registration_id).event_id)  # before the order is locked: see `sale`
    order = locked(_place(registration_id).order_id)
    lock(registration_id)
    place = _place(registration_id)
    chosen = _chosen(place, of, wanted)
    found = Bought(place.order_id, _lines(place, of, chosen, now, by_staff))
    if seen_cents is not None and seen_cents != found.change_cents:
        raise Stale("The price changed since you opened this page.", way_out="Look at it again before you go on.", code="changed_price")
    _take(registration_id, of, chosen)
    debtor = ledger.Debtor(order.id, order.payer_id, of.id, registration_id, by_id)
    ledger.write([(debtor, line) for line in found.lines], now)
    audit.record("registration.bought", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                 after={"things": [line.label for line in found.lines], "change_cents": found.change_cents})
    return found


def _place(registration_id: int) -> Any:
    found = places_of(Registration.id == registration_id)
    if not found:
        raise NotFound
    return found[0]


def _chosen(place: Any, of: Sale, wanted: Mapping[int, int]) -> list[tuple[AddOnOffer, int]]:
    had = _had(place.id)
    chosen = []
    for key, count in sorted(wanted.items()):
        if key not in of.add_ons or not 0 <= count <= MOST - had.get(key, 0):
            raise Unacceptable(f"Choose from what is offered, at most {MOST} of each, with what you have.", field=f"add_on_{key}")
        if count and of.add_ons[key].unlocks_block_id is not None and had.get(key, 0) + count > 1:
            raise Unacceptable("It was bought for this place already.", field=f"add_on_{key}", code="has_it")
        chosen += [(of.add_ons[key], count)] if count else []
    if not chosen:
        raise Unacceptable("Choose what to add.", way_out="Write how many of a thing.", code="nothing")
    return chosen


def _lines(place: Any, of: Sale, chosen: list[tuple[AddOnOffer, int]], now: datetime, by_staff: bool) -> tuple[Line, ...]:
    if (refusal := buying_refused(place, now, by_staff=by_staff)) is not None:
        raise refusal
    today = times.local(now, of.event.zone).date()
    member = place.person_id is not None and memberships.valid_on(place.person_id, today) is not None
    audience, due = pricing.audience_of(place.audience, member), pricing.due_on(today, of.starts_on)
    return tuple(pricing.add_on_line(one.item, count, audience, now, due) for one, count in chosen)


def _take(registration_id: int, of: Sale, chosen: list[tuple[AddOnOffer, int]]) -> None:
    uses = Counter[int]()
    for one, count in chosen:
        if one.pool:
            uses[one.pool.id] += count
    if uses:
        seats.change({registration_id: uses}, of.levels())
    had = _had(registration_id)
    for one, count in chosen:
        mine = (RegistrationAddOn.registration_id == registration_id, RegistrationAddOn.add_on_id == one.id)
        more = update(RegistrationAddOn).where(*mine).values(count=RegistrationAddOn.count + count)
        if not db.session.connection().execute(more).rowcount:
            db.session.execute(insert(RegistrationAddOn).values(registration_id=registration_id, add_on_id=one.id, count=count))
        badges.more(registration_id, one, had.get(one.id, 0), count)


def _had(registration_id: int) -> dict[int, int]:
    """Add-on id -> how many were bought so far."""
    return dict(db.session.execute(select(RegistrationAddOn.add_on_id, RegistrationAddOn.count)
                                   .where(RegistrationAddOn.registration_id == registration_id)).all())
