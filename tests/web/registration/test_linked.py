"""A place that comes with another event: named beside it, its breakouts chosen on the same pages, its own days only."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog import parts
from webapp.core.db import db
from webapp.registration import orders, own_page, seats
from webapp.registration.models import Order, Registration, Seat
from webapp.registration.orders import Buyer
from webapp.registration.waitlist.models import WaitlistEntry


@pytest.fixture
def conference() -> Any:
    """Two days of breakouts, of which the collaborative includes the first."""
    made = events.conference(published=False)
    late = parts.block(made.id, "LATE")
    events.breakout(made, "Late breakout", late, events.at(29), 10)
    return events.publish(made)


@pytest.fixture
def collaborative(conference: Any) -> Any:
    made = events.workshop("Learning collaborative", starts=events.at(60))
    parts.include(made, conference, [events.day(28).isoformat()])
    return made


def linked(event: Any) -> Registration:
    return db.session.scalars(select(Registration).where(Registration.event_id == event.id)).one()


def order_of(place: Registration) -> str:
    return f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def named(event: Any) -> str:
    return f'With it: <a href="/events/{event.slug}">{event.title}</a>'


def session(event: Any, title: str) -> int:
    return next(one.id for one in events.sessions(event) if one.title == title)


def chosen(place: Registration) -> list[int]:
    return list(db.session.scalars(select(Seat.session_id).where(
        Seat.registration_id == place.id, Seat.how == "chosen", Seat.state == "booked")))


def colleagues(event: Any) -> str:
    """The own page of a place that somebody else ordered."""
    held = orders.hold(event.id, [places.stranger(event)], Buyer("Joan Tate", "joan@office.example"))
    places.place(held.order_id)
    return own_page.of(places.of_order(held.order_id).id).path


def test_the_order_names_what_comes_with_it_and_whose_sessions_are_ahead(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    page = client.get(order_of(places.registered(collaborative, people.person()))).text
    assert named(conference) in page and "Wed 12 Aug 2026, 9:00 am to 10:30 am CT</dd>" in page
    assert f'<p class="small">{conference.title}</p>' in page and "place=" + str(linked(conference).id) in page


def test_her_own_page_names_it_too(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    page = client.get(colleagues(collaborative)).text
    assert named(conference) in page and f'<p class="small">{conference.title}</p>' in page


def test_breakouts_of_the_linked_place_are_chosen_on_the_order(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    address = order_of(places.registered(collaborative, people.person()))
    mine, block, wanted = linked(conference), events.blocks(conference)["A"].id, session(conference, "Breakout A1")
    page = client.get(f"{address}/breakouts").text
    assert f"{conference.title}: one session of each block." in page and "Breakout A1" in page
    assert client.post(f"{address}/breakouts", data={"place": mine.id, f"block_{block}": wanted}).location == address
    assert chosen(mine) == [wanted] and seats.recount() == []


def test_breakouts_of_the_linked_place_are_chosen_on_her_own_page(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    address = colleagues(collaborative)
    mine, block, wanted = linked(conference), events.blocks(conference)["B"].id, session(conference, "Breakout B2")
    assert "Breakout B2" in client.get(f"{address}/breakouts?place={mine.id}").text
    assert client.post(f"{address}/breakouts", data={"place": mine.id, f"block_{block}": wanted}).location == address
    assert chosen(mine) == [wanted]


def test_a_day_that_is_not_included_is_neither_shown_nor_taken(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    address = order_of(places.registered(collaborative, people.person()))
    mine, block = linked(conference), events.blocks(conference)["LATE"].id
    sent = client.post(f"{address}/breakouts", data={"place": mine.id, f"block_{block}": session(conference, "Late breakout")})
    assert "Late breakout" not in client.get(f"{address}/breakouts").text
    assert sent.status_code == 422 and "Choose a session of this block." in sent.text and chosen(mine) == []


def test_a_key_opens_only_what_came_with_its_own_place(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    other, address = places.registered(conference, people.person()), colleagues(collaborative)
    block, wanted = events.blocks(conference)["A"].id, session(conference, "Breakout A1")
    client.post(f"{address}/breakouts", data={"place": other.id, f"block_{block}": wanted})
    assert chosen(other) == []


def test_a_full_breakout_of_the_linked_place_has_its_line(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    block, full = events.blocks(conference)["A"].id, session(conference, "Breakout A1")
    for _ in range(2):
        places.registered(conference, people.person(), breakouts={block: full})
    address = colleagues(collaborative)
    mine = db.session.scalars(select(Registration).where(Registration.inclusion_of_id.is_not(None))).one()
    assert client.post(f"{address}/waitlist/{full}", data={"place": mine.id}).status_code == 303
    assert db.session.scalars(select(WaitlistEntry.registration_id)).all() == [mine.id]


def test_who_registers_is_asked_for_the_breakouts_of_what_comes_with_it(client: FlaskClient, collaborative: Any, conference: Any) -> None:
    held = orders.hold(collaborative.id, [places.stranger(collaborative)], Buyer("Ana Silva", "ana@home.example"))
    page = client.get(f"/orders/{held.ref}/breakouts").text
    assert "Keep these and go on" in page and "Breakout A1" in page and "Breakouts" in client.get(f"/orders/{held.ref}/review").text


def test_the_joining_link_is_that_of_the_event_that_comes_first(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    inner = events.workshop("Webinar", mode="online", online_url="https://zoom.example/j/inner")
    outer = events.workshop("Series", mode="online", online_url="https://zoom.example/j/outer", starts=events.at(60))
    parts.include(outer, inner, [])
    address = order_of(places.registered(outer, people.person()))
    frozen.shift(timedelta(days=28))
    page = client.get(address).text
    assert "https://zoom.example/j/inner" in page and "https://zoom.example/j/outer" not in page
