"""A cart: several events and people on one order, from the review page, before anybody pays."""

import re
from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events
from tests.web.registration.test_register import filled, held, orders, send
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration.models import Order, Registration


def two_events() -> tuple[Event, Event]:
    return events.workshop("Sleep"), events.workshop("Play", non_member=9_000, policy="percent-by-days", starts=events.at(50))


def cart(client: FlaskClient, one: Event, other: Event) -> str:
    """The address of an order with a place in each event, Ana in one and in the other."""
    address = held(client, one)
    assert client.post(f"{address}/more").location == "/events"
    assert held(client, other) == address
    return address


def colleague(client: FlaskClient, event: Event, given: str = "Bo", **more: Any) -> dict[str, Any]:
    return filled(client, event, query="?for=colleague", **{"for": "colleague"}, given_name=given, email=f"{given.lower()}@home.example",
                  booker_name="Ana Silva", booker_email="ana@home.example", **more)


def states(address: str) -> list[str]:
    return list(db.session.scalars(select(Registration.state).join(Order).where(Order.ref == address.rsplit("/", 1)[1])
                                   .order_by(Registration.id)))


def test_another_event_goes_on_the_same_order_and_is_paid_with_it(client: FlaskClient) -> None:
    address = cart(client, *two_events())
    review = client.get(f"{address}/review").text
    assert all(words in review for words in (
        "Ana Silva: Sleep", "Ana Silva: Play", "$240.00", "Sleep and 1 more", "Sleep: Non-member", "If your plans change: Sleep",
        "If your plans change: Play", "Take this off the order"))
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "24000"})
    assert states(address) == ["confirmed", "confirmed"]
    page = client.get(address).text
    assert page.count("Cancel this place") == 2 and "<dd>Play</dd>" in page
    kinds = [row for row in db.session.scalars(select(Message.kind).order_by(Message.id)) if row != "reminder"]
    assert kinds.count("registration_confirmed") == 2 and kinds.count("invoice") == 1


def test_the_form_says_what_it_is_added_to_and_can_be_an_order_of_its_own(client: FlaskClient) -> None:
    one, other = two_events()
    address = held(client, one)
    client.post(f"{address}/more")
    assert "Added to your order" in client.get(f"/events/{other.slug}/register").text
    client.post(f"{address}/more", data={"stop": other.slug})
    assert "Added to your order" not in client.get(f"/events/{other.slug}/register").text
    assert held(client, other) != address


def test_somebody_else_too(client: FlaskClient) -> None:
    event = events.workshop()
    address = held(client, event)
    there = client.post(f"{address}/more", data={"event": event.slug}).location
    assert there == f"/events/{event.slug}/register?for=colleague"
    assert 'value="ana@home.example"' in client.get(there).text
    assert send(client, event, colleague(client, event)).location == f"{address}/review"
    review = client.get(f"{address}/review").text
    assert "Take Bo Silva off the order" in review and "$300.00" in review


def test_a_place_is_taken_off_again(client: FlaskClient) -> None:
    address = cart(client, *two_events())
    out = re.findall(rf'action="({address}/places/\d+/out)"', client.get(f"{address}/review").text)
    assert client.post(out[0]).location == f"{address}/review"
    review = client.get(f"{address}/review").text
    assert "$90.00" in review and "Sleep" not in review and states(address) == ["cancelled", "held"]


def test_a_double_click_adds_once(client: FlaskClient) -> None:
    one, other = two_events()
    address = held(client, one)
    client.post(f"{address}/more")
    form = colleague(client, other)
    assert {send(client, other, form).location for _ in range(3)} == {f"{address}/review"} and states(address) == ["held", "held"]


def test_back_and_another_name_is_told_where_the_first_one_is(client: FlaskClient) -> None:
    one, other = two_events()
    address = cart(client, one, other)
    again = send(client, other, filled(client, other, family_name="Silva", mode="in_person"))
    assert again.location == f"{address}/review" and len(states(address)) == 2


def test_an_order_that_ran_out_is_not_added_to(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    one, other = two_events()
    address = held(client, one)
    client.post(f"{address}/more")
    frozen.shift(timedelta(minutes=21))
    assert "Added to your order" not in client.get(f"/events/{other.slug}/register").text
    assert held(client, other) != address


def test_another_browser_adds_nothing(client: FlaskClient, app: Any) -> None:
    one, other = two_events()
    address = held(client, one)
    client.post(f"{address}/more")
    stranger = app.test_client()
    assert held(stranger, other) != address and len(orders()) == 2
    assert stranger.post(f"{address}/places/999/out").status_code == 404


def test_an_expired_cart_leads_back_to_each_event(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    one, other = two_events()
    address = cart(client, one, other)
    frozen.shift(timedelta(hours=1))
    page = client.get(address).text
    assert all(f"/events/{event.slug}/register?again=" in page for event in (one, other))


def test_cancelling_one_shows_and_returns_its_lines_only(client: FlaskClient) -> None:
    address = cart(client, *two_events())
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "24000"})
    place = db.session.scalars(select(Registration.id).order_by(Registration.id)).all()[1]
    assert "$67.50" in client.get(f"{address}/cancel/{place}").text
    client.post(f"{address}/cancel/{place}")
    assert states(address) == ["confirmed", "cancelled"]


def test_a_guest_who_adds_an_event_is_not_asked_again_who_she_is(client: FlaskClient) -> None:
    one, other = two_events()
    client.post(f"{held(client, one)}/more")
    page = client.get(f"/events/{other.slug}/register").text
    assert all(f'value="{known}"' in page for known in ("Ana", "Silva", "ana@home.example"))
    client.post("/logout")
    with client.application.test_client() as stranger:
        assert "ana@home.example" not in stranger.get(f"/events/{other.slug}/register").text


def test_of_several_places_the_pages_speak_of_seats(client: FlaskClient) -> None:
    address = cart(client, *two_events())
    review = client.get(f"{address}/review").text
    assert "Your seats are kept until" in review and "Let the seats go" in review and "Your seat is" not in review
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "24000"})
    assert "The places are confirmed" in client.get(address).text
