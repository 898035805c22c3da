"""Closes payment pages at Stripe, and frees the places whose page is closed. A courier: its calls stand between transactions.

A hold with an open page is first marked releasing, then the page is closed at Stripe, then the places go. A page that asks for
more than is open (a place was given back, a check came) is closed too. One that turns out to be paid becomes the payment instead.
"""

from datetime import datetime

from sqlalchemy import select

from webapp.core import logs
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Refusal
from webapp.payments import balance, balances, gateway, inbox, pages, settlement
from webapp.payments.models import CheckoutPage, Payment
from webapp.registration import orders
from webapp.registration.models import Order

log = logs.logger(__name__)
LIVE = ("opening", "open", "expiring")


def close_live(order_id: int) -> None:
    """Closes the order's live page, if it has one. Raises AlreadyDone when it was paid meanwhile (and applied)."""
    for page_id in live_pages(order_id):
        if close(page_id) == "complete":
            raise just_paid()


def just_paid() -> AlreadyDone:
    """Why no further page is opened: this one was paid, and the payment is applied."""
    return AlreadyDone("This order has just been paid.", code="just_paid")


def close(page_id: int) -> str:
    """Closes one page and answers what became of it: expired, failed, or complete when somebody paid it first."""
    page = db.session.get(CheckoutPage, page_id, populate_existing=True)
    if page is None or page.state not in LIVE:
        return page.state if page else "failed"
    if page.provider_session_id is None and not _known_at_stripe(page_id):
        return "failed"
    session_id = db.session.scalar(select(CheckoutPage.provider_session_id).where(CheckoutPage.id == page_id))
    told = gateway.expire_checkout(str(session_id))
    if told.status == "open":
        raise gateway.Unreachable("The card service kept its page open.", way_out="Please try again in a minute.")
    inbox.hear(told, "sweep")
    return told.status


def release_due(now: datetime) -> int:
    """Frees the places of every hold whose time is over; answers how many orders ended. One that cannot be settled waits."""
    due = [*orders.due_for_release(now), *db.session.scalars(select(Order.id).where(Order.state == "releasing"))]
    db.session.rollback()
    return sum(_release(order_id, now) for order_id in due)


def close_outdated(now: datetime) -> int:
    """Closes every page that asks for more than its order still has to pay; answers how many. One that Stripe keeps waits."""
    due = _outdated(now)
    db.session.rollback()
    return sum(_close_quietly(page_id) for page_id in due)


def live_pages(order_id: int) -> list[int]:
    """Ids of the order's pages that somebody could still pay, as far as we know."""
    return list(
        db.session.scalars(
            select(CheckoutPage.id)
            .where(CheckoutPage.order_id == order_id, CheckoutPage.state.in_(LIVE))
            .order_by(CheckoutPage.id)
        )
    )


def _release(order_id: int, now: datetime) -> bool:
    try:
        with transaction():
            if not _start(order_id, now):
                return False
        for page_id in live_pages(order_id):
            if close(page_id) == "complete":
                return False
        with transaction():
            return _finish(order_id)
    except Refusal as refusal:
        log.warning("release_waits", order=order_id, code=refusal.code)
        return False


def _outdated(now: datetime) -> list[int]:
    """Nobody shall pay for a place that is gone: an order that got none has nothing open, another what it owes beyond what came."""
    live = CheckoutPage.state.in_(LIVE)
    books = balances.books(now.date(), Order.id.in_(select(CheckoutPage.order_id).where(live)))
    still_open = books.c.owed_cents - books.c.received_cents + books.c.refunded_cents - books.c.processing_cents
    statement = select(CheckoutPage.id).join(books, books.c.order_id == CheckoutPage.order_id).where(
        live, (books.c.order_state == "expired") | (CheckoutPage.amount_cents > still_open))
    return list(db.session.scalars(statement.order_by(CheckoutPage.id)))


def _close_quietly(page_id: int) -> bool:
    try:
        return close(page_id) == "expired"
    except Refusal as refusal:
        log.warning("page_stays_open", page=page_id, code=refusal.code)
        return False


def _start(order_id: int, now: datetime) -> bool:
    """Marks the hold as ending, unless it was extended, ended or paid since it was found."""
    order = settlement.lock(order_id)
    if order.state == "releasing":
        return True
    if order.state != "held" or order.hold_until is None or order.hold_until > now:
        return False
    orders.start_release(order_id)
    for page in db.session.scalars(select(CheckoutPage).where(CheckoutPage.order_id == order_id, CheckoutPage.state == "open")):
        page.state = "expiring"
    return True


def _finish(order_id: int) -> bool:
    """Frees the places, unless money came or a bank is still confirming some. A balance that paid a part goes back to its payer."""
    order: Order = settlement.lock(order_id)
    coming = db.session.scalar(
        select(Payment.id).where(Payment.order_id == order_id, Payment.state.in_(("processing", "succeeded")),
                                 Payment.method != "balance")
    )
    if order.state != "releasing" or coming is not None:
        return False
    done = orders.finish_release(order_id)
    balance.return_unused(order_id)
    return done


def _known_at_stripe(page_id: int) -> bool:
    """Asks again for a page whose answer was lost in a crash; False when there is none and never will be."""
    try:
        pages.finish(page_id)
    except gateway.Unreachable:
        raise
    except Refusal:
        return False
    return True
