"""A discount code typed on the form or on the review page: what it does line by line, or why not; nothing typed is lost."""

from datetime import timedelta

import pytest

from tests.factories import codes, events, people
from tests.factories import registrations as places
from tests.support.html import parse
from tests.web.registration.test_register import filled, held, orders, send
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import ledger
from webapp.registration import orders as placing
from webapp.registration.codes import counting
from webapp.registration.codes.models import DiscountCode
from webapp.registration.offers import PriceSpec, TypeSpec


@pytest.fixture
def event(db_session):
    return events.workshop()


def put(client, page, code, **more):
    return client.post(f"{page}/code", data={"code": code, "method": "invoice", **more})


def test_the_form_asks_for_a_code_and_the_review_shows_what_it_takes_off(client, event):
    codes.code(event)
    page = client.get(f"{held(client, event, code=' spring10')}/review").text
    assert "Code SPRING10, 10 % off" in page and "−$15.00" in page and "Place the order, $135.00" in page
    assert "SPRING10 takes $15.00 off Non-member: $150.00 becomes $135.00." in page


@pytest.mark.parametrize(("terms", "typed", "reason"), [
    ({}, "SUMMER", "The code SUMMER does not exist."), ({}, "<b>", "The code &lt;b&gt; does not exist."),
    ({"valid_until": clock.now}, "SPRING10", "This code was good until Wed 15 Jul 2026"),
    ({"max_uses": 1}, "SPRING10", "The code SPRING10 was used up."), ({"budget_cents": 100}, "SPRING10", "has $1.00 left")])
def test_a_code_that_cannot_be_used_says_why_beside_its_field(client, event, terms, typed, reason):
    codes.code(event, **{name: value() if callable(value) else value for name, value in terms.items()})
    if "max_uses" in terms:
        placing.hold(event.id, [places.stranger(event, email="b@home.example")], placing.Buyer("B", "b@home.example"), code="SPRING10")
    before = len(orders())
    answer = send(client, event, filled(client, event, family_name="Sílva 🌻", code=typed))
    assert answer.status_code == 422 and reason in answer.text and "Sílva 🌻" in answer.text
    assert parse(answer.text).one("input", name="code").attributes["value"] == typed
    assert len(orders()) == before and counting.recount() == []


def test_a_member_is_told_that_her_price_is_better(client, event, sign_in):
    codes.code(event, best_price=True)
    sign_in(client, people.person(member=True))
    page = client.get(f"{held(client, event, of='Member', code='SPRING10')}/review").text
    assert "The member price is better: it is used instead of SPRING10." in page and "Place the order, $120.00" in page


def test_where_nothing_costs_anything_no_code_is_asked_for(client, db_session):
    event = events.workshop(member=0, non_member=0)
    assert 'name="code"' not in client.get(f"/events/{event.slug}/register").text
    assert 'name="code"' not in client.get(f"{held(client, event)}/review").text


def test_a_code_on_the_review_page_keeps_what_was_typed_about_the_payment(client, event):
    codes.code(event)
    address = held(client, event)
    assert put(client, address, "spring10", agency="Lakeshore", po_number="PO 7", address="1 Main Street").location == f"{address}/review"
    page = client.get(f"{address}/review")
    assert 'value="Lakeshore"' in page.text and 'value="PO 7"' in page.text and "1 Main Street" in page.text
    assert "Place the order, $135.00" in page.text and 'name="code"' not in page.text


def test_a_code_refused_on_the_review_page_keeps_everything(client, event):
    codes.code(event, valid_from=clock.now() + timedelta(days=1))
    answer = put(client, held(client, event), "SPRING10", agency="Lakeshore")
    assert answer.status_code == 422 and "This code begins on Thu 16 Jul 2026" in answer.text
    assert 'value="SPRING10"' in answer.text and 'value="Lakeshore"' in answer.text and "Place the order, $150.00" in answer.text


@pytest.mark.parametrize("typed", ["", "  ", "x" * 5000, "A\x00B"])
def test_a_code_that_is_none_is_refused_kindly(client, event, typed):
    assert put(client, held(client, event), typed).status_code == 422


def test_placing_with_a_code_in_the_field_tries_the_code_first(client, event):
    codes.code(event)
    address = held(client, event)
    done = client.post(f"{address}/place", data={"total": 15_000, "method": "invoice", "agency": "Lake", "code": "SPRING10"})
    assert done.location == f"{address}/review" and orders()[0].state == "held"
    assert client.post(f"{address}/place", data={"total": 13_500, "method": "invoice", "agency": "Lake"}).location == address
    assert orders()[0].state == "placed"


def test_a_code_is_taken_off_again(client, event):
    code = codes.code(event)
    address = held(client, event, code="SPRING10")
    client.post(f"{address}/code/remove")
    assert "Place the order, $150.00" in client.get(f"{address}/review").text
    assert db.session.get_one(DiscountCode, code).uses == 0


def test_a_free_order_by_code_needs_no_payment(client, event):
    codes.code(event, "GUEST", percent=10_000)
    address = held(client, event, code="guest")
    assert "Nothing is to be paid." in client.get(f"{address}/review").text
    assert client.post(f"{address}/place", data={"total": 0, "method": "free"}).location == address
    assert "Your place is confirmed" in client.get(address).text and orders()[0].method == "free"


def test_a_code_is_there_again_after_the_hold_ran_out(client, event):
    codes.code(event)
    address = held(client, event, code="SPRING10")
    client.post(f"{address}/release")
    page = client.get(f"/events/{event.slug}/register?again={address.rsplit('/', 1)[1]}").text
    assert parse(page).one("input", name="code").attributes["value"] == "SPRING10"


def test_parts_are_named_as_the_code_leaves_them(client, db_session):
    event, maria = events.cohort(tuition=90_000), people.person()
    codes.code(event, percent=5_000)
    order = db.session.get_one(placing.locking.Order, places.held_by_offer(event, maria).order_id)
    address = f"/orders/{order.ref}"
    put(client, address, "SPRING10")
    assert "Paid in parts: $150.00 by" in client.get(f"{address}/review").text and ledger.owed(order.id) == 45_000


@pytest.mark.parametrize("page", ["code", "code/remove"])
def test_a_strange_order_has_no_code(client, event, page):
    assert client.post(f"/orders/nobody/{page}", data={"code": "X"}).status_code == 404


def test_a_code_on_an_order_that_is_over_leads_to_its_page(client, event):
    codes.code(event)
    address = held(client, event)
    client.post(f"{address}/release")
    assert put(client, address, "SPRING10").location == address


def test_a_code_costs_few_statements_more(client, query_count, db_session):
    event = events.workshop(types=[TypeSpec("Guest", [PriceSpec(9_000)])])
    codes.code(event, max_per_person=1, event_ids=(event.id,))
    counts = []
    for code, mail in (("", "a@home.example"), ("SPRING10", "b@home.example")):
        form = filled(client, event, code=code, email=mail)
        client.delete_cookie("session")
        with query_count() as seen:
            assert send(client, event, form).status_code == 303
        counts.append(len(seen))
    assert counts[1] - counts[0] <= 7
