"""A colleague takes a place: by who pays, on the order's page; by staff, on the page of the place; with what she is asked."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, hours, people
from tests.factories import registrations as places
from tests.web.registration.test_places import address, ordered
from webapp.accounts import memberships
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.forms import answers, questions
from webapp.payments import balances, invoices, receipts
from webapp.payments.receipts import Received
from webapp.registration.models import Order, Registration

SAM = {"given_name": "Sam", "family_name": "Reed", "email": "sam@office.example"}


def page_of(place: Registration) -> str:
    return f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def form_of(place: Registration) -> str:
    return f"{page_of(place)}/substitute/{place.id}"


def handed_on(client: FlaskClient, place: Registration, seen: int = 0) -> Registration:
    """The place after both steps."""
    done = client.post(form_of(place), data={**SAM, "seen": str(seen)})
    assert (done.status_code, done.location) == (303, page_of(place))
    return db.session.scalars(select(Registration).filter_by(replaces_id=place.id)).one()


def state(place: Registration) -> str:
    return db.session.get_one(Registration, place.id, populate_existing=True).state


def test_the_review_says_what_it_means_before_anything_happens(client: FlaskClient) -> None:
    place = places.registered(events.workshop(), people.person(member=True), "Member")
    assert form_of(place) in client.get(page_of(place)).text
    assert "Who has it now" in client.get(form_of(place)).text
    review = client.post(form_of(place), data=SAM).text
    assert "Sam Reed takes Maria Lopez’s place" in review and "$30.00 more is owed." in review and "$150.00" in review
    assert state(place) == "confirmed"


def test_sent_again_from_the_review_it_is_done(client: FlaskClient) -> None:
    ana, = ordered(events.workshop(), "Ana")
    assert "Nothing changes about the money." in client.post(form_of(ana), data=SAM).text
    sam = handed_on(client, ana)
    page = client.get(page_of(ana)).text
    assert (state(ana), sam.state) == ("substituted", "confirmed") and "Handed on" in page and "Sam Reed has this place now." in page


def test_what_was_typed_can_be_changed_and_is_not_lost(client: FlaskClient) -> None:
    ana, = ordered(events.workshop(), "Ana")
    back = client.post(form_of(ana), data={**SAM, "seen": "0", "change": "1"})
    assert back.status_code == 200 and 'value="sam@office.example"' in back.text and state(ana) == "confirmed"


@pytest.mark.parametrize(("typed", "words"), [
    ({"email": "sam"}, "Write the whole address"), ({"given_name": ""}, "Write the given name"),
    ({"given_name": "Bo", "family_name": "Silva", "email": "bo@home.example"}, "Bo Silva has a place in this event already.")])
def test_what_cannot_be_is_said_beside_its_field(client: FlaskClient, typed: dict[str, str], words: str) -> None:
    ana, _ = ordered(events.workshop(), "Ana", "Bo")
    for seen in ({}, {"seen": "0"}):
        answer = client.post(form_of(ana), data={**SAM, **typed, **seen})
        assert answer.status_code == 422 and words in answer.text
    assert state(ana) == "confirmed"


@pytest.mark.parametrize("seen", ["3000", "-1", "x", "9" * 40])
def test_another_price_than_the_one_shown_is_shown_first(client: FlaskClient, seen: str) -> None:
    ana, = ordered(events.workshop(), "Ana")
    answer = client.post(form_of(ana), data={**SAM, "seen": seen})
    assert answer.status_code == 200 and "The price changed since you opened this page." in answer.text and state(ana) == "confirmed"


def test_somebody_elses_place_is_not_there(client: FlaskClient) -> None:
    event = events.workshop()
    ana, other = ordered(event, "Ana")[0], ordered(event, "Bo")[0]
    there = f"{page_of(other)}/substitute/{ana.id}"
    assert [client.get(there).status_code, client.post(there, data=SAM).status_code] == [404, 404] and state(ana) == "confirmed"


def test_after_the_start_the_page_says_why_not(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event = events.workshop()
    ana, = ordered(event, "Ana")
    frozen.move_to(event.starts_at)
    assert form_of(ana) not in client.get(page_of(ana)).text
    assert "The event has begun" in client.get(form_of(ana), follow_redirects=True).text
    assert "The event has begun" in client.post(form_of(ana), data={**SAM, "seen": "0"}).text and state(ana) == "confirmed"


def test_the_joining_link_and_the_page_close_at_once(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event = events.workshop(mode="online", online_url="https://zoom.example/j/1")
    ana, = ordered(event, "Ana")
    frozen.move_to(event.starts_at - timedelta(minutes=5))
    assert "zoom.example" in client.get(address(ana)).text
    sam = handed_on(client, ana)
    assert "zoom.example" not in client.get(address(ana)).text and "A colleague has this place now." in client.get(address(ana)).text
    assert client.get(f"{address(ana)}/calendar/{ana.id}.ics").status_code == 404
    assert "zoom.example" in client.get(address(sam)).text


def test_who_handed_her_own_place_on_does_not_get_the_link_by_the_order(
        client: FlaskClient, sign_in: Any, frozen: time_machine.Traveller) -> None:
    event, maria = events.workshop(mode="online", online_url="https://zoom.example/j/1"), people.person()
    place = places.registered(event, maria)
    frozen.move_to(event.starts_at - timedelta(minutes=5))
    sign_in(client, maria)
    assert "zoom.example" in client.get(page_of(place)).text and form_of(place) in client.get(f"/me/registrations/{place.id}").text
    sam = handed_on(client, place)
    assert [client.get(one).text.count("zoom.example") for one in (
        page_of(place), f"/me/registrations/{place.id}", f"/me/registrations/{sam.id}", "/me")] == [0, 0, 0, 0]
    assert client.get(f"{page_of(place)}/calendar/{sam.id}.ics").status_code == 404


def asking(**fields: Any) -> Event:
    event = events.workshop(**fields)
    questions.replace(event.id, questions.standard(), actor_id=None)
    return event


def test_she_answers_for_herself_and_may_change_it(client: FlaskClient) -> None:
    ana, = ordered(asking(), "Ana", answers={"access_needs": "Captions"})
    sam = handed_on(client, ana)
    asked = f"{address(sam)}/questions"
    assert asked in client.get(address(sam)).text and "Captions" not in client.get(asked).text
    assert client.post(asked, data={"answer_access_needs": "A quiet room"}).location == address(sam)
    kept = [one.value for one in answers.of_registration(sam.id, seeing=answers.ALL)]
    assert kept == ["A quiet room"] and "Change my answers" in client.get(address(sam)).text
    assert "A quiet room" not in client.get(asked).text


def test_an_answer_that_cannot_be_used_is_said_beside_it(client: FlaskClient) -> None:
    ana, = ordered(asking(), "Ana")
    asked = f"{address(handed_on(client, ana))}/questions"
    answer = client.post(asked, data={"answer_profession": "Astronaut"})
    assert answer.status_code == 422 and "Choose from the list." in answer.text


def test_who_was_booked_by_somebody_else_is_asked_and_who_ordered_herself_is_not(client: FlaskClient) -> None:
    ana, = ordered(asking(), "Ana")
    assert f"{address(ana)}/questions" in client.get(address(ana)).text
    own = places.registered(asking(), people.person("Eva", "Else"))
    assert "/questions" not in client.get(address(own)).text


def test_who_pays_and_comes_herself_answers_from_the_order(client: FlaskClient) -> None:
    ana, = ordered(asking(member=0, non_member=0), "Ana")
    joan = {"given_name": "Joan", "family_name": "Tate", "email": "joan@office.example", "seen": "0"}
    client.post(form_of(ana), data=joan)
    assert "/questions" in client.get(page_of(ana)).text


def test_the_payer_still_chooses_breakouts_for_the_colleague(client: FlaskClient) -> None:
    ana, = ordered(events.conference(), "Ana")
    sam = handed_on(client, ana)
    assert f"{page_of(ana)}/breakouts?place={sam.id}" in client.get(page_of(ana)).text


def test_more_owed_is_billed_on_an_invoice_of_its_own(client: FlaskClient) -> None:
    place = places.registered(events.workshop(), people.person(member=True), "Member")
    invoices.issue(place.order_id)
    handed_on(client, place, 3_000)
    assert [one.invoice.total_cents for one in invoices.of_order(place.order_id)] == [12_000, 3_000]


def test_the_same_price_bills_nothing_anew(client: FlaskClient) -> None:
    ana, = ordered(events.workshop(), "Ana")
    invoices.issue(ana.order_id)
    handed_on(client, ana)
    assert [(one.invoice.total_cents, one.notes) for one in invoices.of_order(ana.order_id)] == [(15_000, [])]


def test_staff_hand_a_place_on_with_a_reason(client: FlaskClient, sign_in: Any) -> None:
    event = events.workshop(policy="percent-by-days")
    ana, = ordered(event, "Ana")
    there = staff_form(client, sign_in, event, ana)
    assert client.post(there, data=SAM).status_code == 422
    assert "Nothing changes about the money." in client.post(there, data={**SAM, "reason": "She is ill."}).text
    done = client.post(there, data={**SAM, "reason": "She is ill.", "seen": "0"})
    page = client.get(str(done.location)).text
    assert (done.status_code, state(ana)) == (303, "substituted") and "Sam Reed" in page and "She is ill." in page


def test_staff_are_told_why_not(client: FlaskClient, sign_in: Any, frozen: time_machine.Traveller) -> None:
    event = events.workshop()
    ana, = ordered(event, "Ana")
    there = staff_form(client, sign_in, event, ana)
    frozen.move_to(event.starts_at)
    assert "The event has begun" in client.get(there, follow_redirects=True).text


def test_organizers_of_another_event_reach_nothing(client: FlaskClient, sign_in: Any) -> None:
    event = events.workshop()
    ana, = ordered(event, "Ana")
    there = staff_form(client, sign_in, events.workshop("Other"), ana)
    assert client.get(there).status_code == 404
    assert client.get(there.replace(db.session.get_one(Event, event.id).slug, "other")).status_code == 404


def test_who_was_present_keeps_her_place(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event = events.workshop()
    ana, = ordered(event, "Ana")
    frozen.move_to(event.starts_at - timedelta(hours=1))
    hours.presences.arrive(ana.person_id, events.sessions(event)[0].id, event.starts_at - timedelta(hours=1), by_id=None)
    for seen in ("", "0"):
        assert "A session was attended on this place already" in client.post(form_of(ana), data={**SAM, "seen": seen}).text
    assert state(ana) == "confirmed"


def staff_form(client: FlaskClient, sign_in: Any, event: Event, place: Registration) -> str:
    sign_in(client, people.person("Olga", "Ruiz", roles=[("organizer", {"event_id": event.id})]))
    return f"/manage/events/{event.slug}/people/{place.id}/substitute"


def paid_by_cheque(place: Registration) -> None:
    received = Received("cheque", 15_000, clock.today(events.ZONE), events.ZONE, number="77")
    receipts.record(place.order_id, received, by_id=people.person().id)


def test_money_paid_stays_and_only_what_is_too_much_goes_back(client: FlaskClient) -> None:
    ana, = ordered(events.workshop(), "Ana")
    paid_by_cheque(ana)
    memberships.add(None, "M-77", from_on=date(2020, 1, 1), until_on=date(2030, 1, 1), actor_id=None, email=SAM["email"])
    client.post(form_of(ana), data={**SAM, "member_number": "M-77", "seen": "-3000"})
    balance = balances.of_order(ana.order_id, clock.today(events.ZONE))
    assert (balance.owed_cents, balance.allocated_cents, balance.in_flight_cents) == (12_000, 12_000, 3_000)


def test_money_paid_pays_for_the_colleague(client: FlaskClient) -> None:
    ana, = ordered(events.workshop(), "Ana")
    paid_by_cheque(ana)
    handed_on(client, ana)
    balance = balances.of_order(ana.order_id, clock.today(events.ZONE))
    assert (balance.open_cents, balance.allocated_cents, balance.in_flight_cents) == (0, 15_000, 0)
