"""An organizer makes a two-day workshop from nothing, publishes and copies it, and moves day two: mail, feeds and reminders follow."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from tests.bench.journeys import register
from tests.bench.people import Visitor
from tests.browser import steps
from tests.factories import events, people
from tests.support.waiting import wait_until
from webapp.catalog import organizations
from webapp.core import clock, times
from webapp.core.db import db, transaction
from webapp.notifications.models import Message

pytestmark = [pytest.mark.browser, pytest.mark.real_time]
TITLE = "When babies have seen too much"
GUESTS = (1, 2, 3)


def test_from_nothing_to_a_second_day_moved(site, page, look, watcher):
    with transaction():
        organizations.load_reference_data("Lakes & Prairies IECMH Association")
        people.person("Joan", "Tate", email="joan@home.example", roles=["organizer"])
    steps.sign_in(page, "joan@home.example")
    slug = make_and_publish(page, look)
    for number in GUESTS:
        register(Visitor(site.url), slug, number)
        site.mail.wait_for(address(number), subject="Your place")
    copy(page, look, slug)
    feed = f"{site.url}/events/{slug}.ics"  # those written to have it by mail, and no feed of theirs shows it twice
    before = steps.read_calendar(steps.fetch(feed))
    watcher.expect(422)  # the page that shows who will be told
    move_day_two(page, look, slug)
    everybody_is_told_once(site)
    the_feed_follows(before, steps.read_calendar(steps.fetch(feed)))
    the_reminder_states_the_new_time(site)


def address(number):
    return f"visitor-{number}@bench.example"


def make_and_publish(page, look):
    page.goto("/manage")
    steps.follow(page, "New event")
    look("1-kind")
    steps.follow(page, "Make a workshop")
    page.get_by_label("Title").fill(TITLE)
    steps.fill(page, {"Name of the place": "Bayfront Hotel", "City": "Green Bay", "County": "Brown", "Places in all": "75"})
    look("2-draft")
    steps.press(page, "Make the draft")
    expect(page.get_by_text("Add at least one session.")).to_be_visible()
    look("3-missing")
    base = page.url
    for number in (1, 2):
        add_session(page, base, number)
    look("4-sessions")
    set_the_price(page, base, look)
    steps.press(page, "Publish")
    expect(page.get_by_role("link", name="Public page")).to_be_visible()
    look("7-published")
    return base.rsplit("/", 1)[1]


def add_session(page, base, number):
    page.goto(f"{base}/sessions/new")
    page.get_by_label("Title").fill(f"Day {number}")
    page.get_by_label("Date").fill(events.day(39 + number).isoformat())
    steps.fill(page, {"From": "09:00", "To": "12:00", "Training, minutes": "165"})
    page.get_by_label("Break at").first.fill("10:20")
    page.get_by_label("lasts, minutes").first.fill("15")
    steps.press(page, "Add")
    expect(page.get_by_text("1 session added.")).to_be_visible()


def set_the_price(page, base, look):
    page.goto(f"{base}/prices")
    page.get_by_label("Name of another type").first.fill("Anyone")
    page.get_by_label("Price", exact=True).first.fill("0")
    look("5-prices")
    page.get_by_role("button", name="Save the prices").last.click()
    page.goto(base)
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    look("6-ready")


def copy(page, look, slug):
    """The copy is a draft with the same weekdays, and without the people."""
    page.goto(f"/manage/events/{slug}/duplicate")
    page.get_by_label("Title of the copy").fill(f"{TITLE}, again")
    page.get_by_label(re.compile("so many weeks later")).fill("8")
    look("8-copy")
    steps.press(page, "Make the copy")
    expect(page.get_by_text("The copy is made.")).to_be_visible()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    page.goto(f"{page.url}/sessions")
    for number in (1, 2):
        day = times.date_words(events.day(39 + number) + timedelta(weeks=8))
        expect(page.get_by_text(day).first).to_be_visible()
    look("9-copied")


def move_day_two(page, look, slug):
    page.goto(f"/manage/events/{slug}/sessions")
    page.get_by_role("link", name=re.compile("Day 2")).first.click()
    steps.fill(page, {"From": "13:00", "To": "16:00", "Why (those": "The hall is taken in the morning."})
    steps.press(page, "Save")
    expect(page.get_by_text("3 people get one mail each")).to_be_visible()
    look("10-who-is-told")
    steps.press(page, "Move it and tell them")
    expect(page.get_by_text("Saved. 3 people are told.")).to_be_visible()
    look("11-moved")


def everybody_is_told_once(site):
    for number in GUESTS:
        mail = site.mail.wait_for(address(number), subject=f"New time: {TITLE}")
        assert "1:00 pm to 4:00 pm" in mail.get_body(("plain",)).get_content()
    assert sorted(str(mail["Subject"]) for mail in site.mail.to(address(1))) == [
        f"For your calendar: {TITLE}", f"New time: {TITLE}", f"Your place: {TITLE}"]
    assert len(site.mail.messages) == 3 * len(GUESTS)  # her place with day one, day two for her calendar, the move


def the_feed_follows(before, after):
    """Day one is as it was; day two is the same entry, later and with a higher SEQUENCE."""
    assert [entry["uid"] for entry in after] == [entry["uid"] for entry in before]
    assert [entry["sequence"] for entry in before] == [0, 0]
    assert [entry["sequence"] for entry in after] == [0, 1]
    moved = [new.decoded("dtstart") - old.decoded("dtstart") for old, new in zip(before, after, strict=True)]
    assert moved == [timedelta(0), timedelta(hours=4)]


def the_reminder_states_the_new_time(site):
    """Weeks go by: the reminders that wait since the registration are due; a worker that starts looks at once."""
    with transaction():
        due = update(Message).where(Message.kind == "reminder", Message.facts["days"].as_integer() == 7)
        db.session.execute(due.values(not_before=clock.now() - timedelta(minutes=1)))
    site.worker.stop()
    site.worker.start()
    for number in GUESTS:
        mail = site.mail.wait_for(address(number), subject=f"In a week: {TITLE}", deadline=60)
        words = mail.get_body(("plain",)).get_content()
        day_two, = (line for line in words.splitlines() if times.date_words(events.day(41)) in line)
        assert "1:00 pm to 4:00 pm" in day_two
    wait_until(lambda: waiting() == 0, what="every reminder that is due is sent")
    assert len(site.mail.messages) == 4 * len(GUESTS)


def waiting():
    db.session.rollback()
    return len(db.session.scalars(select(Message.id).where(Message.state != "sent", Message.not_before <= clock.now())).all())
