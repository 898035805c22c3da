"""Registering by form: two pages, five requests, every kind answer."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.factories import events, funds, people
from tests.factories import registrations as places
from tests.support.html import parse
from webapp.accounts.models import Person
from webapp.core import clock, times
from webapp.core.db import db
from webapp.forms import questions
from webapp.forms.values import QuestionSpec
from webapp.registration import orders as placing
from webapp.registration import seats
from webapp.registration.models import AddOn, Order, Payer, Price, Registration
from webapp.registration.offers import AddOnSpec, PriceSpec, TypeSpec

Count = Callable[[], AbstractContextManager[list[str]]]
TESTS_OWN = 3  # statements that the tests below ask themselves between the requests


def filled(client: FlaskClient, event: Any, **more: Any) -> dict[str, Any]:
    """The form as a browser would send it."""
    page = client.get(f"/events/{event.slug}/register{more.pop('query', '')}")
    assert page.status_code == 200, page.text
    hidden = dict(re.findall(r'name="(form_key|shown)" value="([^"]*)"', page.text))
    return hidden | {"type": places.type_of(event, more.pop("of", None)).id, "given_name": "Ana", "family_name": "Silva",
                     "email": "ana@home.example"} | more


def add_on_of(event: Any) -> int:
    return db.session.scalars(select(AddOn.id).filter_by(event_id=event.id)).one()


def send(client: FlaskClient, event: Any, form: dict[str, Any]) -> Any:
    return client.post(f"/events/{event.slug}/register", data=form)


def held(client: FlaskClient, event: Any, **more: Any) -> str:
    """The address of the order that a whole first page makes."""
    answer = send(client, event, filled(client, event, **more))
    assert answer.status_code == 303, answer.text
    return str(answer.location).rsplit("/", 1)[0]


def orders() -> list[Order]:
    return list(db.session.scalars(select(Order).order_by(Order.id)))


@pytest.mark.parametrize(("cents", "how", "most"), [(0, {"method": "free"}, 35), (15_000, {"method": "invoice", "agency": "Lake"}, 46)])
def test_a_whole_registration_costs_five_requests_and_few_statements(
        client: FlaskClient, query_count: Count, cents: int, how: dict[str, str], most: int) -> None:
    event = events.workshop(member=cents, non_member=cents)
    questions.replace(event.id, questions.standard(), actor_id=None)
    with query_count() as seen:
        address = held(client, event)
        assert client.get(f"{address}/review").status_code == 200
        placed = client.post(f"{address}/place", data={"total": cents, **how})
        assert placed.location == address and "Your place is confirmed" in client.get(address).text
    assert len(seen) - TESTS_OWN <= most


def test_a_conference_costs_two_requests_more(client: FlaskClient, query_count: Count) -> None:
    event = events.conference()
    questions.replace(event.id, questions.standard(), actor_id=None)
    picked = {f"block_{events.blocks(event)[name].id}": next(s.id for s in events.sessions(event) if s.title == f"Breakout {name}1")
              for name in "AB"}
    with query_count() as seen:
        address = held(client, event)
        assert client.get(f"{address}/breakouts").status_code == 200
        assert client.post(f"{address}/breakouts", data=picked).location == f"{address}/review"
        assert client.get(f"{address}/review").status_code == 200
        assert client.post(f"{address}/place", data={"total": 39_500, "method": "invoice", "agency": "Lakeshore"}).location == address
        assert "Your place is confirmed" in client.get(address).text
    assert len(seen) - TESTS_OWN <= 68


@pytest.mark.parametrize(("choose", "says"), [
    (None, "Breakouts , not chosen yet"), ("Breakout A1", "Breakouts , done"), ("", "Breakouts , done")])
def test_the_review_ticks_breakouts_only_for_who_chose_or_wants_none(client: FlaskClient, choose: str | None, says: str) -> None:
    event = events.conference()
    address = held(client, event)
    if choose is not None:
        chosen = {one.block_id: one.id for one in events.sessions(event) if one.title == choose}
        picked = {f"block_{block.id}": chosen.get(block.id, "none") for name, block in events.blocks(event).items() if name != "PRE"}
        assert client.post(f"{address}/breakouts", data=picked).status_code == 303
    assert says in parse(client.get(f"{address}/review").text).one("nav", **{"aria-label": "Steps"}).text


def test_the_form_costs_the_same_with_one_type_and_many(client: FlaskClient, query_count: Count) -> None:
    few = events.workshop("Few", types=[TypeSpec("A", [PriceSpec(1)])])
    many = events.workshop("Many", types=[TypeSpec(f"T{n}", [PriceSpec(n)]) for n in range(20)])
    counts = []
    for slug in (few.slug, many.slug):
        with query_count() as seen:
            client.get(f"/events/{slug}/register")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_member_finds_her_name_and_price_filled_in(client: FlaskClient, sign_in: Any) -> None:
    event, maria = events.workshop(), people.person("Maria", "Lopez", email="maria@home.example", member=True)
    sign_in(client, maria)
    page = client.get(f"/events/{event.slug}/register").text
    assert 'value="Maria"' in page and 'value="maria@home.example"' in page and "Your membership runs to" in page
    assert re.search(rf'value="{places.type_of(event, "Member").id}" checked', page)


def test_a_type_that_is_full_is_shown_and_cannot_be_chosen(client: FlaskClient) -> None:
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(100)]), TypeSpec("Student", [PriceSpec(50)], capacity=0)])
    page = client.get(f"/events/{event.slug}/register").text
    assert re.search(rf'value="{places.type_of(event, "Student").id}" disabled', page) and "All places of this kind are taken." in page


@pytest.mark.parametrize(("change", "reason"), [
    ({"type": ""}, "Choose one of the prices."), ({"given_name": ""}, "Write the given name"),
    ({"email": "ana@"}, "Write the whole address"),
    ({"given_name": "x" * 10_000}, "Please keep it to 100 characters"), ({"given_name": "A\x00na"}, "cannot be stored"),
    ({"type": "99999999999999999999"}, "Choose one of the prices."), ({"type": "abc"}, "Choose one of the prices.")])
def test_what_cannot_be_used_comes_back_with_everything_typed(client: FlaskClient, change: dict[str, str], reason: str) -> None:
    event = events.workshop()
    answer = send(client, event, filled(client, event, family_name="Sílva 🌻 سارة") | change)
    assert answer.status_code == 422 and reason in answer.text and "Sílva 🌻 سارة" in answer.text and 'role="alert"' in answer.text
    assert orders() == []


def test_names_of_all_scripts_are_kept(client: FlaskClient) -> None:
    event = events.workshop()
    held(client, event, given_name="سارة 🌻", family_name="Nguyễn-O’Brien")
    assert db.session.scalars(select(Person)).one().name == "سارة 🌻 Nguyễn-O’Brien"


def test_a_required_question_is_asked_beside_its_field(client: FlaskClient) -> None:
    event = events.workshop()
    questions.replace(event.id, [QuestionSpec("work", "Your work?", is_required=True)], actor_id=None)
    answer = send(client, event, filled(client, event))
    assert answer.status_code == 422 and 'id="answer_work-error"' in answer.text


def test_a_member_price_without_membership_comes_back_with_the_way_out(client: FlaskClient) -> None:
    event = events.workshop()
    answer = send(client, event, filled(client, event, of="Member"))
    assert answer.status_code == 422 and "We found no membership that is valid today." in answer.text


def test_a_seat_lost_meanwhile_is_said_kindly(client: FlaskClient) -> None:
    event = events.workshop(capacity=1)
    form = filled(client, event)
    places.held(event, people.person())
    answer = send(client, event, form)
    assert answer.status_code == 422 and "are full" in answer.text and 'value="Ana"' in answer.text


def test_a_double_click_makes_one_order(client: FlaskClient) -> None:
    event = events.workshop(capacity=5)
    form = filled(client, event)
    first, second = send(client, event, form), send(client, event, form)
    assert first.location == second.location and len(orders()) == 1


def test_back_and_a_change_replace_the_hold(client: FlaskClient) -> None:
    event = events.workshop(capacity=1)
    form = filled(client, event)
    send(client, event, form)
    assert send(client, event, form | {"given_name": "Anna"}).status_code == 303
    assert [one.state for one in orders()] == ["expired", "held"] and seats.recount() == []


def test_back_and_once_more_leads_a_guest_to_the_place_she_has(client: FlaskClient) -> None:
    event = events.workshop()
    first, again = filled(client, event), filled(client, event)
    there = send(client, event, first).location
    assert send(client, event, again).location == there and len(orders()) == 1
    assert "booked from this browser" in client.get(there).text


def test_who_comes_back_without_paying_is_told_so(client: FlaskClient) -> None:
    review = held(client, events.workshop()) + "/review"
    assert "You have not paid yet" in client.get(f"{review}?paid=no").text
    assert "You have not paid yet" not in client.get(review).text


def test_two_tabs_lead_to_one_place(client: FlaskClient, sign_in: Any) -> None:
    event = events.workshop()
    sign_in(client, people.person())
    one, two = filled(client, event), filled(client, event)
    first = send(client, event, one)
    second = send(client, event, two)
    assert second.location == first.location and len(orders()) == 1


def test_a_price_that_rose_meanwhile_is_told_before_paying(client: FlaskClient) -> None:
    event = events.workshop(non_member=15_000)
    form = filled(client, event)
    db.session.execute(update(Price).values(amount_cents=17_000))
    page = client.get(send(client, event, form).location).text
    assert "it was $150.00 and is now $170.00" in page and "Place the order, $170.00" in page


def test_a_total_that_is_not_the_one_shown_is_not_placed(client: FlaskClient) -> None:
    address = held(client, events.workshop())
    answer = client.post(f"{address}/place", data={"total": 1, "method": "card"})
    assert answer.location == f"{address}/review" and orders()[0].method is None
    assert "The amount changed" in client.get(answer.location).text


@pytest.mark.parametrize(("address", "data"), [
    ("place", {"total": "²", "method": "card"}), ("breakouts", {"block_²": "none"}), ("breakouts", {"block_1": "²"})])
def test_a_digit_that_is_no_number_is_no_fault(client: FlaskClient, address: str, data: dict[str, str]) -> None:
    assert client.post(f"{held(client, events.workshop())}/{address}", data=data).status_code == 303


def test_a_type_that_is_no_number_comes_back(client: FlaskClient) -> None:
    event = events.workshop()
    assert send(client, event, filled(client, event) | {"type": "²"}).status_code == 422


def test_an_agency_without_a_name_comes_back(client: FlaskClient) -> None:
    address = held(client, events.workshop())
    answer = client.post(f"{address}/place", data={"total": 15_000, "method": "invoice", "po_number": "PO 7"})
    assert answer.status_code == 422 and 'value="PO 7"' in answer.text
    assert "Write who the invoice is for: an agency, or your own name." in answer.text


def test_back_after_placing_shows_the_order(client: FlaskClient) -> None:
    address = held(client, events.workshop(member=0, non_member=0))
    client.post(f"{address}/place", data={"total": 0, "method": "free"})
    assert client.get(f"{address}/review").location == address
    assert client.post(f"{address}/place", data={"total": 0, "method": "free"}).location == address


def test_an_expired_hold_keeps_what_was_typed(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event = events.workshop(non_member=15_000, add_ons=[AddOnSpec("Lunch", [PriceSpec(1_000)])])
    questions.replace(event.id, [QuestionSpec("needs", "Needs?", sensitivity="access")], actor_id=None)
    address = held(client, event, answer_needs="A seat near the door")
    frozen.shift(timedelta(minutes=21))
    assert client.post(f"{address}/place", data={"total": 15_000, "method": "card"}).location == address
    placing.expire(orders()[0].id)
    page = client.get(address).text
    again = re.search(r'href="([^"]*\?again=[^"]*)"', page)
    assert again and "Your seat was let go" in page
    form = client.get(again[1]).text
    assert 'value="Ana"' in form and "A seat near the door" in form


def test_answers_on_access_do_not_travel_with_the_link(client: FlaskClient, app: Any) -> None:
    event = events.workshop()
    questions.replace(event.id, [QuestionSpec("needs", "Needs?", sensitivity="access")], actor_id=None)
    address = held(client, event, answer_needs="A seat near the door")
    client.post(f"{address}/release")
    other = app.test_client().get(f"/events/{event.slug}/register?again={address.rsplit('/', 1)[1]}").text
    assert 'value="Ana"' in other and "A seat near the door" not in other


def test_a_seat_kept_for_days_says_until_which_day(client: FlaskClient, frozen: time_machine.Traveller) -> None:
    event = events.cohort()
    held = places.held_by_offer(event, people.person(), group="Group A")
    until = times.moment_words(db.session.scalars(select(Order.hold_until).filter_by(id=held.order_id)).one(), event.zone)
    page = client.get(f"/orders/{held.ref}/review").text
    assert f"kept until {until}" in page and "minutes more" not in page


def test_more_time_and_letting_go(client: FlaskClient) -> None:
    address = held(client, events.workshop(capacity=1))
    assert client.post(f"{address}/time").location == f"{address}/review"
    assert client.post(f"{address}/release").location == address and seats.recount() == []


def test_a_colleague_is_registered_and_the_buyer_pays(client: FlaskClient) -> None:
    event = events.workshop()
    form = filled(client, event, query="?for=colleague") | {"for": "colleague", "booker_name": "Bo Berg", "booker_email": "bo@home.example"}
    assert send(client, event, form).status_code == 303
    payer = db.session.scalars(select(Payer)).one()
    attendee = db.session.scalars(select(Registration.email)).one()
    assert (payer.name, payer.email, attendee) == ("Bo Berg", "bo@home.example", "ana@home.example")


def test_a_colleagues_form_asks_who_orders(client: FlaskClient) -> None:
    event = events.workshop()
    answer = send(client, event, filled(client, event) | {"for": "colleague"})
    assert answer.status_code == 422 and "Write your own name." in answer.text


@pytest.mark.parametrize(("fields", "words"), [
    ({"closes_at": "now"}, "Registration is closed"), ({"opens_at": "later"}, "Registration is not open yet"),
    ({"sign_up": "roster"}, "Places come from a roster")])
def test_where_nobody_can_register_the_page_says_why(client: FlaskClient, fields: dict[str, Any], words: str) -> None:
    moments = {"now": clock.now(), "later": clock.now() + timedelta(days=1)}
    event = events.workshop(**{name: moments.get(value, value) for name, value in fields.items()})
    page = client.get(f"/events/{event.slug}/register")
    assert page.status_code == 200 and words in page.text


def test_a_draft_and_an_unknown_order_are_not_there(client: FlaskClient) -> None:
    event = events.workshop(published=False)
    assert client.get(f"/events/{event.slug}/register").status_code == 404
    assert [client.get(f"/orders/NOPE{end}").status_code for end in ("", "/review", "/breakouts", "/cancel/1")] == [404] * 4


def test_a_block_is_told_by_its_name_or_its_hours_and_never_by_a_code(client: FlaskClient) -> None:
    page = client.get(f"{held(client, events.conference())}/breakouts").text
    assert "Block A, " in page and "PRE" not in page and "Booked separately: " in page


def test_breakouts_are_a_page_of_their_own(client: FlaskClient) -> None:
    event = events.conference(rooms=(1, 5))
    block, full = events.blocks(event)["A"].id, next(s.id for s in events.sessions(event) if s.title == "Breakout A1")
    places.registered(event, people.person(), breakouts={block: full})
    answer = send(client, event, filled(client, event))
    assert answer.location.endswith("/breakouts")
    page = client.get(answer.location).text
    assert re.search(rf'value="{full}" disabled', page) and "None of these" in page and "I decide later" in page
    refused = client.post(answer.location, data={f"block_{block}": full})
    assert refused.status_code == 422 and "“Breakout A1” is full." in refused.text
    taken = client.post(answer.location, data={f"block_{block}": "none"})
    assert taken.location.endswith("/review")


def test_review_names_only_the_days_of_what_is_bought(client: FlaskClient) -> None:
    event = events.conference()
    [pre] = [one for one in events.sessions(event) if one.title == "Pre-conference"]
    the_day_before, pick = times.date_words(times.local(pre.starts_at, pre.zone).date()), {f"block_{pre.block_id}": pre.id}
    without = held(client, event)
    assert the_day_before not in client.get(f"{without}/review").text
    bought = held(client, event, email="bo@home.example", **{f"add_on_{add_on_of(event)}": "1"})
    client.post(f"{bought}/breakouts", data=pick)
    assert the_day_before in client.get(f"{bought}/review").text


def test_an_order_nobody_has_paid_promises_no_money(client: FlaskClient) -> None:
    place = places.registered(events.workshop(policy="balance-for-a-year"), people.person())
    address = f"/orders/{db.session.get_one(Order, place.order_id).ref}"
    page, cancelling = client.get(address).text, client.get(f"{address}/cancel/{place.id}").text
    assert "you owe nothing." in page and "you get all" not in page
    assert "Nothing was paid yet" in cancelling and "kept as your balance" not in cancelling


def test_cancelling_by_the_orders_link_shows_dollars_first(client: FlaskClient) -> None:
    place = places.registered(events.workshop(), people.person())
    address = f"/orders/{db.session.get_one(Order, place.order_id).ref}"
    place_id = place.id
    assert "$130.00" in client.get(f"{address}/cancel/{place_id}").text
    assert client.post(f"{address}/cancel/{place_id}").location == address
    assert "Cancelled" in client.get(address).text
    assert client.post(f"{address}/cancel/{place_id + 99}").status_code == 404


def test_the_review_and_the_order_say_that_help_was_asked_for(client: FlaskClient) -> None:
    event = events.workshop()
    funds.fund(event, on_request=True, event_ids=(event.id,))
    address = held(client, event, fund_asked="y", fund_words="No budget")
    assert "You asked for help with the price." in client.get(f"{address}/review").text
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "15000"})
    page = client.get(address).text
    assert "You asked for help with the price." in page and "No budget" not in page


def test_an_extra_says_that_its_box_takes_how_many(client: FlaskClient) -> None:
    event = events.workshop(add_ons=[AddOnSpec("Guest dinner", [PriceSpec(4_500)])])
    assert "$45.00 each. Write how many you want, or leave it empty." in client.get(f"/events/{event.slug}/register").text
