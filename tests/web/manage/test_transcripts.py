"""The reviewer's desk."""

import pytest

from tests.factories import hours, people
from webapp.accounts import merges
from webapp.core import times
from webapp.core.db import db
from webapp.hours import ledger
from webapp.hours.models import Award


@pytest.fixture
def reviewer(client, sign_in):
    sign_in(client, people.person("Ruthann", "Kessler", roles=["reviewer"]))
    return client


@pytest.fixture
def maren(frozen):
    event, [made] = hours.held_event(frozen, "Maren Kowalczyk")
    hours.awarded(made, event)
    return made


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def hours_of(person):
    return times.hours_words(sum(one.minutes for one in db.session.query(Award).filter_by(person_id=person.id)))


def test_people_stand_with_their_hours_of_the_year(maren, reviewer):
    html = text(reviewer, "/manage/transcripts?q=kowalczyk")
    assert f"/manage/transcripts/{maren.id}" in html and hours_of(maren) in html


def test_hours_of_a_person_merged_into_another_are_counted_with_hers(maren, reviewer):
    total, root = hours_of(maren), people.person("Maren", "Olufsen", account=False)
    merges.merge(maren.id, root.id, how="staff", decided_by_id=None, conflicts=merges.none)
    assert total in text(reviewer, "/manage/transcripts?q=olufsen")


def test_transcript_opens_with_its_evidence(maren, reviewer):
    html = text(reviewer, f"/manage/transcripts/{maren.id}")
    assert "Maren Kowalczyk" in html and hours_of(maren) in html and "How it came about" in html


def test_what_was_taken_back_lately_stands_on_top_with_its_reason(maren, reviewer):
    award = db.session.query(Award).filter_by(person_id=maren.id).first()
    ledger.reverse(award.id, reason="She left before noon.", by_id=maren.id)
    assert "She left before noon." in text(reviewer, "/manage/transcripts")


@pytest.mark.parametrize("role", ["organizer", "finance", "door"])
def test_other_staff_do_not_find_it(client, sign_in, role, maren):
    sign_in(client, people.person(roles=[role]))
    assert [client.get(path).status_code for path in ("/manage/transcripts", f"/manage/transcripts/{maren.id}")] == [404, 404]


def test_list_costs_the_same_with_few_people_and_many(reviewer, query_count):
    text(reviewer, "/manage/transcripts")
    with query_count() as few:
        text(reviewer, "/manage/transcripts")
    for number in range(20):
        people.person("Ana", f"Silva {number}")
    with query_count() as many:
        text(reviewer, "/manage/transcripts")
    assert len(few) == len(many) <= 8


def test_unknown_person_is_not_found(reviewer):
    assert reviewer.get("/manage/transcripts/999999").status_code == 404
