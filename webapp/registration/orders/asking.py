"""A held order whose agency is asked whether it pays: its places are kept until the answer, and a while longer.

Who is asked and what she says is payments' (`payments.approvals`); here stands only what it means for the hold.
"""

from datetime import datetime

from webapp.core import clock
from webapp.core.errors import AlreadyDone, Refusal
from webapp.registration.models import Order
from webapp.registration.orders import placing
from webapp.registration.orders.locking import locked

MOST_TIMES = 3  # of one order: nobody keeps a place for ever by asking one agency after the other


def start_asking(order_id: int, *, until: datetime, hold_until: datetime, seen_total_cents: int | None = None) -> Order:
    """An agency is asked until `until`; the places are kept until `hold_until`, and no code and no price changes what it was told.

    Refuses an order that is let go or placed, one that costs nothing, one that is asked about already, and a fourth time.
    """
    now = clock.now()
    order = locked(order_id)
    placing.still_open(order, now)
    if order.approval_until is not None:
        raise AlreadyDone("Your agency is being asked already.", code="asked")
    if placing.same_total(order_id, seen_total_cents) <= 0:
        raise Refusal("Nothing is to be paid, so nobody needs to approve it.", code="free")
    if order.approvals >= MOST_TIMES:
        raise Refusal(f"Agencies were asked {MOST_TIMES} times for this order.", field="method", code="asked_enough",
                      way_out="Please choose another way to pay.")
    order.method, order.policy_accepted_at = "invoice", now
    order.approval_until, order.hold_until = until, max(hold_until, order.hold_until or hold_until)
    order.approvals += 1
    return order


def stop_asking(order: Order, hold_until: datetime) -> None:
    """Nobody is asked any more, and nobody has paid: who ordered chooses how to pay, until `hold_until`. The order is locked.

    One that is let go goes on to its end: its payment page is still being closed.
    """
    order.approval_until = None
    if order.state == "held":
        order.method, order.hold_until = None, hold_until
