"""“I am a member”, said on the page of an order, and answered by staff."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people
from tests.support.counting import query_count
from tests.support.html import parse
from tests.web.registration.test_register import held
from webapp.accounts import memberships
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.payments.models import CreditNote
from webapp.registration.models import Registration
from webapp.registration.years import claiming
from webapp.registration.years.models import MemberClaim

HERE = "/manage/memberships/claims"
DAYS = {"number": "M-77", "from_on": "2026-01-01", "until_on": "2026-12-31"}


def place_id() -> int:
    return db.session.scalars(select(Registration.id)).one()


@pytest.fixture
def claimed(client: FlaskClient) -> str:
    """The address of an order on invoice at $150.00 whose attendee says that she is a member."""
    address = held(client, events.workshop())
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "15000"})
    assert client.post(f"{address}/membership/claim", data={"place": place_id(), "number": "M-77"}).location == address
    return address


@pytest.fixture
def finance(sign_in: Callable[..., object], client: FlaskClient, claimed: str) -> FlaskClient:
    sign_in(client, people.person("Joan", "Tate", roles=["finance"]))
    return client


def claim_id() -> int:
    return db.session.scalars(select(MemberClaim.id)).one()


def test_the_review_page_says_what_happens_and_the_price_stays(client: FlaskClient) -> None:
    address = held(client, events.workshop())
    page = client.get(f"{address}/review").text
    assert "Is Ana Silva a member already?" in page and "The price stays as it is for now." in page
    assert client.post(f"{address}/membership/claim", data={"place": place_id()}).location == f"{address}/review"
    page = client.get(f"{address}/review").text
    assert "We are looking for the membership of Ana Silva" in page and "Place the order, $150.00" in page


def test_the_page_of_the_order_says_that_it_waits(client: FlaskClient, claimed: str) -> None:
    assert "We are looking for the membership of Ana Silva" in client.get(claimed).text


@pytest.mark.parametrize("sent", [{}, {"place": "x"}, {"place": "9999"}])
def test_a_place_of_another_order_is_not_found(client: FlaskClient, sent: dict[str, str]) -> None:
    address = held(client, events.workshop())
    assert client.post(f"{address}/membership/claim", data=sent).status_code == 404


@pytest.mark.parametrize("is_placed", [False, True])
def test_a_number_that_cannot_be_kept_comes_back_as_it_was_typed(client: FlaskClient, is_placed: bool) -> None:
    address = held(client, events.workshop())
    if is_placed:
        client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "15000"})
    answer = client.post(f"{address}/membership/claim", data={"place": place_id(), "number": "9" * 41})
    field = parse(answer.text).one("input", id=f"number-{place_id()}")
    assert (answer.status_code, field.attributes["value"], field.attributes["aria-invalid"]) == (422, "9" * 41, "true")
    assert "Please keep it to 40 characters; it has 41." in answer.text and "<details open>" in answer.text
    assert db.session.scalars(select(MemberClaim)).all() == []


@pytest.mark.parametrize(("member", "is_asked"), [(12_000, True), (15_000, False), (16_000, False)])
def test_it_is_asked_only_where_members_pay_less(client: FlaskClient, member: int, is_asked: bool) -> None:
    address = held(client, events.workshop(member=member))
    assert ("a member already?" in client.get(f"{address}/review").text) is is_asked
    client.post(f"{address}/place", data={"method": "invoice", "agency": "Lake", "total": "15000"})
    assert ("a member already?" in client.get(address).text) is is_asked
    answer = client.post(f"{address}/membership/claim", data={"place": place_id(), "number": "M-77"}, follow_redirects=True)
    assert ("Members pay the same for this place" in answer.text) is not is_asked
    assert len(db.session.scalars(select(MemberClaim)).all()) == is_asked


def test_it_waits_on_the_page_of_finance(finance: FlaskClient, claimed: str) -> None:
    page = finance.get("/manage").text
    assert "Somebody says that she is a member and waits for an answer." in page and HERE in page
    claiming.decline(claim_id(), by_id=people.person().id, answer="Not on the list.")
    assert "says that she is a member" not in finance.get("/manage").text


def test_staff_see_it_and_confirm(finance: FlaskClient, claimed: str) -> None:
    assert "Ana Silva" in finance.get(HERE).text
    assert "Neither she nor the number is on the list." in finance.get(f"{HERE}/{claim_id()}").text
    answer = finance.post(f"{HERE}/{claim_id()}", data=DAYS | {"what": "confirm"}, follow_redirects=True)
    assert "Confirmed; her place costs $30.00 less, and she is told." in answer.text and "Nobody waits for an answer" in answer.text
    assert list(db.session.scalars(select(CreditNote.total_cents))) == [3_000]
    assert "$120.00" in finance.get(claimed).text


def test_what_the_list_says_is_filled_in(finance: FlaskClient) -> None:
    memberships.add(None, "M-77", from_on=events.day(-30), until_on=events.day(30), actor_id=None, email="old@home.example")
    page = finance.get(f"{HERE}/{claim_id()}").text
    assert "This number is on the list: old@home.example" in page and f'value="{events.day(30)}"' in page


def test_the_number_of_somebody_else_names_her_and_fills_nothing_in(finance: FlaskClient) -> None:
    memberships.add(people.person("Maren", "Olufsen").id, "M-77", from_on=events.day(-30), until_on=events.day(30), actor_id=None)
    page = finance.get(f"{HERE}/{claim_id()}").text
    assert "This number is that of Maren Olufsen" in page and f'value="{events.day(30)}"' not in page


def test_declined_with_words_for_her(finance: FlaskClient) -> None:
    assert finance.post(f"{HERE}/{claim_id()}", data={"what": "decline"}).status_code == 422
    finance.post(f"{HERE}/{claim_id()}", data={"what": "decline", "answer": "It ended in May."})
    assert db.session.scalars(select(Message.kind).where(Message.kind == "member_claim_decided")).one()
    assert finance.get(f"{HERE}/{claim_id()}").status_code == 404


@pytest.mark.parametrize(("typed", "words"), [
    ({"from_on": ""}, "Write the number and both days"), ({"until_on": "2026-05-31"}, "not valid on the day she ordered"),
    ({"until_on": "soon"}, "valid date")])
def test_what_cannot_be_confirmed_comes_back(finance: FlaskClient, typed: dict[str, str], words: str) -> None:
    answer = finance.post(f"{HERE}/{claim_id()}", data=DAYS | typed | {"what": "confirm"})
    assert (answer.status_code, words in answer.text, "M-77" in answer.text) == (422, True, True)


def test_the_list_costs_the_same_with_many(finance: FlaskClient) -> None:
    with query_count() as one:
        finance.get(HERE)
    for at in range(10):
        held(finance, events.workshop(f"Other {at}"))
    for row in db.session.scalars(select(Registration.id).where(Registration.state == "held")).all():
        db.session.add(MemberClaim(registration_id=row, created_at=db.session.scalars(select(MemberClaim.created_at)).first()))
    db.session.flush()
    with query_count() as many:
        assert finance.get(HERE).text.count("ana@home.example") == 11
    assert len(one) == len(many)


def test_who_organizes_only_does_not_see_it(client: FlaskClient, sign_in: Callable[..., object]) -> None:
    sign_in(client, people.person(roles=["organizer"]))
    assert client.get(HERE).status_code == 404
