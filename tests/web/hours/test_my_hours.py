"""A person's own hours: totals that open, reasons, what waits, downloads."""

import csv
import io
import json

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories import events, hours, people, registrations
from tests.factories.hours import minute
from tests.support.html import parse
from webapp.attendance import awarding, certifying, presences
from webapp.core.db import db
from webapp.hours import certificates
from webapp.hours.models import Certificate


@pytest.fixture
def maren(frozen, client, sign_in):
    """Signed in; left 45 minutes early, awarded: (client, person, event, session)."""
    event, (person,) = hours.held_event(frozen, "Maren Kowalczyk")
    session = events.sessions(event)[0]
    hours.present(person, session, 0, 135)
    awarding.award_event(event.id, by_id=None)
    sign_in(client, person)
    return client, person, event, session


def correct(person, event, session):
    presences.settle(person.id, session.id, [(session.starts_at, minute(session, 75))], by_id=person.id, reason="Left at 10:15.")
    awarding.follow_correction(person.id, session.id, by_id=person.id, reason="Left at 10:15.")


def test_a_year_counts_what_is_booked_in_it_and_not_the_next(maren):
    client, person, *_ = maren
    registrations.registered(events.workshop("Next year", starts=events.at(400)), person)
    assert " booked" not in parse(client.get("/me/hours").text).all("li", class_="goal")[0].text
    registrations.registered(events.workshop("Soon", starts=events.at(1)), person)
    assert " booked" in parse(client.get("/me/hours").text).all("li", class_="goal")[0].text


def test_totals_are_what_was_awarded(maren):
    client, *_ = maren
    cards = [card.text for card in parse(client.get("/me/hours").text).all("li", class_="goal")]
    assert [card.split(" Explain")[0] for card in cards] == [
        "Training 2 h", "DEI, within these hours 43 min", "Reflective consultation 0 min"]


def test_areas_of_the_year_are_drawn_with_their_hours(maren):
    client, *_ = maren
    [bars] = parse(client.get("/me/hours").text).all("table", class_="bars")
    assert "Hours by competency area in 2026" in bars.text and bars.text.count("2 h") == 2


def test_a_line_says_why_it_is_less_than_the_whole(maren):
    client, *_ = maren
    assert "left 11:15 am, 45 min short" in client.get("/me/hours").text


def test_a_total_opens_into_its_lines_and_rule(maren):
    client, *_ = maren
    opened = parse(client.get("/me/hours").text).all("details", class_="explain")[0].text
    assert "Sleep and feeding in the first year, 1 session 2 h Recorded 2 h 2 clock hours of 60 minutes." in opened


def test_what_waits_is_shown_apart_and_never_in_the_total(frozen, client, sign_in):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    hours.present(person, events.sessions(event)[0])
    sign_in(client, person)
    page = client.get("/me/hours").text
    assert "Attended, waiting for the organizer" in page
    assert [parse(page).all("li", class_="goal")[0].text.split(" Explain")[0]] == ["Training 0 min 2 h 45 min waiting"]


def test_a_time_that_is_missing_is_named(frozen, client, sign_in):
    event, (person,) = hours.held_event(frozen, "Ana Silva")
    session = events.sessions(event)[0]
    presences.arrive(person.id, session.id, session.starts_at, by_id=None)
    sign_in(client, person)
    assert "the time out is missing" in client.get("/me/hours").text


def test_a_correction_stands_on_the_transcript_with_its_reason(maren):
    client, person, event, session = maren
    correct(person, event, session)
    page = client.get("/me/transcript").text
    assert "Taken back" in page
    assert page.count("Left at 10:15.") == 2
    assert "Present 9:00 am to 10:15 am CT." in page


def test_the_csv_adds_up_to_the_total(maren):
    client, person, event, session = maren
    correct(person, event, session)
    rows = list(csv.DictReader(io.StringIO(client.get("/me/transcript.csv").data.decode("utf-8-sig"))))
    assert [int(row["minutes"]) for row in rows] == [120, -120, 75]
    assert [row["counts"] for row in rows] == ["False", "False", "True"]


def test_a_title_that_a_spreadsheet_would_run_is_defused(frozen, client, sign_in):
    event, (person,) = hours.held_event(frozen, "Ana Silva", title="=cmd()")
    hours.awarded(person, event)
    sign_in(client, person)
    rows = list(csv.DictReader(io.StringIO(client.get("/me/transcript.csv").data.decode("utf-8-sig"))))
    assert rows[0]["event"] == "'=cmd()"


def test_the_json_carries_the_evidence(maren):
    client, *_ = maren
    content = json.loads(client.get("/me/transcript.json").data)
    assert (content["training_minutes"], content["rsc_minutes"], len(content["lines"])) == (120, 0, 1)
    assert content["lines"][0]["evidence"][0] == "Present 9:00 am to 11:15 am CT."


def test_the_transcript_on_paper_names_person_and_reason(maren):
    client, *_ = maren
    answer = client.get("/me/transcript.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert answer.content_type == "application/pdf"
    assert "Transcript of Maren Kowalczyk" in text
    assert "left 11:15 am, 45 min short" in text


def test_the_certificate_on_paper_states_minutes_base_and_code(maren):
    client, person, event, _ = maren
    code = certifying.issue(event.id, person.id, by_id=None).code
    answer = client.get(f"/me/certificates/{code}.pdf")
    text = " ".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    assert "Training: 2 h (2 clock hours of 60 minutes)" in text
    assert certificates.spaced(code) in text
    assert f"http://attune.test/verify/{code}" in text


def test_somebody_elses_certificate_does_not_exist(maren, sign_in):
    client, person, event, _ = maren
    code = certifying.issue(event.id, person.id, by_id=None).code
    sign_in(client, people.person())
    assert client.get(f"/me/certificates/{code}.pdf").status_code == 404


def test_certificates_are_listed_with_their_check_page(maren):
    client, person, event, _ = maren
    certifying.issue(event.id, person.id, by_id=None)
    code = db.session.scalars(select(Certificate.code)).one()
    assert parse(client.get("/me/hours").text).links()["Check page"] == f"http://attune.test/verify/{code}"


@pytest.mark.parametrize("year", ["2025", "x", "99999999999", "0"])
def test_any_year_in_the_address_is_answered(maren, year):
    client, *_ = maren
    assert client.get(f"/me/hours?year={year}").status_code == 200


def test_the_page_costs_the_same_for_one_and_for_many(frozen, client, sign_in, query_count):
    costs = []
    for days in (1, 6):
        event, (person,) = hours.held_event(frozen, "Ana Silva", days=days)
        hours.awarded(person, event)
        sign_in(client, person)
        with query_count() as seen:
            client.get("/me/hours")
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 18
