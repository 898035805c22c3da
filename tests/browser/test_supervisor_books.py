"""A supervisor books five staff on one invoice, one of them named later, and swaps a member for a colleague the day before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.factories import events, people
from webapp.accounts import agencies
from webapp.core.db import transaction
from webapp.registration.offers import GroupRuleSpec

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Circle of Security for home visitors"
AGENCY = "Lakeshore Home Visiting"
SUE = "sue@lakeshore.example"
LIST = """Maren Kowalczyk
Berg, Bo; bo@lakeshore.example
Ana Silva <ana.silva@lakeshore.example>
Nobody without an address
"""


def test_five_seats_on_one_invoice(site, page, watcher, look, newcomer):
    watcher.expect(422)  # a list with a line to put right
    with transaction():
        event = events.workshop(TITLE, starts=events.at(1), group_rules=[GroupRuleSpec(5, 1_000)])
        agency = agencies.create(AGENCY, actor_id=None, billing_name="Lakeshore Accounts", billing_email="bills@lakeshore.example",
                                 billing_address="1 Main Street\nGreen Bay, WI", po_required=True)
        staff = [people.person("Maren", "Kowalczyk", email="maren@lakeshore.example", member=True),
                 people.person("Bo", "Berg", email="bo@lakeshore.example")]
        for one in staff:
            agencies.add_member(agency.id, one.id, from_on=events.day(-30), actor_id=one.id)
        people.person("Sue", "Pervisor", email=SUE, roles=[("supervisor", {"agency_id": agency.id})])
        slug, agency_id = event.slug, agency.id
    steps.sign_in(page, SUE)
    read_the_list(page, look, agency_id)
    pay_on_one_invoice(site, page, look)
    order = page.url
    name_the_last(site, page, look)
    swap_the_member(site, page, look)
    her_own_page(site, newcomer(), look)
    share(page, newcomer(), look, agency_id)
    page.goto(order)
    assert slug in page.content()


def read_the_list(page, look, agency_id):
    page.goto(f"/agency/{agency_id}")
    steps.follow(page, "Book for your staff")
    expect(page.get_by_role("heading", name="Book for your staff", level=1)).to_be_visible()
    look("1-choose-the-event")
    page.get_by_role("link", name=re.compile(TITLE)).click()
    steps.fill(page, {"Names, one to a line": LIST, "Seats whose name follows": "1"})
    look("2-names")
    steps.press(page, "Read the list")
    expect(page.get_by_text("One line is to be put right", exact=False)).to_be_visible()
    look("3-one-line-is-wrong")
    steps.fill(page, {"Names, one to a line": LIST.replace("Nobody without an address", "Eva Else\teva@lakeshore.example")})
    steps.press(page, "Read the list again")
    expect(page.get_by_text("$648.00").first).to_be_visible()  # 108 for the member, 135 for each of the others
    look("4-understood")
    steps.press(page, "Keep these 5 seats and go on")


def pay_on_one_invoice(site, page, look):
    expect(page.get_by_role("heading", name="Review and pay", level=1)).to_be_visible()
    steps.fill(page, {"Purchase order number": "PO-2041"})
    look("5-review")
    steps.press(page, "Place the order, $648.00")
    expect(page.get_by_role("heading", name="The places are confirmed", level=1)).to_be_visible()
    expect(page.get_by_text("1 seat has no name yet.", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Invoice INV-"))).to_have_count(1)
    look("6-order")
    site.mail.wait_for("bills@lakeshore.example", subject="Invoice")
    site.mail.wait_for("ana.silva@lakeshore.example", subject="Your place")


def name_the_last(site, page, look):
    steps.follow(page, "Name who comes")
    steps.fill(page, {"Given name": "Nora", "Family name": "Neu", "E-mail": "nora@lakeshore.example"})
    look("7-name-who-comes")
    steps.press(page, "Go on")
    expect(page.get_by_text("Nora Neu has the seat now", exact=False)).to_be_visible()
    site.mail.wait_for("nora@lakeshore.example", subject="Your place")


def swap_the_member(site, page, look):
    page.get_by_role("region", name="Maren Kowalczyk").get_by_role("link", name="Send a colleague instead").click()
    steps.fill(page, {"Given name": "Ida", "Family name": "Instead", "E-mail": "ida@lakeshore.example"})
    steps.press(page, "Go on")
    expect(page.get_by_text("$27.00 more is owed.")).to_be_visible()  # the group price survives: 135 instead of 108
    look("8-swap")
    steps.press(page, "Hand the place on")
    expect(page.get_by_text("Ida Instead has the place now.", exact=False)).to_be_visible()
    look("9-swapped")
    site.mail.wait_for("maren@lakeshore.example", subject="takes your place")


def her_own_page(site, page, look):
    mail = site.mail.wait_for("nora@lakeshore.example", subject="Your place")
    page.goto(re.search(r"/places/[\w-]+", mail.get_body(("plain",)).get_content())[0])
    expect(page.get_by_role("heading", name="Your place", level=1)).to_be_visible()
    expect(page.get_by_text("$", exact=False)).to_have_count(0)
    look("10-her-own-page", page)
    steps.follow(page, "Put my name right")
    steps.fill(page, {"Family name": "Neumann"})
    steps.press(page, "Save my name")
    expect(page.get_by_text("Nora Neumann")).to_be_visible()


def share(page, bo, look, agency_id):
    steps.sign_in(bo, "bo@lakeshore.example")
    bo.goto("/me/sharing")
    look("11-sharing", bo)
    bo.get_by_role("button", name="Let them see it").first.click()
    expect(bo.get_by_text("It is shared.", exact=False)).to_be_visible()
    page.goto(f"/agency/{agency_id}/team")
    expect(page.get_by_text("Trainings shared until", exact=False)).to_be_visible()
    look("12-team")
    bo.reload()
    expect(bo.get_by_role("rowheader", name="Sue Pervisor")).to_be_visible()
    look("13-who-looked", bo)
