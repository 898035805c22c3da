"""A capstone cohort: applied, approved into a group, the first part paid, three days attended, hours, a certificate anybody can check."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser import steps
from tests.factories import events, people
from webapp.catalog import sessions
from webapp.catalog.models import Event
from webapp.core.db import db, transaction

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "Capstone cohort, Green Bay"
PARTIAL = {"In": "09:00", "Out": "11:00"}  # of a seminar from 9:00 to 12:00 with a break of 15 minutes at 10:20


def test_from_an_application_to_a_certificate(site, page, look, newcomer):
    slug = the_cohort()
    steps.sign_in(page, "maren@home.example")
    apply(page, look, slug)
    offer(newcomer(), look, slug)
    pay_the_first_part(page, look)
    months_go_by(slug)
    desk = newcomer()
    attend(desk, look, slug)
    award(desk, look, slug)
    code = read_the_transcript(page, look)
    check_the_certificate(newcomer(), look, code)


def the_cohort():
    """A cohort of three days with groups, its coordinator, and Maren."""
    with transaction():
        event = events.cohort(TITLE, attendance_rule={"certificate_needs_sessions": 4})
        people.person("Maren", "Kowalczyk", email="maren@home.example")
        people.person("Cora", "Day", email="cora@home.example", roles=[("coordinator", {"organization_id": event.organization_id})])
        return event.slug


def apply(page, look, slug):
    page.goto(f"/events/{slug}")
    look("1-event")
    page.get_by_role("link", name=re.compile("^Apply")).filter(visible=True).first.click()
    look("2-apply")
    steps.press(page, "Send my application")
    expect(page.get_by_role("heading", name="Your application", level=1)).to_be_visible()


def offer(desk, look, slug):
    steps.sign_in(desk, "cora@home.example")
    desk.goto(f"/manage/events/{slug}/applications")
    look("3-applications", desk)
    desk.get_by_role("link", name=re.compile("^Maren Kowalczyk")).click()
    steps.choose(desk, "Offer a place")
    desk.get_by_label("Group").select_option(label="Group B (0 of 8)")
    look("4-decide", desk)
    steps.press(desk, "Decide and tell the applicant")
    expect(desk.get_by_text("The place is offered; the applicant is told.")).to_be_visible()


def pay_the_first_part(page, look):
    page.reload()
    expect(page.get_by_text("You would be in Group B.")).to_be_visible()
    look("5-offer")
    steps.press(page, "Accept the place")
    steps.choose(page, "I pay now by card")
    look("6-review")
    steps.press(page, "Place the order, $9,000.00")
    expect(page.get_by_role("heading", name="Pay $3,000.00")).to_be_visible()
    steps.pay_by(page, steps.GOOD_CARD)
    expect(page.get_by_role("heading", name="Your place is confirmed", level=1)).to_be_visible()
    expect(page.get_by_label("Your order")).to_contain_text(re.compile(r"Paid\s*\$3,000\.00\s*Still open\s*\$6,000\.00"))
    look("7-confirmed")


def months_go_by(slug):
    """The three days are over: their dates go back, as nobody waits for months here."""
    with transaction():
        event = db.session.scalars(select(Event).filter_by(slug=slug)).one()
        for number, one in enumerate(events.sessions(event)):
            start = events.at(days=number // 3 - 4, hour=13 if one.group_id else 9)
            length = one.ends_at - one.starts_at
            sessions.update(one.id, actor_id=None, start=start, end=start + length)


def attend(desk, look, slug):
    """Two days in full; of the third she came late to nothing, but left the seminar after two hours."""
    steps.sign_in(desk, "cora@home.example")
    for title in ("Seminar 1", "Seminar 2"):
        open_roster(desk, slug, title)
        steps.press(desk, "All 1 not marked were present")
        expect(desk.get_by_text("1 marked as present from start to end.")).to_be_visible()
    mark_the_groups(desk, slug)
    open_roster(desk, slug, "Seminar 3")
    desk.get_by_text("Times of Maren Kowalczyk").click()
    for label, words in PARTIAL.items():
        desk.get_by_label(re.compile(f"^{label}(?! again)")).fill(words)
    look("8-roster", desk)
    steps.press(desk, "Save the times")
    expect(desk.get_by_text("9:00 am to 11:00 am")).to_be_visible()


def mark_the_groups(desk, slug):
    """Two meetings of her group in full; she missed the third."""
    for title in ("Mentorship group 1", "Mentorship group 2"):
        open_roster(desk, slug, title)
        steps.press(desk, "All 1 not marked were present")
        expect(desk.get_by_text("1 marked as present from start to end.")).to_be_visible()
    open_roster(desk, slug, "Mentorship group 3")
    steps.press(desk, "Absent")
    expect(desk.get_by_text("1 absent")).to_be_visible()


def open_roster(desk, slug, title):
    """The roster with somebody on it: each group has a meeting of its own by the same name."""
    desk.goto(f"/manage/events/{slug}/attendance")
    desk.get_by_role("row").filter(has_text=title).filter(has_text="of 1").get_by_role("link").click()


def award(desk, look, slug):
    desk.goto(f"/manage/events/{slug}/hours")
    look("9-hours", desk)
    steps.press(desk, "Award hours to 1 person")
    expect(desk.get_by_text("Hours awarded to 1 person; each gets a message.")).to_be_visible()
    steps.press(desk, "Issue certificates to 1 person")
    expect(desk.get_by_text("Certificates issued to 1 person.")).to_be_visible()
    look("10-awarded", desk)


def read_the_transcript(page, look):
    """Hours and minutes of each session; the certificate's code."""
    page.goto("/me/transcript")
    look("11-transcript")
    lines = page.get_by_role("region", name="Every line")
    for title, hours in (("Seminar 1", "2 h 45 min"), ("Seminar 2", "2 h 45 min"), ("Seminar 3", "1 h 45 min"),
                         ("Mentorship group 1", "2 h"), ("Mentorship group 2", "2 h")):
        expect(lines.get_by_role("row").filter(has_text=title)).to_contain_text(hours)
    expect(lines.get_by_role("row").filter(has_text="Mentorship group 3")).to_have_count(0)
    totals = page.get_by_role("region", name="Totals by calendar year")
    expect(totals).to_contain_text("7 h 15 min")
    page.goto("/me/hours")
    look("12-my-hours")
    return page.locator("a[href*='/verify/']").first.get_attribute("href").rsplit("/", 1)[1]


def check_the_certificate(stranger, look, code):
    stranger.goto("/verify")
    stranger.get_by_label("Code on the certificate").fill(code)
    steps.press(stranger, "Check it")
    expect(stranger.get_by_role("heading", name="This certificate is genuine", level=1)).to_be_visible()
    expect(stranger.get_by_text("Maren Kowalczyk")).to_be_visible()
    look("13-verified", stranger)
