"""Certificates: issued by the rule, superseded, withdrawn, found by their code."""

import pytest
from sqlalchemy import select

from tests.factories import events, hours
from tests.factories.hours import minute
from webapp.attendance import awarding, certifying, presences
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Refusal, Unacceptable
from webapp.hours import certificates
from webapp.hours.models import Certificate
from webapp.notifications.models import Message


@pytest.fixture
def ana(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva", hour_regimes=["ENDORSE", "WI-MPSW"])
    hours.awarded(person, event)
    return person, event


def correct(person, event):
    session = events.sessions(event)[0]
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 135))], by_id=person.id, reason="Left early.")
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Left early.")


def test_content_is_what_was_attended(ana):
    person, event = ana
    content = certifying.issue(event.id, person.id, by_id=None).content
    assert {name: content[name] for name in ("attendee", "title", "training_minutes", "rsc_minutes", "regimes", "sponsor", "format")} == {
        "attendee": "Ana Silva", "title": event.title, "training_minutes": 165, "rsc_minutes": 0, "regimes": ["ENDORSE", "WI-MPSW"],
        "sponsor": "Lakes & Prairies IECMH Association", "format": "In person"}
    assert (content["location"], [code for code, _ in content["areas"]]) == ("Lakeview Hall, Madison, WI", ["TF-ATT", "TF-REL"])


def test_issuing_again_returns_the_same_certificate_and_tells_once(ana):
    person, event = ana
    assert certifying.issue(event.id, person.id, by_id=None).id == certifying.issue(event.id, person.id, by_id=None).id
    assert len(db.session.scalars(select(Message).where(Message.kind == "certificate")).all()) == 1


def test_a_correction_supersedes_and_the_old_code_leads_to_the_new(ana):
    person, event = ana
    old = certifying.issue(event.id, person.id, by_id=None).code
    correct(person, event)
    shown = certificates.by_code(old)
    newest = certificates.by_code(shown.current)
    assert (shown.state, newest.state, newest.version, newest.content["training_minutes"]) == ("superseded", "genuine", 2, 120)
    assert shown.content["training_minutes"] == 165


def test_a_correction_that_breaks_the_rule_withdraws_it(ana):
    person, event = ana
    code = certifying.issue(event.id, person.id, by_id=None).code
    session = events.sessions(event)[0]
    presences.mark_absent(person.id, session.id, by_id=person.id, reason="Was not there.")
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Was not there.")
    assert certificates.by_code(code).state == "withdrawn"


def test_without_hours_there_is_none(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    with pytest.raises(Refusal, match="No hours are awarded yet"):
        certifying.issue(event.id, person.id, by_id=None)


def test_six_of_eight_sessions_are_refused_with_the_rule(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva", days=8, attendance_rule={"certificate_needs_sessions": 7})
    for session in events.sessions(event)[:6]:
        presences.mark_full(person.id, session.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    with pytest.raises(Refusal) as refused:
        certifying.issue(event.id, person.id, by_id=None)
    assert refused.value.sentence == "The certificate needs 7 sessions; 6 of 8 were attended."


def test_withdrawing_needs_a_reason_and_happens_once(ana):
    person, event = ana
    row = certifying.issue(event.id, person.id, by_id=None)
    with pytest.raises(Unacceptable):
        certificates.withdraw(row.id, by_id=None, reason=" ")
    certificates.withdraw(row.id, by_id=None, reason="Error")
    with pytest.raises(AlreadyDone):
        certificates.withdraw(row.id, by_id=None, reason="Error")


def test_after_a_withdrawal_the_next_version_can_be_issued(ana):
    person, event = ana
    certificates.withdraw(certifying.issue(event.id, person.id, by_id=None).id, by_id=None, reason="Misspelt")
    assert certifying.issue(event.id, person.id, by_id=None).version == 2


@pytest.mark.parametrize("typed", ["{0}-{1}-{2}", " {0} {1} {2} ", "{0}{1}{2}"])
def test_a_code_is_found_however_it_is_typed(ana, typed):
    person, event = ana
    code = certifying.issue(event.id, person.id, by_id=None).code
    assert certificates.by_code(typed.format(code[:4], code[4:8], code[8:]).lower()).state == "genuine"


@pytest.mark.parametrize("typed", ["", "NOPE", "\x00", "x" * 10_000, "🌿"])
def test_an_unknown_code_is_nothing(typed):
    assert certificates.by_code(typed) is None


def test_codes_are_twelve_letters_without_look_alikes(ana):
    person, event = ana
    certifying.issue(event.id, person.id, by_id=None)
    code = db.session.scalars(select(Certificate.code)).one()
    assert len(code) == 12
    assert not set(code) & set("01ILOU")
