"""The places are theirs: registrations confirmed, seats booked, everybody told. In the transaction of what decided it."""

from collections import Counter
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from webapp.catalog.models import Event
from webapp.core import clock, states
from webapp.core.db import db, run
from webapp.core.errors import Closed, Refusal
from webapp.registration import announcing, group_sizes, places, seats
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.models import ORDER_MOVES, REGISTRATION_MOVES, Application, Order, Payer, Registration, Seat
from webapp.registration.orders import making
from webapp.registration.orders.locking import locked, registrations, to_place
from webapp.registration.setasides import drawing

# Built once: every order asks it.
_BOOK = (update(Seat).where(Seat.registration_id.in_(bindparam("places", expanding=True)), Seat.state == "held")
         .values(state="booked", changed_at=bindparam("at")))


def confirm(order_id: int, at: datetime | None = None) -> None:
    """Money came for the order: its places are confirmed. Doing it again changes nothing.

    Only a held or releasing order; one that was let go meanwhile is `confirm_late`'s, a cancelled one is refused (`wrong_state`).
    """
    order = locked(order_id)
    if order.state != "placed":
        complete(order, at or clock.now())


def confirm_late(order_id: int, at: datetime | None = None) -> bool:
    """Money came after the hold had ended: every place of the order is found again (True), or nothing happens (False).

    False when a place is gone at any level, when a group is full for those of the order who belong to it, when the person has
    another place in the event by now, when its discount code or fund is used up, when the event was cancelled, or when the order
    cannot be placed any more. Payments then leaves the money on finance's desk.
    """
    order = to_place(order_id)
    if order.state != "expired":
        return False
    try:
        with db.session.begin_nested():
            _seat_again(order, at or clock.now())
    except Refusal:
        db.session.refresh(order)
        return False
    return True


def complete(order: Order, at: datetime, *, release_on: date | None = None, buyer: Payer | None = None) -> None:
    """Held (or releasing) to placed. `release_on`: until when a place on invoice is kept unpaid. `buyer`: when an agency pays."""
    if order.state == "expired":  # its places are gone: only `confirm_late` may bring it back, with places found again
        raise Refusal("The time for this order is over, so the seat was let go.", code="wrong_state")
    states.check(ORDER_MOVES, "order", order.state, "placed")
    _finish(order, registrations(order.id, "held"), at, release_on, buyer)


def _seat_again(order: Order, at: datetime) -> None:
    lost = registrations(order.id, "expired")
    if "cancelled" in db.session.scalars(select(Event.status).where(Event.id.in_({one.event_id for one in lost}))).all():
        raise Closed("This event was cancelled.", code="cancelled")
    _claim(lost)
    members = Counter((one.event_id, one.group_id) for one in lost if one.group_id is not None)
    for (event_id, group_id), people in sorted(members.items()):
        group_sizes.check(event_id, group_id, people)
    _find_seats(lost)
    counting.take_again([one.id for one in lost], at)
    if order.is_split:
        sharing.take_again([one.id for one in lost], at)
    db.session.execute(update(Seat).where(Seat.registration_id.in_([one.id for one in lost]), Seat.state == "released")
                       .values(state="held", changed_at=at))
    _finish(order, lost, at)


def _claim(lost: list[Registration]) -> None:
    """Each is her one place in the event again, before any pool is touched: who takes one herself at this moment comes first, or after."""
    for one in lost:
        one.state = "held"
    try:
        db.session.flush()
    except IntegrityError as error:  # the unique key of active places
        raise making.already(mine=False) from error


def _find_seats(lost: list[Registration]) -> None:
    """In the set-aside a place had been taken from, where that has one left; else where everybody finds one."""
    uses = {one.id: places.pools_of(one.id) for one in lost}
    asides = drawing.again(lost, uses)
    seats.change(uses, asides=asides)


def _finish(order: Order, ours: list[Registration], at: datetime, release_on: date | None = None, buyer: Payer | None = None) -> None:
    order.state, order.placed_at, order.hold_until, order.ended_at, order.approval_until = "placed", at, None, None, None
    book(ours, at, release_on)
    if order.is_split:
        sharing.charge([one.id for one in ours], at)
    if order.submit_key and order.submit_key.startswith("application:"):
        db.session.execute(
            update(Application).where(Application.registration_id.in_([one.id for one in ours]), Application.state == "offered")
            .values(state="accepted"))
    announcing.confirmed(order, ours, at, buyer)


def book(ours: list[Registration], at: datetime, release_on: date | None) -> None:
    """These registrations are confirmed, their seats booked."""
    for one in ours:
        states.check(REGISTRATION_MOVES, "registration", one.state, "confirmed")
        one.state, one.confirmed_at, one.release_on, one.ended_at = "confirmed", at, release_on, None
    db.session.flush()
    run(_BOOK, {"places": [one.id for one in ours], "at": at})
