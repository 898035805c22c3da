"""Holds end: more time, letting go, the clock. What was typed stays with the expired order, so that trying again refills it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from webapp.core import clock, states
from webapp.core.db import db
from webapp.core.errors import Closed, Refusal
from webapp.registration import announcing, seats
from webapp.registration.codes import counting
from webapp.registration.funds import sharing
from webapp.registration.models import ORDER_MOVES, REGISTRATION_MOVES, Order, Registration, Seat
from webapp.registration.orders.locking import locked, registrations

MORE_TIME = timedelta(minutes=10)
MOST_EXTENSIONS = 2


def give_more_time(order_id: int) -> datetime:
    """Ten minutes more from now, twice at most; returns the new deadline. Refused when the hold has ended already."""
    now = clock.now()
    order = locked(order_id)
    if order.state != "held" or order.hold_until is None or order.hold_until <= now:
        raise Closed("The time for this order is over, so the seat was let go.", way_out="What you typed is kept: try again.",
                     code="expired")
    if order.extensions >= MOST_EXTENSIONS:
        raise Refusal("Your seat was kept longer twice already.", way_out="Go on now, or let the seat go for somebody else.",
                      code="no_more_time")
    order.extensions += 1
    order.hold_until = max(order.hold_until, now + MORE_TIME)
    return order.hold_until


def due_for_release(now: datetime, limit: int = 200) -> list[int]:
    """Held orders whose time is over, the longest over first. (Those already `releasing` wait for their payment page.)"""
    return list(db.session.scalars(
        select(Order.id).where(Order.state == "held", Order.hold_until <= now).order_by(Order.hold_until, Order.id).limit(limit)))


def start_release(order_id: int) -> bool:
    """The order has a payment page open: nobody can place it any more, its seats stay until the page is closed. False: not held."""
    order = locked(order_id)
    if order.state != "held":
        return False
    order.state = "releasing"
    return True


def finish_release(order_id: int) -> bool:
    """The payment page is closed and nothing was paid: the seats go. False when the order became something else meanwhile."""
    order = locked(order_id)
    if order.state != "releasing":
        return False
    _expire(order, "The time to pay was over.", tell=order.hold_until is not None and order.hold_until <= clock.now())
    return True


def expire(order_id: int) -> bool:
    """The clock ends a hold without an open payment page. False when it is not over (any more)."""
    order = locked(order_id)
    if order.state != "held" or order.hold_until is None or order.hold_until > clock.now():
        return False
    _expire(order, "The time to pay was over.", tell=True)
    return True


def let_go(order_id: int, *, reason: str = "The seat was let go.") -> bool:
    """The buyer gives a held order back. One that went to a payment page is only marked: payments closes the page, then frees it."""
    order = locked(order_id)
    if order.state != "held":
        return False
    if order.method == "card":
        order.state = "releasing"
    else:
        _expire(order, reason, tell=False)
    return True


def replace(order_id: int, at: datetime) -> dict[int, Counter[int]]:
    """Ends a hold that nobody went to pay, for another that takes its place in the same transaction.

    `at` is the moment at which what they were sold with ends too: late money finds that again by it.
    Returns what the registrations still hold, as negative numbers: whoever takes the new places moves both in one pass over
    the pools, so that pools are locked in ascending order. Empty when the order became something else meanwhile.
    """
    order = locked(order_id)
    if order.state != "held" or order.method is not None:
        return {}
    ended = _end(order, "The form was sent again with changes.", at)
    return {registration_id: Counter({pool: -count for pool, count in uses.items()})
            for registration_id, uses in seats.held_by(one.id for one in ended).items()}


def _expire(order: Order, reason: str, *, tell: bool) -> None:
    ended = _end(order, reason, clock.now())
    seats.release(*(one.id for one in ended))
    counting.move([one.id for one in ended], [], order.ended_at or clock.now())
    if order.is_split:
        sharing.end_of([one.id for one in ended], order.ended_at or clock.now(), reason=reason)
    if tell:
        announcing.hold_ended(order, ended)


def _end(order: Order, reason: str, now: datetime) -> list[Registration]:
    """The order and its places have ended; their pools are the caller's."""
    states.check(ORDER_MOVES, "order", order.state, "expired")
    ours = registrations(order.id, "held")
    order.state, order.ended_at, order.approval_until = "expired", now, None
    for one in ours:
        states.check(REGISTRATION_MOVES, "registration", one.state, "expired")
        one.state, one.ended_at, one.ended_reason = "expired", now, reason
    db.session.flush()
    release_seats((one.id for one in ours), now, state="held")
    return ours


def release_seats(registration_ids: Iterable[int], at: datetime, *, state: str = "booked") -> None:
    """Seats of these registrations become tombstones: sequence and moment rise, the row stays for calendars."""
    db.session.execute(update(Seat).where(Seat.registration_id.in_(list(registration_ids)), Seat.state == state)
                       .values(state="released", sequence=Seat.sequence + 1, changed_at=at))
