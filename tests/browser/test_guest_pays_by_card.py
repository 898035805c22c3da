"""A guest buys a workshop place by card: declined once, paid, written to, and the entry stands in a calendar she follows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import events
from webapp.core.db import transaction

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Sleep and feeding in the first year"


def test_a_guest_pays_by_card(site, page, look, watcher):
    with transaction():
        events.workshop(TITLE, capacity=12, non_member=15_000)
    find_the_event(page, look)
    take_a_place(page, look)
    watcher.expect(402)  # the page of a declined card
    pay(page, look)
    entry = entry_in_the_mail(site.mail.wait_for("ana@home.example", subject=TITLE))
    address = subscribe(page, look)
    [followed] = steps.read_calendar(steps.fetch(address))
    assert (followed["uid"], followed["summary"], followed["status"]) == (entry["uid"], TITLE, "CONFIRMED")
    assert followed.decoded("dtstart") == entry.decoded("dtstart")


def find_the_event(page, look):
    page.goto("/events")
    look("1-list")
    steps.follow(page, TITLE)
    look("2-event")
    steps.follow(page, "Register")


def take_a_place(page, look):
    steps.choose(page, "Non-member")
    steps.fill(page, {"Given name": "Ana", "Family name": "Silva", "E-mail": "ana@home.example"})
    look("3-form")
    steps.press(page, "Keep my seat and go on")
    steps.choose(page, "I pay now by card")
    expect(page.get_by_text("$150.00").first).to_be_visible()
    look("4-review")
    steps.press(page, "Place the order, $150.00")


def pay(page, look):
    steps.pay_by(page, steps.BAD_CARD)
    expect(page.get_by_role("alert")).to_contain_text("Your card was declined.")
    look("5-declined")
    steps.pay_by(page, steps.GOOD_CARD)
    expect(page.get_by_role("heading", name="Your place is confirmed", level=1)).to_be_visible()
    expect(page.get_by_label("Your order")).to_contain_text(re.compile(r"Paid\s*\$150\.00"))
    look("6-confirmed")


def entry_in_the_mail(mail):
    [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    [entry] = steps.read_calendar(part.get_payload(decode=True))
    assert entry["summary"] == TITLE
    return entry


def subscribe(page, look):
    steps.follow(page, "Add to my calendar")
    look("7-calendar")
    steps.press(page, "Google Calendar")
    look("8-address")
    return page.get_by_label("Address for any other calendar").input_value()
