"""The courier between an order and Stripe's payment page: a transaction, the call, a transaction.

The page is written down before Stripe is asked, with the key it is asked under; after a crash the same key gives the same page.
A new attempt closes the one before, and a page that turns out to be paid becomes the payment.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from webapp.core import clock, money, tokens
from webapp.core.db import db, transaction
from webapp.core.errors import AlreadyDone, Closed, Refusal
from webapp.payments import balances, closing, gateway, pages, settlement
from webapp.payments.models import CheckoutPage
from webapp.registration import ledger
from webapp.registration.models import Order

SHORTEST = timedelta(minutes=31)  # Stripe closes no page sooner than 30 minutes after it was opened; one for the way there
LONGEST = timedelta(hours=23)
MOST_PAGES = 12  # of one order whose places are only held: nobody keeps a seat for ever by asking for pages


def open_page(order_id: int, today: date, *, whole: bool = False) -> str:
    """The address of Stripe's page where this order is paid: what is due now, or with `whole` everything still open.

    Keeps the places as long as the page lives. Refuses when nothing is to be paid, when the hold is over, and when Stripe
    cannot be reached; then nothing was charged and the places are kept until the hold ends.
    """
    closing.close_live(order_id)
    with transaction():
        page_id = _begin(order_id, today, whole)
    return pages.finish(page_id)


def _begin(order_id: int, today: date, whole: bool) -> int:
    order, now = settlement.lock(order_id), clock.now()
    amount = _amount(order, today, whole)
    attempt = (db.session.scalar(select(func.max(CheckoutPage.attempt)).where(CheckoutPage.order_id == order_id)) or 0) + 1
    page = CheckoutPage(
        order_id=order_id,
        attempt=attempt,
        amount_cents=amount,
        currency=order.currency,
        created_at=now,
        idempotency_key=tokens.secret(),
        expires_at=_expires_at(order, now, attempt),
    )
    db.session.add(page)
    db.session.flush()
    return page.id


def _amount(order: Order, today: date, whole: bool) -> int:
    balance = balances.of_order(order.id, today)
    paid = balance.paid_cents + balance.processing_cents
    amount = max(balance.owed_cents - paid, 0) if whole else ledger.to_pay_now(order.id, paid, today)
    if amount <= 0:
        raise AlreadyDone("There is nothing to pay.", way_out="The order is paid, or a bank is confirming a payment for it.")
    if amount < gateway.SMALLEST_CENTS:
        raise Refusal(
            f"A card payment is at least {money.written(gateway.SMALLEST_CENTS)}.", way_out="Please choose to pay by invoice."
        )
    return amount


def _expires_at(order: Order, now: datetime, attempt: int) -> datetime:
    """When the page closes. Places that are only held are kept until then, so the hold moves along."""
    if order.state == "placed":
        return now + LONGEST
    if order.state != "held" or order.hold_until is None or order.hold_until <= now or attempt > MOST_PAGES:
        raise Closed(
            "The time to pay has ended, so the places are free again.", way_out="Please register again: nothing was charged."
        )
    expires_at = min(max(order.hold_until, now + SHORTEST), now + LONGEST)
    order.hold_until = max(order.hold_until, expires_at)
    return expires_at
