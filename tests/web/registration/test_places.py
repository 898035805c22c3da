"""/places/<key>: the attendee's own page, when somebody else ordered for her."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.registration import orders, own_page
from webapp.registration.models import Order, Registration, Seat
from webapp.registration.orders import Buyer

BOSS = Buyer("Joan Tate", "joan@office.example")


def ordered(event: Any, *given: str, **more: Any) -> list[Registration]:
    """Places that Joan ordered for her colleagues."""
    wishes = [places.stranger(event, given=one, email=f"{one.lower()}@home.example", **more) for one in given]
    held = orders.hold(event.id, wishes, BOSS)
    places.place(held.order_id)
    return list(db.session.scalars(select(Registration).filter_by(order_id=held.order_id).order_by(Registration.id)))


def address(place: Registration) -> str:
    return own_page.of(place.id).path


def test_she_sees_her_own_place_and_nothing_of_the_order(client: FlaskClient) -> None:
    event = events.workshop()
    maria, bo = ordered(event, "Maria", "Bo")
    page = client.get(address(maria)).text
    ref = db.session.get_one(Order, maria.order_id).ref
    assert event.title in page and "Maria" in page and "Confirmed" in page
    assert not any(word in page for word in (ref, "Bo ", "bo@home.example", "$", "Joan", "Lakeshore"))
    assert address(maria) != address(bo)


def test_who_ordered_herself_is_led_to_the_order() -> None:
    place = places.registered(events.workshop(), people.person())
    assert address(place) == f"/orders/{db.session.get_one(Order, place.order_id).ref}"


@pytest.mark.parametrize("wrong", ["1", "x", "1-", "0-abc", "99999999999-a", "ä-ö"])
def test_a_wrong_key_is_nobodys(client: FlaskClient, wrong: str) -> None:
    assert client.get(f"/places/{wrong}").status_code == 404


def test_the_key_of_one_place_opens_no_other(client: FlaskClient) -> None:
    maria, bo = ordered(events.workshop(), "Maria", "Bo")
    secret = address(maria).rpartition("-")[2]
    assert client.get(f"/places/{bo.id}-{secret}").status_code == 404
    assert client.get(f"{address(maria)}/calendar/{bo.id}.ics").status_code == 404


def test_she_gives_her_place_back_and_the_others_stay(client: FlaskClient) -> None:
    maria, bo = ordered(events.workshop(), "Maria", "Bo")
    assert "Cancel this place?" in client.get(f"{address(maria)}/cancel").text
    assert client.post(f"{address(maria)}/cancel").location == address(maria)
    states = [db.session.get_one(Registration, one.id, populate_existing=True).state for one in (maria, bo)]
    assert states == ["cancelled", "confirmed"] and "Given back" in client.get(address(maria)).text


def test_she_chooses_her_breakouts(client: FlaskClient) -> None:
    event = events.conference()
    place, = ordered(event, "Maria")
    block, wanted = events.blocks(event)["A"].id, next(s.id for s in events.sessions(event) if s.title == "Breakout A1")
    assert "Choose your breakouts" in client.get(f"{address(place)}/breakouts").text
    assert client.post(f"{address(place)}/breakouts", data={f"block_{block}": wanted}).location == address(place)
    assert db.session.scalars(select(Seat.session_id).filter_by(registration_id=place.id, how="chosen")).all() == [wanted]
    assert client.post(f"{address(place)}/breakouts", data={f"block_{block}": 99}).status_code == 422


def test_she_puts_it_into_her_calendar(client: FlaskClient) -> None:
    place, = ordered(events.workshop(), "Maria")
    assert f"{address(place)}/calendar/{place.id}.ics" in client.get(f"{address(place)}/calendar").text
    assert client.get(f"{address(place)}/calendar/{place.id}.ics").text.count("BEGIN:VEVENT") == 1
    made = client.post(f"{address(place)}/calendar/{place.id}", data={"program": "google"})
    assert made.location == f"{address(place)}/calendar#new" and "/feeds/" in client.get(f"{address(place)}/calendar").text


def test_on_her_own_pages_too_the_order_stays_closed(client: FlaskClient, sign_in: Any) -> None:
    event, maria = events.conference(), people.person("Maria", "Lopez", email="maria@home.example")
    held = orders.hold(event.id, [places.attendee(event, maria)], BOSS)
    places.place(held.order_id)
    sign_in(client, maria)
    place = places.of_order(held.order_id)
    page = client.get(f"/me/registrations/{place.id}").text
    assert held.ref not in page and f"{address(place)}/breakouts" in page
