"""Something more for a confirmed place, from the order's page and by staff."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.web.registration.test_register import add_on_of
from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.audit import AuditEntry
from webapp.core.db import db
from webapp.payments import due, invoices, receipts
from webapp.payments.receipts import Received
from webapp.registration import ledger
from webapp.registration.models import Order, Registration
from webapp.registration.offers import AddOnSpec, PriceSpec


def sold() -> tuple[Event, Registration, str]:
    """An event with meals, a place in it on invoice, and the address of its order."""
    event = events.workshop(add_ons=[AddOnSpec("Meal", [PriceSpec(4_000)], capacity=3)])
    place = places.registered(event, people.person("Ana", "Silva"))
    invoices.issue(place.order_id)
    return event, place, f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def test_a_meal_is_added_from_the_page_after_its_price_was_shown(client: FlaskClient) -> None:
    event, place, address = sold()
    here = f"{address}/things/{place.id}"
    assert here in client.get(address).text and "$40.00" in client.get(here).text
    meal = f"add_on_{add_on_of(event)}"
    review = client.post(here, data={meal: "2"}).text
    assert "What it costs" in review and "$80.00" in review and ledger.owed(place.order_id) == 15_000
    assert client.post(here, data={meal: "2", "seen": "8000"}).location == address
    assert [bill.invoice.total_cents for bill in invoices.of_order(place.order_id)] == [15_000, 8_000]
    page, bill = client.get(address).text, invoices.of_order(place.order_id)[-1].invoice
    assert "2 × Meal" in page
    assert f"Invoice {bill.number} for it comes by mail: $80.00, to be paid by {times.date_words(bill.due_on)}." in page


@pytest.mark.parametrize(("typed", "words"), [
    ("", "Choose what to add."), ("-1", "Choose from 0 to 3."), ("4", "Choose from 0 to 3."), ("1e9", "Not a valid"),
    ("99999999999999", "Choose from")])
def test_what_cannot_be_used_is_said_and_kept(client: FlaskClient, typed: str, words: str) -> None:
    event, place, address = sold()
    answer = client.post(f"{address}/things/{place.id}", data={f"add_on_{add_on_of(event)}": typed})
    assert answer.status_code == 422 and words in answer.text and f'value="{typed}"' in answer.text


def test_another_price_than_was_seen_is_shown_again(client: FlaskClient) -> None:
    event, place, address = sold()
    answer = client.post(f"{address}/things/{place.id}", data={f"add_on_{add_on_of(event)}": "1", "seen": "1"})
    assert "The price changed" in answer.text and ledger.owed(place.order_id) == 15_000


def test_a_place_of_another_order_and_a_closed_event_have_nothing_to_add(client: FlaskClient) -> None:
    event, place, address = sold()
    assert client.get(f"{address}/things/{place.id + 99}").status_code == 404
    event.status = "closed"
    db.session.flush()
    assert "Add something" not in client.get(address).text
    assert client.get(f"{address}/things/{place.id}").location == address


def test_staff_add_it_with_a_reason_that_stands_in_the_history(client: FlaskClient, sign_in: Any) -> None:
    event, place, _ = sold()
    sign_in(client, people.person("Ruth", roles=["organizer"]))
    here, meal = f"/manage/events/{event.slug}/people/{place.id}", f"add_on_{add_on_of(event)}"
    assert f"{here}/things" in client.get(here).text
    assert client.post(f"{here}/things", data={meal: "1"}).status_code == 422
    assert "$40.00" in client.post(f"{here}/things", data={meal: "1", "reason": "She called"}).text
    assert client.post(f"{here}/things", data={meal: "1", "reason": "She called", "seen": "4000"}).location == here
    assert db.session.scalars(select(AuditEntry.reason).filter_by(action="registration.bought")).all() == ["She called"]
    assert "for it comes by mail: $40.00, to be paid by" in client.get(here).text


def test_on_a_card_order_staff_read_where_it_is_paid(client: FlaskClient, sign_in: Any) -> None:
    event = events.workshop(add_ons=[AddOnSpec("Meal", [PriceSpec(4_000)], capacity=3)])
    place = places.registered(event, people.person("Ana", "Silva"), method="card")
    sign_in(client, people.person("Ruth", roles=["organizer"]))
    here = f"/manage/events/{event.slug}/people/{place.id}"
    client.post(f"{here}/things", data={f"add_on_{add_on_of(event)}": "1", "reason": "She called", "seen": "4000"})
    ref = db.session.get_one(Order, place.order_id).ref
    assert f"$40.00 is due today: it is paid by card from the page of order {ref}." in client.get(here).text
    receipts.record(place.order_id, Received("cash", 15_000, clock.today("America/Chicago"), "America/Chicago"), by_id=None)
    assert due.next_of(place.order_id, clock.today("America/Chicago")).cents == 4_000
