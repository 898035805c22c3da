"""A member registers for the conference, one breakout a block, on her agency's invoice; finance marks the check; the last seat counts."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from tests.browser import steps
from tests.factories import events, people, registrations
from webapp.core.db import db, transaction
from webapp.notifications.models import Message
from webapp.registration import orders

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Annual conference"
CAPACITY, AT_ONCE = 320, 40


def test_a_member_asks_for_an_invoice_and_the_house_fills_up(site, page, look, newcomer):
    slug = the_conference()
    steps.sign_in(page, "maren@home.example")
    order = register(page, look, slug)
    site.mail.wait_for("maren@home.example", subject=TITLE)
    mark_the_check(newcomer(), look)
    page.goto(order)
    expect(page.get_by_label("Your order")).to_contain_text(re.compile(r"Paid\s*\$325\.00"))
    look("6-paid")
    the_last_place(newcomer(422), look, slug)


def the_conference():
    """A conference of 320 places with a full breakout; one place is left to Maren and one to the 320th."""
    with transaction():
        event = events.conference(TITLE, capacity=CAPACITY, rooms=(1, 20))
        people.person("Maren", "Kowalczyk", email="maren@home.example", member=True)
        people.person("Fay", "Books", email="finance@home.example", roles=["finance"])
        first = next(one for one in events.sessions(event) if one.title == "Breakout A1")
        registrations.registered(event, people.guest(email="first@home.example"), breakouts={events.blocks(event)["A"].id: first.id})
    for start in range(1, CAPACITY - 2, AT_ONCE):
        many(event, range(start, min(start + AT_ONCE, CAPACITY - 2)))
    return event.slug


def many(event, numbers):
    """Places for so many guests, by the orders of agencies."""
    with transaction():
        wishes = [registrations.stranger(event, given=f"Guest {n}", email=f"guest{n}@home.example") for n in numbers]
        held = orders.hold(event.id, wishes, orders.Buyer("Office", "office@home.example"))
        registrations.place(held.order_id)
        db.session.execute(delete(Message).where(Message.to_address != "maren@home.example"))  # 317 mails say nothing new here


def register(page, look, slug):
    """Takes the place by form; the address of the order."""
    page.goto(f"/events/{slug}/register")
    expect(page.get_by_role("radio", name=re.compile("^Member"))).to_be_checked()
    look("1-form")
    steps.press(page, "Keep my seat and go on")
    choose_breakouts(page, look)
    steps.choose(page, "By invoice")
    steps.fill(page, {"Name of the agency": "Lakeshore Home Visiting", "Purchase order number": "PO-4471",
                      "E-mail for the invoice": "office@lakeshore.example", "Billing address": "1 Main Street"})
    look("3-review")
    steps.press(page, "Place the order, $325.00")
    expect(page.get_by_role("heading", name="Your place is confirmed", level=1)).to_be_visible()
    look("4-confirmed")
    return page.url


def choose_breakouts(page, look):
    block = page.get_by_role("group", name=re.compile("^Block A"))
    full = block.get_by_role("radio", name=re.compile("^Breakout A1"))
    expect(full).to_be_disabled()
    expect(block.get_by_text("Full", exact=True)).to_be_visible()
    block.get_by_role("radio", name=re.compile("^Breakout A2")).check()
    second = page.get_by_role("group", name=re.compile("^Block B"))
    second.get_by_role("radio", name=re.compile("^Breakout B1")).check()
    second.get_by_role("radio", name=re.compile("^Breakout B2")).check()
    expect(second.get_by_role("radio", name=re.compile("^Breakout B1"))).not_to_be_checked()
    look("2-breakouts")
    steps.press(page, "Keep these and go on")


def mark_the_check(desk, look):
    steps.sign_in(desk, "finance@home.example")
    desk.goto("/manage/finance/orders?q=PO-4471")
    look("5-finance-orders", desk)
    desk.get_by_role("link", name=re.compile("^Lakeshore Home Visiting")).click()
    steps.follow(desk, "Record a payment")
    expect(desk.get_by_label("Amount", exact=True)).to_have_value("325.00")
    steps.fill(desk, {"Number of the check": "20418"})
    look("5-finance-payment", desk)
    steps.press(desk, "Record the payment")
    expect(desk.get_by_text("$325.00 recorded.")).to_be_visible()
    look("5-finance-order", desk)


def the_last_place(page, look, slug):
    """The 320th still gets in; the 321st, who had the form open, is told."""
    late = page.context.new_page()
    for tab in (page, late):
        tab.goto(f"/events/{slug}/register")
        steps.choose(tab, "Non-member")
    ask_for_a_place(page, "The 320th")
    expect(page.get_by_role("heading", name="Choose your breakouts", level=1)).to_be_visible()
    ask_for_a_place(late, "The 321st")
    expect(late.get_by_role("alert")).to_contain_text("full")
    expect(late.get_by_label("Given name")).to_have_value("The 321st")
    look("7-told", late)
    late.goto(f"/events/{slug}/register")
    expect(late.get_by_role("heading", name="Join the waitlist", level=1)).to_be_visible()
    look("8-full", late)


def ask_for_a_place(page, name):
    steps.fill(page, {"Given name": name, "E-mail": f"{name.split()[-1]}@home.example"})
    steps.press(page, "Keep my seat and go on")
