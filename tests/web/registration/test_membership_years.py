"""Becoming a member on the review page, by plain forms, before anybody pays."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people, years
from tests.web.registration.test_register import held
from webapp.core.db import db
from webapp.registration.models import Order, Registration
from webapp.registration.years.models import MembershipPlan, MembershipYear


def placed(client: FlaskClient) -> tuple[str, dict[str, int]]:
    """The address of a held order at $150.00 while a membership at $25.00 is sold, and what the form of its offer sends."""
    plan = years.plan()
    address = held(client, events.workshop())
    return address, {"place": db.session.scalars(select(Registration.id)).one(), "plan": plan}


def test_the_review_page_says_what_a_membership_saves(client: FlaskClient) -> None:
    address, _ = placed(client)
    page = client.get(f"{address}/review").text
    assert "Individual membership, one year for Ana Silva: $25.00 for 12 months." in page
    assert "takes $30.00 off this order" in page and "You save $5.00 at once." in page and "Add it for Ana Silva, $25.00" in page


def test_a_dearer_one_says_what_it_costs_today(client: FlaskClient) -> None:
    years.plan("Family", amount_cents=6_000)
    address = held(client, events.workshop())
    assert "You pay $30.00 more today" in client.get(f"{address}/review").text


def test_nothing_is_offered_where_no_membership_is_sold_or_none_is_cheaper(client: FlaskClient) -> None:
    address = held(client, events.workshop())
    assert "Become a member" not in client.get(f"{address}/review").text
    years.plan()
    dear = held(client, events.workshop("Dear", member=15_000))
    assert "Become a member" not in client.get(f"{dear}/review").text


def test_who_says_that_she_is_a_member_is_offered_none(client: FlaskClient) -> None:
    address, sent = placed(client)
    client.post(f"{address}/membership/claim", data={"place": sent["place"]})
    assert "Become a member" not in client.get(f"{address}/review").text


def test_added_and_taken_off_again(client: FlaskClient) -> None:
    address, sent = placed(client)
    assert client.post(f"{address}/membership", data=sent).location == f"{address}/review"
    page = client.get(f"{address}/review").text
    assert "<dd>$25.00</dd>" in page and "<dd>$120.00</dd>" in page and "$145.00" in page and "Take the membership off" in page
    year_id = db.session.scalars(select(MembershipYear.id)).one()
    client.post(f"{address}/membership/{year_id}/off")
    assert "$150.00" in client.get(f"{address}/review").text


def test_the_review_page_says_that_the_membership_stays_when_the_event_does_not(client: FlaskClient) -> None:
    address, sent = placed(client)
    stays = "The membership ($25.00) is not part of the place: once it is paid it stays, whatever becomes of the place, also when we"
    assert stays not in client.get(f"{address}/review").text
    client.post(f"{address}/membership", data=sent)
    page = client.get(f"{address}/review").text
    assert "If we cancel, you get all $120.00 back." in page and stays in page


def test_placed_on_invoice_the_page_says_when_it_begins(client: FlaskClient) -> None:
    address, sent = placed(client)
    client.post(f"{address}/membership", data=sent)
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "14500"})
    page = client.get(address).text
    assert "The membership of Ana Silva begins when it is paid." in page and "Individual membership, one year" in page


@pytest.mark.parametrize("sent", [{}, {"place": "x", "plan": "1"}, {"place": "9999", "plan": "1"}, {"place": "1", "plan": "9999"}])
def test_what_is_not_there_is_not_found(client: FlaskClient, sent: dict[str, str]) -> None:
    address, _ = placed(client)
    assert client.post(f"{address}/membership", data=sent).status_code == 404
    assert client.post(f"{address}/membership/77/off").status_code == 404


def test_the_price_that_was_seen_is_the_price_that_is_placed(client: FlaskClient) -> None:
    address, sent = placed(client)
    client.post(f"{address}/membership", data=sent)
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "15000"})
    assert db.session.scalars(select(Order.state)).one() == "held"


@pytest.fixture
def finance(client: FlaskClient, sign_in) -> FlaskClient:
    sign_in(client, people.person("Joan", "Tate", roles=["finance"]))
    return client


HERE = "/manage/memberships/plans"
NEW = {"name": "Student membership", "months": "12", "price": "30.00", "account_code": "4310"}


def test_finance_sells_changes_and_withdraws_a_membership(finance: FlaskClient) -> None:
    assert finance.post(f"{HERE}/new", data=NEW).location == HERE
    plan = db.session.scalars(select(MembershipPlan)).one()
    assert (plan.name, plan.months, plan.amount_cents, plan.account_code) == ("Student membership", 12, 3_000, "4310")
    finance.post(f"{HERE}/{plan.id}", data=NEW | {"price": "35"})
    finance.post(f"{HERE}/{plan.id}/withdraw")
    page = finance.get(HERE).text
    assert "$35.00" in page and "Not sold any more" in page
    finance.post(f"{HERE}/{plan.id}/offer")
    assert "Not sold any more" not in finance.get(HERE).text


@pytest.mark.parametrize(("typed", "words"), [
    ({"price": "0"}, "costs something"), ({"price": "a lot"}, "amount in dollars"), ({"months": "0"}, "Between one month"),
    ({"months": "many"}, "months"), ({"name": ""}, "Write the name")])
def test_what_cannot_be_sold_comes_back_with_everything_typed(finance: FlaskClient, typed: dict[str, str], words: str) -> None:
    answer = finance.post(f"{HERE}/new", data=NEW | typed)
    assert (answer.status_code, words in answer.text, "4310" in answer.text) == (422, True, True)


def test_a_name_is_taken_once(finance: FlaskClient) -> None:
    finance.post(f"{HERE}/new", data=NEW)
    assert "There is one called Student membership already." in finance.post(f"{HERE}/new", data=NEW).text


def test_who_organizes_only_does_not_see_it(client: FlaskClient, sign_in) -> None:
    sign_in(client, people.person(roles=["organizer"]))
    assert client.get(HERE).status_code == 404
