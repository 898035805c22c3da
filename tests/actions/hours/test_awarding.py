"""From attendance to hours: once, by the minutes, corrected by reversal."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from tests.factories import events, hours, people, registrations
from tests.factories.hours import minute
from webapp.attendance import awarding, presences
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Refusal, Unacceptable
from webapp.hours import ledger
from webapp.hours.minutes import Stay
from webapp.hours.models import Award
from webapp.notifications.models import Message


def ledger_of(person):
    rows = db.session.scalars(select(Award).where(Award.person_id == person.id).order_by(Award.id))
    return [(row.kind, row.minutes, row.version) for row in rows]


def total(person):
    return db.session.scalar(select(func.coalesce(func.sum(Award.minutes), 0)).where(Award.person_id == person.id))


def messages():
    return db.session.scalars(select(Message).where(Message.kind == "hours_awarded").order_by(Message.id)).all()


@pytest.fixture
def ana(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    return person, event, events.sessions(event)[0]


def test_full_attendance_awards_the_credit_with_areas_and_tags(ana):
    person, event, _ = ana
    hours.awarded(person, event)
    award = db.session.scalars(select(Award)).one()
    assert ledger_of(person) == [("training", 165, 1)]
    assert ({area.area for area in _areas(award)}, {tag.tag: tag.minutes for tag in _tags(award)}) == (
        {"TF-ATT", "TF-REL"}, {"AGE_0_3": 165, "DEI": 60})


def _areas(award):
    from webapp.hours.models import AwardArea

    return db.session.scalars(select(AwardArea).filter_by(award_id=award.id)).all()


def _tags(award):
    from webapp.hours.models import AwardTag

    return db.session.scalars(select(AwardTag).filter_by(award_id=award.id)).all()


def test_partial_attendance_awards_the_minutes_and_scales_the_tags(ana):
    person, event, session = ana
    hours.present(person, session, 0, 135)
    awarding.award_event(event.id, by_id=None)
    award = db.session.scalars(select(Award)).one()
    assert (award.minutes, {tag.tag: tag.minutes for tag in _tags(award)}) == (120, {"AGE_0_3": 120, "DEI": 43})


def test_an_award_points_to_its_evidence_and_rule(ana):
    person, event, session = ana
    row = hours.present(person, session, 0, 135)
    awarding.award_event(event.id, by_id=None)
    award = db.session.scalars(select(Award)).one()
    assert award.evidence["presences"] == [{"id": row.id, "in": session.starts_at.isoformat(), "out": minute(session, 135).isoformat()}]
    assert (award.evidence["minutes"], award.evidence["net_minutes"], award.evidence["breaks"]) == (120, 165, [[80, 15]])
    assert award.rule["edition"] == "2026.1"


def test_awarding_again_awards_nothing_and_tells_nobody_again(ana):
    person, event, _ = ana
    hours.awarded(person, event)
    assert awarding.award_event(event.id, by_id=None) == 0
    assert (ledger_of(person), len(messages())) == ([("training", 165, 1)], 1)


def test_one_message_for_each_person_of_an_awarding(frozen):
    event, made = hours.held_event(frozen, "Ana Silva", "Bo Berg", days=2)
    for person in made:
        for session in events.sessions(event):
            presences.mark_full(person.id, session.id, by_id=None)
    assert awarding.award_event(event.id, by_id=None) == 2
    assert sorted(message.person_id for message in messages()) == sorted(person.id for person in made)


def test_a_corrected_presence_reverses_and_awards_the_next_version(ana):
    person, event, session = ana
    hours.awarded(person, event)
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 135))], by_id=person.id, reason="Left at 11:15.")
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Left at 11:15.")
    assert ledger_of(person) == [("training", 165, 1), ("training", -165, 1), ("training", 120, 2)]
    assert db.session.scalars(select(Award.reason).order_by(Award.id)).all() == ["", "Left at 11:15.", "Left at 11:15."]
    assert total(person) == 120


def test_an_absence_found_later_takes_everything_back(ana):
    person, event, session = ana
    hours.awarded(person, event)
    presences.mark_absent(person.id, session.id, by_id=person.id, reason="Was somebody else.")
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Was somebody else.")
    assert ledger_of(person) == [("training", 165, 1), ("training", -165, 1)]


def test_a_correction_before_awarding_awards_nothing_yet(ana):
    person, _event, session = ana
    hours.present(person, session)
    assert awarding.follow_correction(person.id, session.id, by_id=person.id, reason="x") == []


def test_an_unknown_out_is_not_awarded_until_it_is_completed(ana):
    person, event, session = ana
    presences.arrive(person.id, session.id, session.starts_at, by_id=None)
    assert awarding.award_event(event.id, by_id=None) == 0
    presences.leave(person.id, session.id, session.ends_at, by_id=None)
    awarding.award_event(event.id, by_id=None)
    assert ledger_of(person) == [("training", 165, 1)]


def test_what_staff_took_back_is_not_awarded_again_on_the_same_attendance(ana):
    person, event, session = ana
    hours.awarded(person, event)
    ledger.reverse(db.session.scalars(select(Award.id)).one(), by_id=person.id, reason="No evaluation.")
    assert awarding.award_event(event.id, by_id=None) == 0
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 135))], by_id=person.id)
    assert awarding.award_event(event.id, by_id=None) == 1
    assert ledger_of(person) == [("training", 165, 1), ("training", -165, 1), ("training", 120, 2)]


def test_a_reversal_needs_a_reason_and_happens_once(ana):
    person, event, _ = ana
    hours.awarded(person, event)
    award_id = db.session.scalars(select(Award.id)).one()
    with pytest.raises(Unacceptable):
        ledger.reverse(award_id, by_id=person.id, reason="")
    ledger.reverse(award_id, by_id=person.id, reason="Error")
    with pytest.raises(AlreadyDone):
        ledger.reverse(award_id, by_id=person.id, reason="Error")


def test_training_and_rsc_are_separate(frozen):
    event = events.cohort(days=1)
    person = people.person("Ana", "Silva")
    registrations.accepted(event, person, group="Group A")
    hours.after(frozen, event)
    for session in events.sessions(event):
        if session.group_id in (None, events.groups(event)["Group A"].id):
            presences.mark_full(person.id, session.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    assert sorted(ledger_of(person)) == [("rsc", 120, 1), ("training", 165, 1)]


@pytest.mark.parametrize("kind", ["info_session", "awareness"])
def test_kinds_without_hours_never_reach_the_ledger(ana, kind):
    person, event, _ = ana
    db.session.execute(update(Event).values(kind=kind))
    hours.awarded(person, event)
    assert ledger_of(person) == []


def test_all_or_nothing_awards_nothing_for_one_of_two_days(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva", days=2, attendance_rule={"awards": "all_or_nothing"})
    first, second = events.sessions(event)
    presences.mark_full(person.id, first.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    assert ledger_of(person) == []
    presences.mark_full(person.id, second.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    assert ledger_of(person) == [("training", 165, 1), ("training", 165, 1)]


def test_a_correction_of_one_day_takes_back_both_of_all_or_nothing(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva", days=2, attendance_rule={"awards": "all_or_nothing"})
    hours.awarded(person, event)
    second = events.sessions(event)[1]
    presences.settle(person.id, second.id, [(second.starts_at, minute(second, 60))], by_id=person.id)
    awarding.follow_correction(person.id, second.id, by_id=person.id, reason="Left early.")
    assert total(person) == 0


def test_a_session_that_is_not_over_is_not_awarded(frozen):
    event, (person,) = hours.held_event(frozen, "Ana Silva", days=2)
    first, _second = events.sessions(event)
    frozen.move_to(first.ends_at + timedelta(hours=1))
    presences.mark_full(person.id, first.id, by_id=None)
    awarding.award_event(event.id, by_id=None)
    assert ledger_of(person) == [("training", 165, 1)]


def test_award_for_refuses_what_is_not_complete(ana):
    person, _, session = ana
    with pytest.raises(Refusal, match="not known"):
        ledger.award_for(person.id, session.id, [Stay(session.starts_at, None, 1)], by_id=None)


def test_the_ledger_refuses_edits(ana):
    person, event, _ = ana
    hours.awarded(person, event)
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(update(Award).values(minutes=999))


def test_preview_costs_the_same_for_one_and_for_many(frozen, query_count):
    small, _ = hours.held_event(frozen, "Ana Silva")
    many = [f"Person {number}" for number in range(12)]
    large, _ = hours.held_event(frozen, *many, days=3)
    counts = []
    for event in (small, large):
        with query_count() as seen:
            awarding.preview(event.id)
        counts.append(len(seen))
    assert counts[0] == counts[1]
