"""My places, my registrations, applications: what is hers, and nobody else's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.forms import questions
from webapp.forms.values import QuestionSpec
from webapp.registration import applications, orders
from webapp.registration.models import Application, Order, Registration
from webapp.registration.orders import Buyer

Count = Callable[[], AbstractContextManager[list[str]]]


def test_the_next_session_stands_first_with_its_link_when_it_is_time(
        client: FlaskClient, sign_in: Any, frozen: time_machine.Traveller) -> None:
    event, maria = events.workshop(mode="online", online_url="https://zoom.example/j/1"), people.person()
    places.registered(event, maria)
    sign_in(client, maria)
    assert "zoom.example" not in client.get("/me").text
    frozen.shift(timedelta(days=27))
    assert 'href="https://zoom.example/j/1"' in client.get("/me").text


def test_what_waits_is_listed_with_where_to_go(client: FlaskClient, sign_in: Any) -> None:
    maria = people.person()
    held, owed, cohort = places.held(events.workshop("Held"), maria), places.registered(events.workshop("Owed"), maria), events.cohort()
    application = applications.decide(places.applied(cohort, maria).id, offer=True, by_id=None)
    refs = [f"/orders/{db.session.get_one(Order, one.order_id).ref}" for one in (held, owed)] + [f"/applications/{application.ref}"]
    sign_in(client, maria)
    page = client.get("/me").text
    assert f"{refs[0]}/review" in page and f'href="{refs[1]}"' in page and refs[2] in page and "$150.00 for Owed" in page


def test_with_nothing_booked_the_next_step_is_named(client: FlaskClient, sign_in: Any) -> None:
    sign_in(client, people.person())
    assert "Nothing is booked yet" in client.get("/me").text


@pytest.mark.parametrize("address", ["/me", "/me/registrations", "/me/registrations?show=past", "/me/registrations?show=colleagues",
                                     "/me/registrations?show=orders", "/me/registrations?show=%00"])
def test_lists_cost_the_same_with_one_place_and_many(client: FlaskClient, sign_in: Any, query_count: Count, address: str) -> None:
    few, many = people.person(), people.person()
    for number in range(6):
        event = events.workshop(f"W{number}")
        places.registered(event, many)
        if not number:
            places.registered(event, few)
    counts = []
    for person_id in (few.id, many.id):
        sign_in(client, person_id)
        with query_count() as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_place_of_somebody_else_is_not_there(client: FlaskClient, sign_in: Any) -> None:
    place_id, other = places.registered(events.workshop(), people.person()).id, people.person()
    sign_in(client, other)
    answers = [client.get(f"/me/registrations/{place_id}"), client.get(f"/me/registrations/{place_id}/cancel"),
               client.post(f"/me/registrations/{place_id}/cancel")]
    assert [one.status_code for one in answers] == [404, 404, 404]
    assert db.session.get_one(Registration, place_id).state == "confirmed"


def test_cancelling_shows_what_comes_back_first(client: FlaskClient, sign_in: Any) -> None:
    maria = people.person()
    place_id = places.registered(events.workshop(), maria).id
    sign_in(client, maria)
    assert "$130.00" in client.get(f"/me/registrations/{place_id}/cancel").text
    assert client.post(f"/me/registrations/{place_id}/cancel").location == f"/me/registrations/{place_id}"
    assert db.session.get_one(Registration, place_id).state == "cancelled"


def test_a_colleagues_place_is_seen_by_both_and_the_money_by_the_buyer(client: FlaskClient, sign_in: Any) -> None:
    event, bo, ana = events.workshop(), people.person("Bo", "Berg"), people.person("Ana", "Silva")
    made = orders.hold(event.id, [places.attendee(event, ana)], Buyer("Bo Berg", "bo@home.example", bo.id))
    places.place(made.order_id)
    place_id, buyer_id, attendee_id, ref = places.of_order(made.order_id).id, bo.id, ana.id, made.ref
    sign_in(client, buyer_id)
    assert "Ana Silva" in client.get("/me/registrations?show=colleagues").text
    assert f"/orders/{ref}" in client.get(f"/me/registrations/{place_id}").text
    sign_in(client, attendee_id)
    page = client.get(f"/me/registrations/{place_id}").text
    assert "Somebody else ordered this place" in page and "$150.00" not in page


def test_applying_accepting_and_paying_is_one_way(client: FlaskClient) -> None:
    event = events.cohort()
    questions.replace(event.id, [QuestionSpec("why", "Why now?", is_required=True, asked_in="application")], actor_id=None)
    slug, type_id = event.slug, places.type_of(event).id
    form = {"type": type_id, "given_name": "Ana", "family_name": "Silva", "email": "ana@home.example"}
    refused = client.post(f"/events/{slug}/register", data=form)
    assert refused.status_code == 422 and "“Why now?” Please answer this" in refused.text
    sent = client.post(f"/events/{slug}/register", data=form | {"answer_why": "It is time."})
    assert sent.status_code == 303 and "It is time." in client.get(sent.location).text
    applications.decide(db.session.scalars(select(Application.id)).one(), offer=True, by_id=None)
    assert "$9,000.00" in client.get(sent.location).text
    accepted = client.post(f"{sent.location}/accept")
    page = client.get(accepted.location).text
    assert accepted.location.endswith("/review") and "Paid in parts" in page


def test_a_place_that_cannot_be_given_back_is_not_by_a_sent_form(client: FlaskClient, sign_in: Any) -> None:
    person = people.person()
    held = places.held(events.workshop(), person)
    number, address = held.id, f"/orders/{db.session.get_one(Order, held.order_id).ref}"
    sign_in(client, person)
    assert client.post(f"/me/registrations/{number}/cancel").status_code == 303
    assert client.post(f"{address}/cancel/{number}").location == address
    assert db.session.get_one(Registration, number).state == "held"


def test_opening_an_offer_accepts_nothing(client: FlaskClient) -> None:
    application = applications.decide(places.applied(events.cohort(), people.person()).id, offer=True, by_id=None)
    client.get(f"/applications/{application.ref}")
    assert db.session.scalars(select(Order.id)).all() == []


def test_an_application_is_taken_back(client: FlaskClient) -> None:
    application = places.applied(events.cohort(), people.person())
    address, number = f"/applications/{application.ref}", application.id
    assert client.post(f"{address}/withdraw").location == address
    assert db.session.get_one(Application, number).state == "withdrawn"


def test_an_organizer_decides_and_a_stranger_sees_nothing(client: FlaskClient, sign_in: Any) -> None:
    event = events.cohort()
    application, organizer = places.applied(event, people.person("Ana", "Silva")), people.person(roles=["organizer"])
    address, number = f"/manage/events/{event.slug}/applications", application.id
    sign_in(client, people.person())
    assert client.get(address).status_code == 404
    sign_in(client, organizer)
    assert "Ana Silva" in client.get(address).text
    assert client.post(f"{address}/{number}", data={}).status_code == 422
    group = str(events.groups(db.session.merge(event))["Group A"].id)
    assert client.post(f"{address}/{number}", data={"decision": "offer", "group": group, "note": "Welcome"}).location == address
    assert db.session.get_one(Application, number).state == "offered"


def test_an_application_of_another_event_is_not_there(client: FlaskClient, sign_in: Any) -> None:
    one, other = events.cohort("One"), events.cohort("Other")
    application = places.applied(one, people.person())
    address = f"/manage/events/{other.slug}/applications/{application.id}"
    sign_in(client, people.person(roles=["organizer"]))
    assert client.get(address).status_code == 404 and client.post(address, data={"decision": "decline"}).status_code == 404


def test_what_an_agency_pays_is_not_asked_of_the_attendee(client: FlaskClient, sign_in: Any) -> None:
    maria = people.person()
    places.registered(events.workshop("Owed"), maria, method="invoice")
    sign_in(client, maria)
    page = client.get("/me").text
    assert 'id="waiting"' not in page and "To pay" not in page and "Your agency pays" in page.split('id="coming"')[1]


@pytest.mark.parametrize(("role", "door"), [("door", "/door"), ("organizer", "/manage"), ("finance", "/manage/finance")])
def test_who_works_here_finds_her_desk_on_her_first_page(client: FlaskClient, sign_in: Any, role: str, door: str) -> None:
    sign_in(client, people.person(roles=[role]))
    assert f'href="{door}"' in client.get("/me").text.split('id="work"')[1]
    sign_in(client, people.person())
    assert 'id="work"' not in client.get("/me").text and 'href="/manage"' not in client.get("/").text
