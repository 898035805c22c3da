"""The courier between an order and Stripe's payment page: a transaction, the call, a transaction.

The page is written down before Stripe is asked, with the key it is asked under; after a crash the same key gives the same page.
Whoever asks again, a second click too, comes to the page that is open, as long as it asks for the right amount, leads back to
where she came from and lives long enough; else it is closed first. A page that turns out to be paid becomes the payment.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from webapp.core import clock, money, tokens
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Closed, Refusal
from webapp.payments import balances, closing, due, gateway, inbox, pages, settlement
from webapp.payments.models import CheckoutPage
from webapp.payments.pages import CameFrom
from webapp.registration.models import Order

SHORTEST = timedelta(minutes=31)  # Stripe closes no page sooner than 30 minutes after it was opened; one for the way there
LONGEST = timedelta(hours=23)
ENOUGH = timedelta(minutes=10)  # to look for a card and type its number: a page with less left is not given again
MOST_TRIES = 4  # an older page closed, another click that closed ours; then somebody must look
MOST_PAGES = 12  # of one order whose places are only held: nobody keeps a seat for ever by asking for pages


def open_page(order_id: int, today: date, *, whole: bool = False, came_from: CameFrom = pages.ORDER) -> str:
    """The address of Stripe's page where this order is paid: what is due now, or with `whole` everything still open.

    Keeps the places as long as the page lives. `came_from`: where she goes back to; while an agency is asked whether it pays, only
    its approver pays. Refuses when nothing is to be paid, when the hold is over, and when Stripe cannot be reached; then
    nothing was charged and the places are kept until the hold ends.
    """
    for _ in range(MOST_TRIES):
        with transaction():
            page_id = _begin(order_id, today, whole, came_from)
        if page_id is None:
            closing.close_live(order_id)
        elif address := _address(page_id):
            return address
    raise gateway.Unreachable("The payment page did not open.", way_out="Your place is kept; please try again in a minute.")


def _begin(order_id: int, today: date, whole: bool, came_from: CameFrom) -> int | None:
    """The page to go to, an open one or a new one. None: one that does not fit any more must be closed first."""
    order, now = settlement.lock(order_id), clock.now()
    if order.approval_until is not None and came_from.approval_id is None:
        raise AlreadyDone("Your agency is being asked whether it pays.", way_out="Choose another way to pay first.", code="asked")
    asked, live = _asked(order_id, today, whole), closing.live_pages(order_id)
    if live:
        return live[0] if len(live) == 1 and _fits(live[0], order, asked, came_from, now) else None
    return _new(order, _payable(asked), came_from, now)


def _fits(page_id: int, order: Order, asked: int, came_from: CameFrom, now: datetime) -> bool:
    page = db.session.get_one(CheckoutPage, page_id, populate_existing=True)
    return (page.state in ("opening", "open") and order.state in ("held", *balances.COUNTED) and (page.amount_cents, page.currency)
            == (asked, order.currency) and pages.came_from(page) == came_from and page.expires_at >= now + ENOUGH)


def _address(page_id: int) -> str:
    """Where to pay; Stripe is asked whether an open page still is. Empty: it closed itself just now."""
    session_id = db.session.scalar(
        select(CheckoutPage.provider_session_id).where(CheckoutPage.id == page_id, CheckoutPage.state == "open"))
    if session_id is None:
        return pages.finish(page_id)
    told = gateway.retrieve_session(session_id)
    if told.status == "open":
        return told.url
    inbox.hear(told, "return")
    if told.status == "complete":
        raise closing.just_paid()
    return ""


def _new(order: Order, amount: int, came_from: CameFrom, now: datetime) -> int:
    attempt = (db.session.scalar(select(func.max(CheckoutPage.attempt)).where(CheckoutPage.order_id == order.id)) or 0) + 1
    page = CheckoutPage(
        order_id=order.id,
        attempt=attempt,
        amount_cents=amount,
        currency=order.currency,
        created_at=now,
        idempotency_key=tokens.secret(),
        invoice_id=came_from.invoice_id,
        approval_id=came_from.approval_id,
        expires_at=_expires_at(order, now, attempt),
    )
    db.session.add(page)
    db.session.flush()
    return page.id


def _asked(order_id: int, today: date, whole: bool) -> int:
    """Never more than what is open in all: a page that asks for more would be closed as outdated."""
    balance = balances.of_order(order_id, today)
    still_open = max(balance.owed_cents - balance.paid_cents - balance.processing_cents, 0)
    asked = None if whole else due.next_of(order_id, today)
    return still_open if whole else min(asked.cents if asked else 0, still_open)


def _payable(amount: int) -> int:
    if amount <= 0:
        raise AlreadyDone("There is nothing to pay.", way_out="The order is paid, or a bank is confirming a payment for it.")
    if amount < gateway.SMALLEST_CENTS:
        raise Refusal(
            f"A card payment is at least {money.written(gateway.SMALLEST_CENTS)}.", way_out="Please choose to pay by invoice."
        )
    return amount


def _expires_at(order: Order, now: datetime, attempt: int) -> datetime:
    """When the page closes. Places that are only held are kept until then, so the hold moves along."""
    if order.state in balances.COUNTED:  # of a cancelled one a fee may be open, or money that was sent back too early
        return now + LONGEST
    if order.state != "held" or order.hold_until is None or order.hold_until <= now or attempt > MOST_PAGES:
        raise Closed(
            "The time to pay has ended, so the places are free again.", way_out="Please register again: nothing was charged."
        )
    expires_at = min(max(order.hold_until, now + SHORTEST), now + LONGEST)
    order.hold_until = max(order.hold_until, expires_at)
    return expires_at
