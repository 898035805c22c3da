"""A month end at finance's desk: one check over three invoices, one that is short and comes back, a purchase order, a lost dispute;
the slip is the bank's line, and the month is closed."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import events, people, registrations
from webapp.core import clock, times
from webapp.core.db import db, transaction
from webapp.payments import arrivals, disputes, invoices
from webapp.payments.arrivals import Arrival
from webapp.payments.models import CheckoutPage
from webapp.registration import orders
from webapp.registration.models import Order
from webapp.registration.orders import BillTo

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
ZONE = "America/Chicago"
WIDE, SHORT = BillTo("Lakeshore Home Visiting", "office@lakeshore.example"), BillTo("Prairie Early Head Start", "office@prairie.example")


def test_a_month_end(site, page, look, watcher):
    watcher.expect(422)  # a suggestion, and a bank line that is not the total
    with clock.acting_at(last_month()), transaction():
        event = events.workshop("Circle of Security", capacity=None)
        for payer in (WIDE, WIDE, WIDE, SHORT):
            invoiced(event, payer)
        disputed(event)
        finance = registrations.address(people.person(roles=["finance"]))
    steps.sign_in(page, finance)
    one_check_over_three(page, look)
    a_short_check(page, look)
    a_slip_equals_the_bank_line(page, look)
    the_short_one_comes_back(page, look)
    what_is_seen(page, look)
    the_month_is_closed(page, look)


def last_month() -> datetime:
    """A moment in the middle of the month that is over."""
    first = clock.now().astimezone().replace(day=1)
    return (first - timedelta(days=10)).astimezone(clock.now().tzinfo)


def invoiced(event, payer):
    """A place on invoice, with a purchase order number."""
    order_id = registrations.held(event, people.person()).order_id
    orders.place(order_id, "invoice", bill_to=payer, po_number="PO-4471")
    invoices.issue(order_id)


def disputed(event):
    """A place paid by card, whose buyer's bank took the money back for good."""
    order_id = registrations.held(event, people.person()).order_id
    orders.place(order_id, "card")
    order, now = db.session.get_one(Order, order_id), clock.now()
    db.session.add(CheckoutPage(order_id=order_id, state="open", amount_cents=15_000, idempotency_key="k", created_at=now,
                                provider_session_id="cs_1", expires_at=now + timedelta(hours=1)))
    db.session.flush()
    arrivals.apply(Arrival("pi_1", "succeeded", 15_000, "USD", order_ref=order.ref, page_key="k", charge_id="ch_1", method="card"))
    disputes.apply({"id": "dp_1", "charge": "ch_1", "payment_intent": "pi_1", "amount": 15_000, "currency": "usd", "reason": "fraudulent",
                    "status": "lost", "created": int(now.timestamp())}, now)


def record(page, payer, number, amount):
    page.goto("/manage/finance/checks")
    steps.follow(page, "Record a check")
    page.get_by_label("Payer, order, purchase order or invoice").fill(payer.name)
    steps.press(page, "Find")
    page.get_by_role("link", name=payer.name).first.click()
    day = times.local(last_month(), ZONE).date().isoformat()
    steps.fill(page, {"Number of the check": number, "Amount": amount, "Date on the check": day, "Day it came": day})


def one_check_over_three(page, look):
    record(page, WIDE, "2041", "450.00")
    steps.press(page, "Suggest: the oldest due first")
    look("1-suggested")
    steps.press(page, "Record the check")
    expect(page.get_by_role("heading", name="Check 2041", level=1)).to_be_visible()
    look("2-check")


def a_short_check(page, look):
    record(page, SHORT, "77", "100.00")
    steps.press(page, "Suggest: the oldest due first")
    steps.press(page, "Record the check")
    expect(page.get_by_role("heading", name="Check 77", level=1)).to_be_visible()


def a_slip_equals_the_bank_line(page, look):
    page.goto("/manage/finance/slips/new")
    steps.fill(page, {"Number of the slip": "S-12"})
    look("3-slip")
    steps.press(page, "Make the slip")
    page.locator("[name=bank]").fill("540.00")
    steps.press(page, "It is deposited")
    expect(page.get_by_role("alert")).to_contain_text("The slip is $550.00")
    page.locator("[name=bank]").fill("550.00")
    steps.press(page, "It is deposited")
    expect(page.get_by_text("The bank statement says $550.00.")).to_be_visible()
    look("4-deposited")


def the_short_one_comes_back(page, look):
    page.goto("/manage/finance/checks?show=all")
    page.get_by_role("link", name="Check 77").click()
    steps.follow(page, "The bank gave it back")
    steps.fill(page, {"What the bank said": "No funds", "Fee for the payer": "25.00"})
    look("5-came-back")
    steps.press(page, "Note that it came back")
    expect(page.get_by_text("No funds. What it paid is open again.")).to_be_visible()


def what_is_seen(page, look):
    page.goto("/manage/finance/payers")
    expect(page.get_by_role("row", name=SHORT.name)).to_contain_text("$175.00")
    look("6-payers")
    page.get_by_role("link", name=SHORT.name).click()
    look("7-statement")
    page.goto("/manage/finance/disputes")
    expect(page.get_by_text("Lost").first).to_be_visible()
    look("8-disputes")


def the_month_is_closed(page, look):
    page.goto("/manage/finance/months")
    month = f"{times.local(last_month(), ZONE).date():%B %Y}"
    page.locator("summary", has_text=f"Close {month}").click()
    steps.press(page, f"Close {month}")
    expect(page.get_by_text(f"{month} is closed.")).to_be_visible()
    look("9-closed")
