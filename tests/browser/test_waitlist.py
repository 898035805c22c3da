"""A workshop is full: a guest gets in line, somebody cancels, the offer comes by mail, she takes it, pays, and has her seat."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser import steps
from tests.factories import events, people, registrations
from webapp.core.db import db, transaction
from webapp.registration.models import Order

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Infant massage for home visitors"
ANA = "ana.waits@home.example"


def test_a_seat_from_the_waitlist(site, page, look, newcomer):
    with transaction():
        event = events.workshop(TITLE, capacity=1, non_member=15_000)
        registrations.registered(event, people.person("Maren", "Kowalczyk", email="maren.full@home.example"))
        slug, order = event.slug, db.session.scalars(select(Order.ref).order_by(Order.id.desc())).first()
    get_in_line(site, page, look, slug)
    give_the_seat_back(newcomer(), order)
    take_the_offer(site, page, look)
    steps.pay_by(page, steps.GOOD_CARD)
    expect(page.get_by_role("heading", name="Your place is confirmed", level=1)).to_be_visible()


def get_in_line(site, page, look, slug):
    page.goto(f"/events/{slug}")
    expect(page.get_by_text("Nobody waits yet.")).to_be_visible()
    look("1-full")
    steps.follow(page, "Join the waitlist")
    steps.fill(page, {"E-mail": ANA})
    look("2-join")
    steps.press(page, "Join the waitlist")
    expect(page.get_by_role("heading", name="You are first in line")).to_be_visible()
    look("3-first-in-line")
    site.mail.wait_for(ANA, subject="You are on the waitlist")


def give_the_seat_back(page, order):
    page.goto(f"/orders/{order}")
    steps.follow(page, "Cancel this place")
    page.get_by_role("button", name=re.compile("^Cancel")).first.click()
    expect(page.get_by_text("The place is cancelled.")).to_be_visible()


def take_the_offer(site, page, look):
    mail = site.mail.wait_for(ANA, subject="A seat is kept for you until")
    page.goto(re.search(r"/waitlist/\w+", mail.get_body(("plain",)).get_content())[0])
    expect(page.get_by_role("heading", name="A seat is kept for you")).to_be_visible()
    look("4-offer")
    steps.follow(page, "Take the seat")
    steps.choose(page, "Non-member")
    steps.fill(page, {"Given name": "Ana", "Family name": "Silva"})
    look("5-form")
    steps.press(page, "Keep my seat and go on")
    steps.choose(page, "I pay now by card")
    look("6-review")
    steps.press(page, "Place the order, $150.00")
