"""Adding a person to a placed order, from its page."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events
from tests.web.registration.test_register import filled, held, orders, send
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration.models import Order, Payer, Registration
from webapp.registration.offers import GroupRuleSpec


def sold(**more: Any) -> Event:
    return events.workshop(group_rules=[GroupRuleSpec(2, 1_000)], **more)


def placed(client: FlaskClient, event: Event, **more: Any) -> str:
    """The address of an order on invoice to an agency."""
    address = held(client, event, **more)
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "billing_email": "office@lake.example",
                                          "po_number": "PO-7", "total": "15000"})
    return address


def form(client: FlaskClient, event: Event, address: str, given: str = "Bo", **more: Any) -> dict[str, Any]:
    to = address.rsplit("/", 1)[1]
    return filled(client, event, query=f"?for=colleague&to={to}", **{"for": "colleague"}, to=to, given_name=given,
                  email=f"{given.lower()}@home.example", **more)


def added(client: FlaskClient, event: Event, address: str, given: str = "Bo") -> str:
    """The address of an addition that is held."""
    answer = send(client, event, form(client, event, address, given))
    assert answer.status_code == 303, answer.text
    return str(answer.location).rsplit("/", 1)[0]


def test_the_page_of_a_placed_order_leads_to_the_form_of_an_addition(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    there = re.search(r'href="([^"]+)"[^>]*>[^<]*Add a person', client.get(address).text)
    assert there is not None and there[1].replace("&amp;", "&") == f"/events/{event.slug}/register?for=colleague&to={address[8:]}"
    page = client.get(there[1].replace("&amp;", "&")).text
    assert "Added to an order" in page and "Ana Silva is asked to pay for it" in page and 'name="booker_name"' not in page


def test_the_review_says_who_becomes_cheaper_and_begins_with_how_the_first_was_paid(client: FlaskClient) -> None:
    event = sold()
    more = added(client, event, placed(client, event))
    review = client.get(f"{more}/review").text
    assert all(words in review for words in (
        "$135.00", "1 person who is registered pays $15.00 less.", 'value="office@lake.example"', 'value="PO-7"', 'value="Lake"'))


def test_both_are_one_order_on_the_page(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    more = added(client, event, address)
    assert client.post(f"{more}/place", data={"method": "invoice", "agency": "Lake", "total": "13500"}).location == more
    assert client.get(more).location == address
    page = client.get(address).text
    assert page.count("Cancel this place") == 2 and page.count(">Invoice INV-") == 2
    assert "$270.00" in page and page.count("Pay $135.00 by card") == 2 and f"{more}/cancel/" in page
    kinds = [row for row in db.session.scalars(select(Message.kind).order_by(Message.id)) if row != "reminder"]
    assert (kinds.count("registration_confirmed"), kinds.count("invoice"), kinds.count("credit_note")) == (2, 2, 1)


def test_who_ordered_first_is_asked_to_pay_whoever_holds_the_link(client: FlaskClient, app: Any) -> None:
    event = sold()
    address = placed(client, event)
    more = added(app.test_client(), event, address)
    first, second = orders()
    assert second.part_of_id == first.id and more.endswith(second.ref)
    assert db.session.get_one(Payer, second.payer_id).email == "ana@home.example"


def test_what_cannot_be_used_comes_back_as_it_was_typed(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    answer = send(client, event, form(client, event, address, given="") | {"email": "no address"})
    assert answer.status_code == 422 and 'value="no address"' in answer.text and f'name="to" value="{address[8:]}"' in answer.text
    same = send(client, event, form(client, event, address, "Ana"))
    assert same.location == address and len(orders()) == 1


@pytest.mark.parametrize("to", ["nothing", "A%00", "'; drop table", "A" * 300])
def test_an_order_that_does_not_exist_is_not_found(client: FlaskClient, to: str) -> None:
    event = sold()
    assert client.get(f"/events/{event.slug}/register?to={to}").status_code == 404
    assert client.post(f"/events/{event.slug}/register", data={"to": to, "given_name": "Bo"}).status_code == 404


def test_an_order_that_was_given_back_takes_nobody_and_loses_nothing_typed(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    typed = form(client, event, address)
    db.session.execute(select(Order))
    place = db.session.scalars(select(Registration.id)).one()
    client.post(f"{address}/cancel/{place}")
    answer = send(client, event, typed)
    assert answer.status_code == 422 and "This order is not in force" in answer.text and 'value="bo@home.example"' in answer.text
    assert client.get(f"/events/{event.slug}/register?to={address[8:]}").location == address


def test_an_event_that_is_closed_or_by_roster_has_no_way_to_add(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    assert "Add a person" in client.get(address).text
    event.status = "closed"
    db.session.flush()
    assert "Add a person" not in client.get(address).text


def test_a_double_click_adds_once(client: FlaskClient) -> None:
    event = sold()
    address = placed(client, event)
    typed = form(client, event, address)
    assert len({send(client, event, typed).location for _ in range(3)}) == 1 and len(orders()) == 2


def test_the_page_asks_as_much_for_one_addition_as_for_many(client: FlaskClient, query_count: Any) -> None:
    event = sold()
    address = placed(client, event)
    counts = []
    for names in (["Bo"], ["Cy", "Di", "Ed"]):
        for name in names:
            more = added(client, event, address, name)
            client.post(f"{more}/place", data={"method": "invoice", "agency": "Lake", "total": "13500"})
        with query_count() as seen:
            client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1]
