"""Several events and people on one order, before it is paid: places added to a held order, and one of them taken out again.

The order keeps one payer, one deadline and one payment. The group rule counts those who are in the same event; a code is put on all
places of its event, or on none (docs/decisions/carts.md).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.core import clock, states, tokens
from webapp.core.db import db, insert_new
from webapp.core.errors import AlreadyDone, Closed, NotFound, Refusal
from webapp.registration import ledger, sale, seats, standing_still
from webapp.registration.codes import counting
from webapp.registration.funds import asking, sharing
from webapp.registration.models import REGISTRATION_MOVES, Order, Registration
from webapp.registration.orders import coding, making, membering, reckoning, releasing
from webapp.registration.orders.locking import locked, registrations
from webapp.registration.orders.wishes import Held, Place
from webapp.registration.sale import Sale
from webapp.registration.setasides.standing import Standing

MOST_PLACES = 20
LONGEST = timedelta(hours=2)  # nobody keeps a seat for ever by adding others
AN_ORDER_OF_ITS_OWN = "Send the form again: it makes an order of its own."
TAKEN_OUT = "Taken out of the order before it was placed"


def open_order(order_id: int, now: datetime, more: int) -> Order:
    """The held order, locked, that so many more places may go on.

    Refused when its time is over (`expired`), once a payment page was opened or somebody was asked to pay (`paying`), and beyond
    twenty places.
    """
    order = locked(order_id)
    if order.state != "held" or order.hold_until is None or order.hold_until <= now:
        raise Closed("The time for the order you began is over.", way_out=AN_ORDER_OF_ITS_OWN, code="expired")
    if order.method is not None or order.approval_until is not None:
        raise Refusal("The order you began is being paid, so nothing can be added.", way_out=AN_ORDER_OF_ITS_OWN,
                      code="paying")
    if len(reckoning.own(order_id)) + more > MOST_PLACES:
        raise Refusal(f"An order has at most {MOST_PLACES} places.", way_out="Place this one first, then begin another.", code="too_many")
    return order


def add(order: Order, of: Sale, wanted: Sequence[Place], *, at: datetime, submit_key: str | None, typed: str = "",
        given_up: Mapping[int, Counter[int]] | None = None, passed: seats.Uses | None = None, asides: Iterable[Standing] = ()) -> Held:
    """The places on the order that is `open_order`; its deadline is twenty minutes from now again, two hours after it was begun at most.

    A code that was typed, or is on the event's places already, is put on all of them. The same form twice adds once (AlreadyDone).
    """
    _remember(order, submit_key, at)
    if order.has_year:
        standing_still.pools(of.id)  # to cost the member price, her place may move to another of them
    placed = making.seated(of, order, wanted, at=at, given_up=given_up, passed=passed, asides=asides)
    standing_still.counters((Registration.order_id == order.id) | Registration.id.in_(given_up or ()), typed)
    if given_up:
        counting.move(given_up, [], at)
        sharing.end_of(given_up, at)
    if any(place.fund_words is not None for place in wanted):
        asking.ask([(registration.id, place.fund_words) for registration, place in placed if place.fund_words is not None], at)
    order.hold_until = max(order.hold_until or at, min(at + making.HOLD, order.created_at + LONGEST))
    note = reckoning.reckon(order, of, at, typed)
    if order.has_year:
        membering.price(order, of, at)
    return Held(order.id, order.ref, ledger.owed(order.id), note=note)


def take_out(order_id: int, registration_id: int) -> None:
    """One place less on a held order, with what came with it; the last one lets the order go.

    Refused as a code is: when the order is not held any more, or a payment page was opened.
    """
    now = clock.now()
    event_id = db.session.scalar(select(Registration.event_id).where(Registration.id == registration_id))
    if event_id is None:
        raise NotFound
    of = sale.load_by_id(event_id)  # before the order is locked: see `sale`
    held = coding.the_held(order_id, now)
    order = held.order
    if registration_id not in {one.id for one in held.places}:
        raise NotFound
    if len(held.places) == 1:
        releasing.let_go(order_id)
        return
    if order.has_year:
        membering.leave(order, next(one for one in held.places if one.id == registration_id), now)
    _end([one for one in registrations(order_id, "held") if registration_id in (one.id, one.inclusion_of_id)], now)
    ledger.void(ledger.live(order_id, [registration_id]), reason=TAKEN_OUT, by_id=None, at=now)
    reckoning.reckon(order, of, now)
    ledger.drop_reductions(order_id, by_id=None, at=now)


def _end(gone: Sequence[Registration], now: datetime) -> None:
    for one in gone:
        states.check(REGISTRATION_MOVES, "registration", one.state, "cancelled")
        one.state, one.ended_at, one.ended_reason = "cancelled", now, TAKEN_OUT
    db.session.flush()
    releasing.release_seats([one.id for one in gone], now, state="held")
    seats.release(*(one.id for one in gone))
    standing_still.counters(Registration.order_id == gone[0].order_id)
    counting.move([one.id for one in gone], [], now)
    sharing.end_of([one.id for one in gone], now)


def _remember(order: Order, submit_key: str | None, at: datetime) -> None:
    """The form's key stays with a row of its own, so that the same form twice is known."""
    if submit_key is not None and insert_new(Order, on=("submit_key",), values={
            "ref": tokens.readable(16), "payer_id": order.payer_id, "placed_by_id": order.placed_by_id, "state": "expired",
            "submit_key": submit_key, "joined_id": order.id, "created_at": at, "ended_at": at}) is None:
        raise AlreadyDone("This form was sent twice at the same moment; it made one order.", code="same_form")
