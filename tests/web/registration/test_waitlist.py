"""The waitlist on its pages: full, in line, where one stands, the offer, the ordinary registration, leaving."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask.testing import FlaskClient

from tests.factories import events, people, waitlists
from tests.factories import registrations as places
from tests.web.registration.test_register import filled, send
from webapp.core.db import db
from webapp.registration import own_page, registrations, seats
from webapp.registration.models import Order, Registration
from webapp.registration.waitlist import joining

Count = Callable[[], AbstractContextManager[list[str]]]
SignedIn = Callable[[Any], FlaskClient]
EMAIL = "ana@home.example"


@pytest.fixture
def signed_in(client: FlaskClient, sign_in: Any) -> SignedIn:
    """A browser in which this person is signed in."""

    def browser(person: Any) -> FlaskClient:
        sign_in(client, person)
        return client

    return browser


def post(client: FlaskClient, event: Any, **more: Any) -> Any:
    return client.post(f"/events/{event.slug}/waitlist", data={"key": "event", "email": EMAIL, "seats": "1"} | more)


def order_of(place: Registration) -> str:
    """The address part of its order."""
    return db.session.get_one(Order, place.order_id).ref


def offered(event: Any, ours: list[Registration], *names: str, **more: Any) -> joining.Joined:
    """The first of these has an open offer."""
    made = [waitlists.waits(event, name, **more) for name in names or ("ana",)]
    for one in ours:
        registrations.cancel(one.id, by_id=None)
    waitlists.settle(event)
    return made[0]


def test_a_full_event_offers_the_line_and_says_how_it_works(client: FlaskClient) -> None:
    event, _ = waitlists.full()
    waitlists.waits(event, "ben")
    page = client.get(f"/events/{event.slug}").text
    assert "1 party waits." in page and "kept for 48 hours" in page and f'href="/events/{event.slug}/waitlist"' in page


def test_a_kept_seat_is_not_shown_as_left(client: FlaskClient) -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event)
    registrations.cancel(one.id, by_id=None)
    page = client.get(f"/events/{event.slug}").text
    assert "0 of 2 seats left" in page and "1 held while someone pays or for who waits" in page and "This event is full" in page


def test_the_page_of_a_full_event_asks_nothing_more_for_its_line(client: FlaskClient, query_count: Count) -> None:
    event, _ = waitlists.full()
    waitlists.waits(event)
    client.get(f"/events/{event.slug}")
    with query_count() as seen:
        client.get(f"/events/{event.slug}")
    assert [one for one in seen if "waitlist" in one] == []


def test_registering_for_a_full_event_leads_to_the_line(client: FlaskClient) -> None:
    event, _ = waitlists.full()
    assert client.get(f"/events/{event.slug}/register").location == f"/events/{event.slug}/waitlist"
    assert "Nobody waits yet" in client.get(f"/events/{event.slug}/waitlist").text


def test_an_event_with_seats_leads_to_registering(client: FlaskClient) -> None:
    event = events.workshop()
    assert client.get(f"/events/{event.slug}/waitlist").location == f"/events/{event.slug}/register"
    assert post(client, event, key="event").location == f"/events/{event.slug}/register"


def test_a_guest_joins_with_two_fields_and_sees_where_she_stands(client: FlaskClient) -> None:
    event, _ = waitlists.full()
    waitlists.waits(event, "ben", seats=2)
    page = client.get(post(client, event).location).text
    assert "You are number 2 in line" in page and "1 party waits before you, for 2 seats" in page


@pytest.mark.parametrize(("wrong", "says"), [
    ({"email": "ana"}, "address"), ({"seats": "3"}, "1 to 2 people"), ({"seats": "x"}, "1 to 2"), ({"key": "nothing"}, "Choose what")])
def test_what_cannot_be_used_comes_back_with_a_reason(client: FlaskClient, wrong: dict[str, str], says: str) -> None:
    event, _ = waitlists.full()
    answer = post(client, event, **wrong)
    assert answer.status_code == 422 and says in answer.text


def test_joining_twice_in_one_browser_leads_to_the_same_page(client: FlaskClient) -> None:
    event, _ = waitlists.full()
    first, again = post(client, event).location, post(client, event).location
    assert first == again and "Your number stays 1" in client.get(again).text


def test_elsewhere_nobody_learns_whether_an_address_waits_or_has_a_seat(client: FlaskClient) -> None:
    event, (one, _) = waitlists.full()
    waitlists.waits(event)
    for address in (EMAIL, one.email):
        assert post(client, event, email=address).location == f"/events/{event.slug}"
        assert "has a seat in this event, or waits for one" in client.get(f"/events/{event.slug}").text


def test_who_is_signed_in_and_has_a_place_is_led_to_it(signed_in: SignedIn) -> None:
    event, maria = events.workshop(capacity=1), people.person()
    order = places.registered(event, maria).order_id
    client = signed_in(maria)
    assert client.get(f"/events/{event.slug}/waitlist").location.startswith("/orders/")
    assert post(client, event, email="other@home.example").location.startswith("/orders/") and order


def test_my_registrations_show_the_line_and_the_offer(signed_in: SignedIn) -> None:
    (event, ours), maria = waitlists.full(), people.person()
    waitlists.waits(event, "ben")
    waitlists.waits(event, person=maria)
    client = signed_in(maria)
    assert "Number 2 in line" in client.get("/me/registrations").text
    for one in ours:
        registrations.cancel(one.id, by_id=None)
    waitlists.settle(event)
    assert "Kept for you until Fri 17 Jul 2026, 10:00 am CT" in client.get("/me/registrations").text


def test_opening_the_page_of_an_offer_takes_nothing(client: FlaskClient) -> None:
    event, ours = waitlists.full()
    ana = offered(event, ours[:1])
    page = client.get(f"/waitlist/{ana.ref}").text
    assert "A seat is kept for you" in page and "Fri 17 Jul 2026, 10:00 am CT" in page
    assert (waitlists.state(ana), waitlists.pool(event)) == (["offered"], (2, 0, 0))


def test_an_offer_leads_through_the_ordinary_registration(client: FlaskClient) -> None:
    event, ours = waitlists.full()
    ana = offered(event, ours[:1], "ana", "ben")
    form = filled(client, event, query=f"?offer={ana.ref}") | {"offer": ana.ref}
    address = send(client, event, form).location
    assert "until" in client.get(address).text and "$150.00" in client.get(address).text
    client.post(address.replace("/review", "/place"), data={"total": 15_000, "method": "invoice", "agency": "Lakeshore"})
    assert "Your place is confirmed" in client.get(address.replace("/review", "")).text
    assert (waitlists.state(ana), seats.recount()) == (["accepted"], [])


def test_without_the_offer_the_same_form_is_refused(client: FlaskClient) -> None:
    event, ours = waitlists.full()
    ana = offered(event, ours[:1])
    form = filled(client, event, query=f"?offer={ana.ref}", email="thief@home.example")
    answer = send(client, event, form)
    assert answer.status_code == 422 and "are full" in answer.text


def test_an_offer_that_is_over_leads_to_its_page_and_is_refused(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event, ours = waitlists.full()
    ana = offered(event, ours[:1])
    form = filled(client, event, query=f"?offer={ana.ref}") | {"offer": ana.ref}
    frozen.shift(timedelta(hours=49))
    assert client.get(f"/events/{event.slug}/register?offer={ana.ref}").location == f"/waitlist/{ana.ref}"
    assert "This offer is over" in send(client, event, form).text
    assert "The time to take the seat is over" in client.get(f"/waitlist/{ana.ref}").text


def test_the_offer_of_another_event_opens_nothing(client: FlaskClient) -> None:
    (event, ours), (other, _) = waitlists.full(), waitlists.full()
    ana = offered(event, ours[:1])
    form = filled(client, event, query=f"?offer={ana.ref}") | {"offer": ana.ref}
    assert client.get(f"/events/{other.slug}/register?offer={ana.ref}").location == f"/waitlist/{ana.ref}"
    assert send(client, other, form | {"type": places.type_of(other).id}).status_code == 404


def test_a_party_registers_one_after_the_other(client: FlaskClient) -> None:
    event, ours = waitlists.full()
    pair = offered(event, ours, seats=2)
    send(client, event, filled(client, event, query=f"?offer={pair.ref}") | {"offer": pair.ref})
    page = client.get(f"/waitlist/{pair.ref}").text
    assert "1 of 2 is registered" in page and f"for=colleague&amp;offer={pair.ref}" in page
    form = filled(client, event, query=f"?for=colleague&offer={pair.ref}", email="ben@home.example") | {
        "offer": pair.ref, "for": "colleague", "given_name": "Ben", "booker_name": "Ana", "booker_email": EMAIL}
    assert send(client, event, form).status_code == 303
    assert (waitlists.state(pair), waitlists.pool(event)) == (["accepted"], (2, 0, 0))


def test_leaving_and_fewer_seats_are_buttons(client: FlaskClient) -> None:
    event, _ = waitlists.full(3)
    trio = waitlists.waits(event, seats=3)
    assert client.post(f"/waitlist/{trio.ref}/fewer", data={"seats": "2"}).location == f"/waitlist/{trio.ref}"
    assert waitlists.entry(trio).seats == 2
    client.post(f"/waitlist/{trio.ref}/leave")
    assert "not on this waitlist any more" in client.get(f"/waitlist/{trio.ref}").text


@pytest.mark.parametrize("act", ["leave", "fewer", "accept"])
def test_an_unknown_address_is_not_there(client: FlaskClient, act: str) -> None:
    assert client.get("/waitlist/NOSUCHENTRY23456").status_code == 404
    assert client.post(f"/waitlist/NOSUCHENTRY23456/{act}").status_code == 404


def test_a_seat_in_an_event_is_not_accepted_by_a_button(client: FlaskClient) -> None:
    event, ours = waitlists.full()
    ana = offered(event, ours[:1])
    assert client.post(f"/waitlist/{ana.ref}/accept").status_code == 404


def test_in_the_last_day_nobody_joins(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event, _ = waitlists.full()
    frozen.move_to(events.sessions(event)[0].starts_at - timedelta(hours=20))
    assert "whoever comes first" in client.get(f"/events/{event.slug}/waitlist").text
    assert "Join the waitlist" not in client.get(f"/events/{event.slug}").text


def test_a_full_breakout_is_waited_for_and_taken_on_its_page(client: FlaskClient) -> None:
    event = events.conference(rooms=(1, 5))
    block = events.blocks(event)["A"].id
    small, large = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
    first = places.registered(event, people.person(), breakouts={block: small})
    mine = places.registered(event, people.person(), breakouts={block: large})
    ref = order_of(mine)
    assert "Wait for it" in client.get(f"/orders/{ref}/breakouts").text
    address = client.post(f"/orders/{ref}/waitlist/{small}", data={"place": mine.id}).location
    assert "You are in line" in client.get(f"/orders/{ref}/breakouts").text
    registrations.cancel(first.id, by_id=None)
    waitlists.settle(event)
    assert "Take this session" in client.get(address).text
    client.post(f"{address}/accept")
    assert registrations.choose_breakouts(mine.id, {}) == [small] and "You took what was offered" in client.get(address).text


def test_who_waits_for_a_breakout_while_she_registers_stays_there_with_what_she_ticked(client: FlaskClient) -> None:
    event = events.conference(rooms=(1, 5))
    block = events.blocks(event)["A"].id
    small, large = (next(s.id for s in events.sessions(event) if s.title == f"Breakout A{n}") for n in (1, 2))
    places.registered(event, people.person(), breakouts={block: small})
    mine = places.held(event, people.person())
    typed = {"place": mine.id, f"block_{block}": large}
    answer = client.post(f"/orders/{order_of(mine)}/waitlist/{small}", data=typed)
    assert answer.location == f"/orders/{order_of(mine)}/breakouts?{urlencode(typed)}"
    page = client.get(answer.location).text
    assert "now go on with your registration" in page and "You are in line" in page
    assert re.findall(rf'name="block_{block}" value="(\w+)"[^>]* checked', page) == [str(large)]


def test_on_her_own_page_she_waits_too_and_learns_nothing_of_the_order(client: FlaskClient) -> None:
    event = events.conference(rooms=(1, 5))
    block, session = events.blocks(event)["A"].id, next(s.id for s in events.sessions(event) if s.title == "Breakout A1")
    first = places.registered(event, people.person(), breakouts={block: session})
    mine = places.registered(event, people.person())
    own, ref = f"/places/{own_page.key(mine.id, order_of(mine))}", order_of(mine)
    assert f'action="{own}/waitlist/{session}"' in client.get(f"{own}/breakouts").text
    address = client.post(f"{own}/waitlist/{session}").location
    registrations.cancel(first.id, by_id=None)
    waitlists.settle(event)
    client.post(f"{address}/accept")
    page = client.get(address).text
    assert f'href="{own}"' in page and ref not in page


def test_somebody_elses_place_cannot_be_put_in_line(client: FlaskClient) -> None:
    event = events.conference(rooms=(1, 5))
    session = next(s.id for s in events.sessions(event) if s.title == "Breakout A1")
    mine, other = (places.registered(event, people.person()) for _ in range(2))
    ref = order_of(mine)
    assert client.post(f"/orders/{ref}/waitlist/{session}", data={"place": other.id}).status_code == 404


def test_organizers_see_the_line_and_move_with_a_reason(signed_in: SignedIn) -> None:
    event, _ = waitlists.full()
    ana, ben = waitlists.waits(event), waitlists.waits(event, "ben")
    client, base = signed_in(people.person(roles=["organizer"])), f"/manage/events/{event.slug}/waitlist"
    page = client.get(base).text
    assert page.index(EMAIL) < page.index("ben@home.example") and "2 of 2 taken or offered." in page
    client.post(f"{base}/move", data={"entry": ben.entry_id, "position": "1", "reason": ""})
    assert "Say why" in client.get(base).text
    client.post(f"{base}/move", data={"entry": ben.entry_id, "position": "1", "reason": "Her licence ends"})
    assert [waitlists.entry(one).rank for one in (ana, ben)] == [2, 1]
    assert "Her licence ends" in client.get(f"/manage/events/{event.slug}/history").text


def test_organizers_offer_now_and_close_the_list(signed_in: SignedIn) -> None:
    event, ours = waitlists.full()
    pair, ben = waitlists.waits(event, seats=2), waitlists.waits(event, "ben")
    registrations.cancel(ours[0].id, by_id=None)
    client, base = signed_in(people.person(roles=["organizer"])), f"/manage/events/{event.slug}/waitlist"
    client.post(f"{base}/offer", data={"entry": ben.entry_id, "reason": "Speaks Hmong"})
    assert waitlists.state(ben) == ["offered"]
    client.post(f"{base}/close", data={"list": waitlists.list_of(event).id, "reason": "A second date"})
    assert (waitlists.state(pair, ben), "This list is closed: A second date" in client.get(base).text) == (["closed", "offered"], True)
    client.post(f"{base}/reopen", data={"list": waitlists.list_of(event).id, "reason": "Again"})
    assert "This list is closed" not in client.get(base).text


def test_the_lines_of_an_event_are_its_organizers_alone(signed_in: SignedIn) -> None:
    (event, _), (other, _) = waitlists.full(), waitlists.full()
    ana = waitlists.waits(event)
    client = signed_in(people.person(roles=[("organizer", {"event_id": other.id})]))
    assert client.get(f"/manage/events/{event.slug}/waitlist").status_code == 404
    move = {"entry": ana.entry_id, "position": "1", "reason": "x"}
    assert client.post(f"/manage/events/{other.slug}/waitlist/move", data=move).status_code == 404


def test_the_list_costs_the_same_with_one_party_and_many(signed_in: SignedIn, query_count: Count) -> None:
    event, _ = waitlists.full()
    client, counts = signed_in(people.person(roles=["organizer"])), []
    for names in (("ana",), [f"p{n}" for n in range(8)]):
        for name in names:
            waitlists.waits(event, name)
        with query_count() as seen:
            client.get(f"/manage/events/{event.slug}/waitlist")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_room_that_is_full_has_a_line_while_online_is_open(client: FlaskClient) -> None:
    event = events.workshop(mode="hybrid", capacity=None, room_capacity=1, online_capacity=5)
    places.held(event, people.person(), mode="in_person")
    page = client.get(f"/events/{event.slug}").text
    assert "Full by now: a seat in the room." in page and re.search(r'href="/events/[^"]+/register"', page)
    assert "in line" in client.get(post(client, event, key="in_person").location).text
