"""What mails about hours say, from what is true when they are sent."""

import pytest
from sqlalchemy import select

from tests.factories import events, hours
from tests.factories.hours import minute
from webapp.attendance import awarding, certifying, presences
from webapp.core.db import db
from webapp.hours import certificates, messages
from webapp.jobs import letters
from webapp.notifications.contents import Withdrawn
from webapp.notifications.models import Message


@pytest.fixture
def ana(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    hours.present(person, events.sessions(event)[0], 0, 135)
    awarding.award_event(event.id, by_id=None)
    return person, event


def facts(kind="hours_awarded"):
    return db.session.scalars(select(Message.facts).where(Message.kind == kind).order_by(Message.id.desc())).first()


def correct(person, event):
    session = events.sessions(event)[0]
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 75))], by_id=person.id)
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Left at 10:15.")


def test_awarded_hours_say_why_they_are_less(app, ana):
    subject, text, html = letters.write(app, "hours_awarded", {"to_name": "Ana Silva", **messages.hours_awarded(facts())})
    assert subject.strip() == "Your hours: Sleep and feeding in the first year"
    line = "Wed 12 Aug 2026: Sleep and feeding in the first year, 2 h training (left 11:15 am, 45 min short)"
    assert (line in text, line in html) == (True, True)
    assert "http://attune.test/me/hours" in text


def test_a_correction_says_what_counts_now_and_why(app, ana):
    correct(*ana)
    _, text, html = letters.write(app, "hours_awarded", {"to_name": "Ana Silva", **messages.hours_awarded(facts())})
    assert all(part in text for part in ("were corrected", "Why: Left at 10:15.", "1 h 15 min"))
    assert "Left at 10:15." in html


def test_hours_that_were_corrected_before_sending_are_not_told(ana):
    first = facts()
    correct(*ana)
    assert isinstance(messages.hours_awarded(first), Withdrawn)


def test_a_certificate_leads_to_the_pdf_and_the_check_page(app, ana):
    person, event = ana
    code = certifying.issue(event.id, person.id, by_id=None).code
    _, text, _ = letters.write(app, "certificate", {"to_name": "Ana Silva", **messages.certificate(facts("certificate"))})
    assert f"http://attune.test/me/certificates/{code}.pdf" in text
    assert f"http://attune.test/verify/{code}" in text


def test_a_withdrawn_certificate_is_not_sent(ana):
    person, event = ana
    certificates.withdraw(certifying.issue(event.id, person.id, by_id=None).id, by_id=None, reason="Error")
    assert isinstance(messages.certificate(facts("certificate")), Withdrawn)
