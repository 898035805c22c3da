"""A person's own calendar: keys, feeds, files."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import ics
from webapp.calendars.models import FeedKey, FetchLog
from webapp.catalog.models import Presenter, SessionPresenter
from webapp.core.db import db
from webapp.registration import programme
from webapp.registration import registrations as places
from webapp.registration.models import Order, Seat


@pytest.fixture
def maren():
    return people.person("Maren", "Kowalczyk")


def key_of(client) -> str:
    client.post("/me/calendar", data={"program": "google", "name": ""})
    return re.search(r"/feeds/([\w-]+)\.ics", client.get("/me/calendar").text)[1]


def test_new_address_is_shown_once_and_kept_as_a_hash(client, sign_in, maren):
    sign_in(client, maren)
    token = key_of(client)
    assert token not in client.get("/me/calendar").text
    assert db.session.scalar(select(FeedKey.token_hash)) != token


def test_feed_of_a_person_holds_her_booked_sessions(client, sign_in, maren):
    registration = registrations.registered(events.workshop(days=2), maren)
    sign_in(client, maren)
    body = client.get(f"/feeds/{key_of(client)}.ics").data
    assert ics.check(body) == []
    for uid in db.session.scalars(select(Seat.ical_uid).filter_by(registration_id=registration.id)):
        assert f"UID:{uid}".encode() in body.replace(b"\r\n ", b"")


def test_feed_of_a_person_holds_nobody_elses(client, sign_in, maren):
    registrations.registered(events.workshop(), people.person("Bo", "Lee"))
    sign_in(client, maren)
    assert b"BEGIN:VEVENT" not in client.get(f"/feeds/{key_of(client)}.ics").data


def test_moved_session_keeps_its_uid_and_raises_its_sequence(client, sign_in, maren):
    event = events.workshop()
    registrations.registered(event, maren)
    sign_in(client, maren)
    token = key_of(client)
    before = client.get(f"/feeds/{token}.ics").data
    programme.move_session(events.sessions(event)[0].id, events.at(30), events.at(30, 12), actor_id=None)
    after = client.get(f"/feeds/{token}.ics").data
    uid = re.search(rb"UID:\S+", before)[0]
    assert uid in after
    assert (b"SEQUENCE:0" in before, b"SEQUENCE:1" in after) == (True, True)


def test_cancelled_place_stays_visible_as_cancelled(client, sign_in, maren):
    registration = registrations.registered(events.workshop(), maren)
    sign_in(client, maren)
    token = key_of(client)
    places.cancel(registration.id, by_id=None, reason="Ill")
    body = client.get(f"/feeds/{token}.ics").data
    assert b"STATUS:CANCELLED" in body
    assert b"TRANSP:TRANSPARENT" in body
    assert ics.check(body) == []


def test_joining_link_appears_from_its_time_only(client, sign_in, maren, frozen):
    event = events.workshop(mode="online", online_url="https://meet.example/room", link_opens_minutes=60)
    registrations.registered(event, maren)
    sign_in(client, maren)
    token, starts = key_of(client), events.sessions(event)[0].starts_at
    assert b"meet.example" not in client.get(f"/feeds/{token}.ics").data
    frozen.move_to(starts - timedelta(minutes=59))
    assert b"https://meet.example/room" in client.get(f"/feeds/{token}.ics").data.replace(b"\r\n ", b"")


def test_withdrawn_address_answers_410_and_an_unknown_one_404(client, sign_in, maren):
    sign_in(client, maren)
    token = key_of(client)
    client.post(f"/me/calendar/{db.session.scalar(select(FeedKey.id))}/withdraw")
    assert client.get(f"/feeds/{token}.ics").status_code == 410
    assert client.get("/feeds/nothing.ics").status_code == 404


def test_somebody_elses_key_cannot_be_withdrawn(client, sign_in, maren):
    sign_in(client, maren)
    key_of(client)
    sign_in(client, people.person("Bo", "Lee"))
    assert client.post(f"/me/calendar/{db.session.scalar(select(FeedKey.id))}/withdraw").status_code == 404


def test_fetch_is_logged_once_a_minute_by_family(client, sign_in, maren):
    sign_in(client, maren)
    token = key_of(client)
    for _ in range(3):
        client.get(f"/feeds/{token}.ics", headers={"User-Agent": "Google-Calendar-Importer"})
    assert db.session.scalars(select(FetchLog.family)).all() == ["google"]
    assert "Google Calendar read this just now" in client.get("/me/calendar").text


def test_guest_makes_an_address_on_the_orders_page(client):
    registration = registrations.registered(events.workshop(), people.guest("Ana", "Silva", email="ana@home.example"))
    ref = db.session.get(Order, registration.order_id).ref
    client.post(f"/orders/{ref}/calendar/{registration.id}", data={"program": "apple"})
    token = re.search(r"webcal://[^\"]+/feeds/([\w-]+)\.ics", client.get(f"/orders/{ref}/calendar").text)[1]
    assert client.get(f"/feeds/{token}.ics").data.count(b"BEGIN:VEVENT") == 1


def test_file_of_a_place_is_valid_and_belongs_to_its_order(client):
    registration = registrations.registered(events.workshop(), people.guest("Ana", "Silva", email="ana@home.example"))
    ref = db.session.get(Order, registration.order_id).ref
    assert ics.check(client.get(f"/orders/{ref}/calendar/{registration.id}.ics").data) == []
    assert client.get(f"/orders/{ref}/calendar/{registration.id + 1}.ics").status_code == 404


def test_who_presents_finds_the_calendar_of_what_she_presents(client, sign_in, maren):
    hers, idle = Presenter(name="Maren Kowalczyk", person_id=maren.id), Presenter(name="M. Kowalczyk", person_id=maren.id)
    db.session.add_all([hers, idle])
    db.session.flush()
    db.session.add(SessionPresenter(session_id=events.sessions(events.workshop())[0].id, presenter_id=hers.id))
    db.session.flush()
    address, empty = f"/presenters/{hers.id}.ics", f"/presenters/{idle.id}.ics"
    sign_in(client, maren)
    page = client.get("/me/calendar").text
    assert address in page and empty not in page and client.get(address).status_code == 200
