"""A guest lets her agency pay: a mail scanner opens the link three times and nothing happens; the approver says yes with a number."""

import re
import urllib.request
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import events
from webapp.accounts import agencies
from webapp.core.db import transaction

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Reflective practice in home visiting"
ANA, DANA = "ana.pays@home.example", "dana@dane.example"


def test_my_agency_pays(site, page, look, watcher, newcomer):
    with transaction():
        slug = events.workshop(TITLE, capacity=12, non_member=15_000).slug
        agencies.create("Dane County Human Services", actor_id=None, billing_email=DANA, po_required=True)
    ask(page, look, watcher, slug)
    link = link_in(site.mail.wait_for(DANA, subject="asks whether Dane County Human Services pays"))
    scan(link)
    page.reload()
    expect(page.get_by_text("Waiting for Dana at Dane County Human Services")).to_be_visible()
    approver = newcomer(422)
    approve(approver, look, link)
    see_the_invoice(site, approver, look)
    page.reload()
    expect(page.get_by_role("heading", name="Your place is confirmed", level=1)).to_be_visible()
    look("8-confirmed")
    site.mail.wait_for(ANA, subject=TITLE)


def ask(page, look, watcher, slug):
    page.goto(f"/events/{slug}/register")
    steps.choose(page, "Non-member")
    steps.fill(page, {"Given name": "Ana", "Family name": "Silva", "E-mail": ANA})
    steps.press(page, "Keep my seat and go on")
    steps.choose(page, "My agency pays")
    steps.fill(page, {"Name of the agency": "Dane County", "Who approves it there": "Dana", "E-mail of who approves it": DANA})
    look("1-review")
    watcher.expect(422)
    steps.press(page, "Place the order, $150.00")
    expect(page.get_by_text(re.compile("Do you mean Dane County Human Services")).first).to_be_visible()
    look("2-which-agency")
    steps.fill(page, {"Name of the agency": "Dane County Human Services"})
    steps.press(page, "Place the order, $150.00")
    expect(page.get_by_text("Waiting for Dana at Dane County Human Services")).to_be_visible()
    look("3-waiting")


def link_in(mail: EmailMessage) -> str:
    words = mail.get_body(("plain",)).get_content()
    return re.search(r"https?://\S+/approve/\S+", words).group()


def scan(link):
    """As mail scanners do: GET three times and a HEAD, without cookies."""
    for method in ("GET", "GET", "GET", "HEAD"):
        with urllib.request.urlopen(urllib.request.Request(link, method=method), timeout=20) as answer:
            assert answer.status == 200


def approve(page, look, link):
    page.goto(link)
    expect(page.get_by_role("heading", name="Does Dane County Human Services pay?", level=1)).to_be_visible()
    look("4-question", page)
    steps.press(page, "Approve $150.00")
    expect(page.get_by_text("pays no invoice without a purchase order number").first).to_be_visible()
    look("5-no-number", page)
    steps.fill(page, {"Purchase order number": "PO 4711"})
    steps.press(page, "Approve $150.00")
    expect(page.get_by_role("heading", name="Approved", level=1)).to_be_visible()
    look("6-approved", page)


def see_the_invoice(site, page, look):
    words = site.mail.wait_for(DANA, subject="Invoice").get_body(("plain",)).get_content()
    page.goto(re.search(r"https?://\S+/invoices/\w+", words).group())
    expect(page.get_by_text("PO 4711").first).to_be_visible()
    look("7-invoice", page)
