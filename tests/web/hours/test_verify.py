"""Checking a certificate without an account."""

import pytest

from tests.factories import events, hours
from tests.factories.hours import minute
from tests.support.html import parse
from webapp.attendance import awarding, certifying, presences
from webapp.hours import certificates


@pytest.fixture
def issued(frozen):
    """A certificate of somebody: (person, event, code)."""
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    hours.awarded(person, event)
    return person, event, certifying.issue(event.id, person.id, by_id=None).code


def test_a_genuine_one_says_who_what_and_how_much(client, issued):
    _, event, code = issued
    page = client.get(f"/verify/{code}")
    words = parse(page.text).text
    assert parse(page.text).heading == "This certificate is genuine"
    assert all(part in words for part in ("Ana Silva", event.title, "2 h 45 min: 2.75 clock hours of 60 minutes", "Lakes & Prairies"))


def test_it_says_nothing_else_about_the_person(client, issued):
    assert "@home.example" not in client.get(f"/verify/{issued[2]}").text


def test_a_superseded_one_leads_to_the_one_that_counts(client, issued):
    person, event, code = issued
    session = events.sessions(event)[0]
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 135))], by_id=person.id)
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Left early.")
    page = parse(client.get(f"/verify/{code}").text)
    assert page.heading == "This certificate was replaced"
    assert parse(client.get(page.links()["See the one that counts"]).text).heading == "This certificate is genuine"


def test_a_withdrawn_one_says_so(client, issued):
    certificates.withdraw_for(issued[1].id, [issued[0].id], by_id=None, reason="Error")
    page = parse(client.get(f"/verify/{issued[2]}").text)
    assert page.heading == "This certificate was withdrawn"
    assert "Error" not in page.text


@pytest.mark.parametrize("code", ["NOPE", "x" * 3000, "🌿"])
def test_an_unknown_code_is_404_with_the_form_again(client, code):
    answer = client.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert parse(answer.text).form("/verify")


def test_the_form_leads_to_the_page_of_the_code(client, issued):
    code = issued[2]
    answer = client.get("/verify", query_string={"code": f" {code[:4]}-{code[4:]} ".lower()})
    assert (answer.status_code, answer.location) == (303, f"/verify/{code}")


def test_nobody_can_try_codes(app, client):
    app.config["RATELIMIT_ENABLED"] = True
    try:
        answers = [client.get(f"/verify/TRY{number}", environ_base={"REMOTE_ADDR": "203.0.113.77"}).status_code for number in range(61)]
    finally:
        app.config["RATELIMIT_ENABLED"] = False
    assert (answers[59], answers[60]) == (404, 429)
