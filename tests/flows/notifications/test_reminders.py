"""A reminder that waits tells the time that is true when it is sent, or nothing."""

from datetime import timedelta

import pytest

from tests.factories import events, people, registrations
from webapp.core import clock
from webapp.core.db import transaction
from webapp.jobs import rendering
from webapp.notifications import courier
from webapp.notifications.mailers import FolderMailer
from webapp.notifications.receipts import Receipts
from webapp.registration import programme
from webapp.registration import registrations as places


@pytest.fixture
def booked(db_session):
    """A workshop in 28 days at nine, and a place in it."""
    with transaction():
        event = events.workshop(starts=events.at(28, 9))
        place = registrations.registered(event, people.person("Maren", email="maren@home.example"))
        return event.id, events.sessions(event)[0].id, place.id


@pytest.fixture
def sent(tmp_path):
    """`sent()` delivers what is due now and gives the mails of this delivery as text, by subject."""
    office = courier.Office("Attune <no-reply@attune.test>", "attune.test", Receipts(tmp_path / "outbox"))

    def deliver():
        mails = []

        def render(claim):
            mails.append(rendering.render(claim))
            return mails[-1]

        courier.deliver(clock.now(), render, FolderMailer(tmp_path / "mail"), office)
        return [mail.text for mail in mails if hasattr(mail, "text")]

    return deliver


def move(session_id, days, hour):
    with transaction():
        start = events.at(days, hour)
        programme.move_session(session_id, start, start + timedelta(hours=3), actor_id=None, reason="The speaker is ill.")


def test_a_reminder_is_sent_a_week_before_with_the_time(booked, sent, frozen):
    sent()
    frozen.shift(timedelta(days=20))
    assert sent() == []
    frozen.shift(timedelta(days=1, hours=1))
    assert ["9:00 am" in text for text in sent()] == [True]


def test_a_reminder_that_waits_follows_the_session_and_tells_the_new_time(booked, sent, frozen):
    move(booked[1], 30, 13)
    sent()
    frozen.shift(timedelta(days=21, hours=1))
    assert sent() == [], "the old day says nothing any more"
    frozen.shift(timedelta(days=2, hours=4))
    reminder, = sent()
    assert "1:00 pm" in reminder
    assert "9:00 am" not in reminder


def test_a_reminder_of_a_place_given_back_is_never_sent(booked, sent, frozen):
    with transaction():
        places.cancel(booked[2], reason="Ill.", by_id=None)
    sent()
    frozen.shift(timedelta(days=40))
    assert sent() == []
