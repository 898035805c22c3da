"""What came by mail is left out of the feed, and can change over to it."""

import re

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import mail, program
from webapp.calendars.models import CalendarChoice, Invitation
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration.models import Order, Seat


@pytest.fixture
def maren():
    return people.person("Maren", "Kowalczyk", email="maren@home.example")


@pytest.fixture
def invited(maren):
    """Her place in a workshop, told by the mail that confirmed it."""
    place = registrations.registered(events.workshop("Sleep"), maren)
    mail.last("maren@home.example", kind="registration_confirmed")
    return place


def feed_of(client):
    client.post("/me/calendar", data={"program": "google", "name": ""})
    return re.search(r"/feeds/[\w-]+\.ics", client.get("/me/calendar").text)[0]


def test_a_session_that_came_by_mail_is_left_out_of_her_feed_and_the_page_says_so(client, sign_in, maren, invited):
    sign_in(client, maren)
    assert program.entries(client.get(feed_of(client)).data) == {}
    page = client.get("/me/calendar").text
    assert "We sent this session as an invitation" in page
    assert "Change over to the subscribed calendar" in page


def test_a_feed_that_was_kept_leaves_it_out_as_soon_as_the_mail_told_it(client, sign_in, maren):
    registrations.registered(events.workshop("Sleep"), maren)
    sign_in(client, maren)
    feed = feed_of(client)
    assert len(program.entries(client.get(feed).data)) == 1
    mail.last("maren@home.example", kind="registration_confirmed")
    assert program.entries(client.get(feed).data) == {}


def test_what_changes_over_shows_in_the_feed_and_a_mail_takes_the_single_entry_back(client, sign_in, maren, invited):
    sign_in(client, maren)
    feed = feed_of(client)
    client.post("/me/calendar/move")
    entry, = program.entries(client.get(feed).data).values()
    letter = mail.last("maren@home.example", kind="invitation")
    assert letter.subject == "Now in your subscribed calendar: Sleep"
    taken, = program.entries(letter.attachments[0].content).values()
    assert (letter.attachments[0].media_type, "status" in taken) == ("text/calendar; charset=utf-8; method=CANCEL", False)
    assert (entry["sequence"], taken["sequence"], str(entry["status"])) == (1, 1, "CONFIRMED")
    assert db.session.scalars(select(Invitation.state)).all() == ["moved"]


def test_who_wants_both_has_it_in_the_feed_too(client, sign_in, maren, invited):
    sign_in(client, maren)
    feed = feed_of(client)
    assert client.post("/me/calendar/way", data={"way": "both"}).status_code == 303
    assert list(program.entries(client.get(feed).data)) == db.session.scalars(select(Seat.ical_uid)).all()
    assert "We sent" not in client.get("/me/calendar").text


def test_a_way_that_does_not_exist_is_refused_in_words(client, sign_in, maren):
    sign_in(client, maren)
    answer = client.post("/me/calendar/way", data={"way": "pigeon"})
    assert (answer.status_code, db.session.scalars(select(CalendarChoice.way)).all()) == (422, [])


def test_the_choice_is_shown_again(client, sign_in, maren):
    sign_in(client, maren)
    client.post("/me/calendar/way", data={"way": "mail"})
    assert re.search(r'name="way" value="mail" checked', client.get("/me/calendar").text)


def test_somebody_elses_reading_program_does_not_count_as_hers(client, sign_in, maren):
    sign_in(client, people.person("Bo", "Lee"))
    client.get(feed_of(client), headers={"User-Agent": "Google-Calendar-Importer"})
    registrations.registered(events.workshop("Sleep"), maren)
    assert mail.last("maren@home.example", kind="registration_confirmed").attachments[0].media_type.endswith("method=REQUEST")


def test_a_guest_who_subscribes_has_the_invitation_taken_back(client):
    place = registrations.registered(events.workshop("Sleep"), people.guest("Ana", "Silva", email="ana@home.example"))
    mail.last("ana@home.example", kind="registration_confirmed")
    page = f"/orders/{db.session.get_one(Order, place.order_id).ref}/calendar"
    assert "The invitation we mailed is in your calendar" in client.get(page).text
    client.post(f"{page}/{place.id}", data={"program": "apple"})
    feed = re.search(r"/feeds/[\w-]+\.ics", client.get(page).text)[0]
    assert len(program.entries(client.get(feed).data)) == 1
    assert db.session.scalars(select(Message.kind).where(Message.kind == "invitation")).all() == ["invitation"]
    assert "The invitation we mailed" not in client.get(page).text


def test_a_file_from_the_order_page_holds_the_invited_session_too(client, maren, invited):
    page = f"/orders/{db.session.get_one(Order, invited.order_id).ref}/calendar/{invited.id}.ics"
    assert len(program.entries(client.get(page).data)) == 1
