"""The payer decides about the money, the attendee about herself: once her agency approved, she may hand her place back, and no more."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.factories import registrations as places
from tests.flows.payments.test_approvals import ZONE, asked, held, question, token
from tests.support import mail
from webapp.accounts import agencies, roles
from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.forms import answers, questions
from webapp.notifications.models import Message
from webapp.payments import approvals, balances, receipts
from webapp.payments.models import BalanceLot, Invoice, Payment, Refund
from webapp.payments.receipts import Received
from webapp.registration.models import Order, Registration

SAM = {"given_name": "Sam", "family_name": "Ode", "email": "sam@dane.example"}


@pytest.fixture
def approved() -> int:
    """An order of Maria's that Dane County approved, paid by check."""
    order_id = asked(held())
    with transaction():
        approvals.approve(question(order_id).id)
        receipts.record(order_id, Received("cheque", 15_000, clock.today(ZONE), ZONE, "7"), by_id=None)
    return order_id


def page_of(order_id: int) -> str:
    return f"/orders/{db.session.get_one(Order, order_id).ref}"


def place_of(order_id: int) -> int:
    return db.session.scalars(select(Registration.id).filter_by(order_id=order_id).order_by(Registration.id)).first() or 0


def books() -> list[int]:
    """How many places, payments, refunds and lots there are: what a refused act leaves as it is."""
    db.session.rollback()
    return [len(db.session.scalars(select(model.id)).all()) for model in (Registration, Payment, Refund, BalanceLot)]


@pytest.mark.parametrize(("method", "address"), [
    *((method, f"/{what}/{{place}}") for what in ("substitute", "transfer", "defer") for method in ("GET", "POST")),
    ("GET", "/balance"), ("POST", "/balance"), ("POST", "/card"), ("GET", "/receipt")])
def test_what_is_the_payers_is_refused_to_the_attendee(client: FlaskClient, approved: int, method: str, address: str) -> None:
    before = books()
    answer = client.open(page_of(approved) + address.format(place=place_of(approved)), method=method, data=SAM | {"seen": "0"})
    assert (answer.status_code, "Dane County pays for this order" in answer.text, books()) == (403, True, before)


def test_her_page_offers_what_is_hers(client: FlaskClient, approved: int) -> None:
    page = client.get(page_of(approved)).text
    assert "Dane County pays for this order" in page and f"/cancel/{place_of(approved)}" in page
    gone = ("/substitute/", "/transfer/", "/defer/", "/balance", "/card", "/receipt", "/invoices/", "Still open", "If your plans change")
    assert [one for one in gone if one in page] == []


def test_she_hands_it_back_and_the_money_is_the_agencys(client: FlaskClient, approved: int) -> None:
    address = f"{page_of(approved)}/cancel/{place_of(approved)}"
    asked_ = client.get(address).text
    assert "Dane County hears of it, and gets back" in asked_ and "$" not in asked_ and 'name="back"' not in asked_
    client.post(address, data={"back": "balance"})
    assert db.session.scalars(select(Registration.state).filter_by(order_id=approved)).all() == ["cancelled"]
    assert db.session.scalars(select(Refund.amount_cents)).all() == [13_000]  # by the policy, never the balance she asked for


def test_no_mail_tells_the_agency_the_attendees_address(client: FlaskClient, approved: int) -> None:
    client.post(f"{page_of(approved)}/cancel/{place_of(approved)}", data={"seen": "0"})
    told = db.session.scalars(select(Message).filter_by(kind="place_cancelled")).one()
    assert told.to_address == "dana@dane.example" and page_of(approved) not in mail.last(told.to_address, "place_cancelled").text


def test_on_her_own_pages_it_is_the_same(client: FlaskClient, approved: int, sign_in) -> None:
    place = db.session.get_one(Registration, place_of(approved))
    sign_in(client, db.session.get_one(Person, place.person_id))
    page = client.get(f"/me/registrations/{place.id}").text
    assert "decides about the money" in page and "/substitute/" not in page and "/card" not in page and "$" not in page
    client.post(f"/me/registrations/{place.id}/cancel", data={"back": "balance"})
    assert db.session.scalars(select(BalanceLot.id)).all() == []


def test_a_supervisor_of_the_agency_decides_there(client: FlaskClient, sign_in) -> None:
    with transaction():
        agency = agencies.create("Dane County", actor_id=None, billing_email="dana@dane.example")
        boss = people.person()
        roles.grant(boss.id, "supervisor", agency_id=agency.id, actor_id=None)
    order_id = asked(held())
    with transaction():
        approvals.approve(question(order_id).id)
    assert client.get(f"{page_of(order_id)}/balance").status_code == 403
    sign_in(client, boss)
    assert client.get(f"{page_of(order_id)}/balance").status_code == 200
    assert "/substitute/" in client.get(page_of(order_id)).text


def test_who_pays_herself_decides_as_before(client: FlaskClient) -> None:
    with transaction():
        order_id = places.registered(events.workshop(), people.person()).order_id
    assert "/substitute/" in client.get(page_of(order_id)).text
    assert client.get(f"{page_of(order_id)}/balance").status_code == 200


def test_the_approver_sends_a_colleague_by_her_link(client: FlaskClient, approved: int) -> None:
    link = f"/approve/{token(approved)}"
    page = client.get(link).text
    assert f"{link}/substitute/{place_of(approved)}" in page and page_of(approved) not in page
    form = client.get(f"{link}/substitute/{place_of(approved)}").text
    assert f'action="{link}/substitute/{place_of(approved)}"' in form and page_of(approved) not in form
    review = client.post(f"{link}/substitute/{place_of(approved)}", data=SAM)
    assert review.status_code == 200 and page_of(approved) not in review.text
    done = client.post(f"{link}/substitute/{place_of(approved)}", data=SAM | {"seen": "0"})
    assert (done.status_code, done.location) == (303, link)
    assert db.session.scalars(select(Registration.state).filter_by(order_id=approved).order_by(Registration.id)).all() == [
        "substituted", "confirmed"]
    assert "Handed on" in client.get(link).text and "Sam Ode" in client.get(link).text
    names = client.get(link).text
    assert ">Sam Ode<" in names and "Sam Ode may give a place back" in names and "Maria Lopez, Sam Ode" not in names
    assert "Your registration" not in form and "What you approved" in form


def test_the_approver_cancels_with_the_refund_shown(client: FlaskClient, approved: int) -> None:
    link = f"/approve/{token(approved)}"
    page = client.get(f"{link}/cancel/{place_of(approved)}").text
    assert "$130.00" in page and page_of(approved) not in page and "card" not in page.split("What comes back")[1].split("</form>")[0]
    done = client.post(f"{link}/cancel/{place_of(approved)}")
    assert (done.status_code, done.location) == (303, link)
    refunded = balances.of_order(approved, clock.today(ZONE))
    assert (refunded.in_flight_cents, refunded.owed_cents) == (13_000, 2_000)
    assert "Cancelled" in client.get(link).text


def test_she_sees_the_invoice_and_never_an_answer(client: FlaskClient, approved: int) -> None:
    place = db.session.get_one(Registration, place_of(approved))
    with transaction():
        questions.replace(place.event_id, questions.standard(), actor_id=None)
        answers.save(place.event_id, {"diet": "Vegan", "access_needs": "A ramp"}, registration_id=place.id)
    link, ref = f"/approve/{token(approved)}", db.session.scalars(select(Invoice.ref).filter_by(order_id=approved)).one()
    pages = [client.get(f"{link}{part}").text for part in ("", *(f"/{what}/{place.id}" for what in ("substitute", "cancel", "transfer")))]
    assert f"/invoices/{ref}" in pages[0] and all("Vegan" not in page and "A ramp" not in page for page in pages)


@pytest.fixture
def two_dates() -> tuple[int, Event]:
    """An order of Maria's that Dane County approved and paid, for a course that may be put off, and the course's other date."""
    with transaction():
        one, other = dates(events.workshop("Sleep", policy="two-weeks-then-put-off"), events.workshop("Sleep again", starts=events.at(60)))
        order_id = places.held(one, people.person()).order_id
    asked(order_id)
    with transaction():
        approvals.approve(question(order_id).id)
        receipts.record(order_id, Received("cheque", 15_000, clock.today(ZONE), ZONE, "7"), by_id=None)
    return order_id, other


def test_the_approver_moves_a_place_to_another_date(client: FlaskClient, two_dates: tuple[int, Event]) -> None:
    order_id, other = two_dates
    link = f"/approve/{token(order_id)}"
    form = f"{link}/transfer/{place_of(order_id)}"
    assert form in client.get(link).text
    page = client.get(form).text
    assert "Sleep again" in page and f'action="{form}"' in page and page_of(order_id) not in page
    review = client.post(form, data={"event": str(other.id)}).text
    assert "Nothing changes about the money." in review and page_of(order_id) not in review
    assert "Breakouts are chosen anew" not in review and "our place here" not in page and "Your registration" not in page
    done = client.post(form, data={"event": str(other.id), "seen": "0"})
    assert (done.status_code, done.location) == (303, link)
    after = client.get(link).text
    assert "Moved to another date" in after and "Sleep again" in after


def test_the_approver_puts_a_place_off_and_the_agency_keeps_the_money(client: FlaskClient, two_dates: tuple[int, Event]) -> None:
    order_id, other = two_dates
    link = f"/approve/{token(order_id)}"
    form = f"{link}/defer/{place_of(order_id)}"
    page = client.get(form).text
    assert form in client.get(link).text and "$150.00 is kept" in page and page_of(order_id) not in page
    done = client.post(form)
    assert (done.status_code, done.location) == (303, form)
    after, ref = client.get(form).text, page_of(order_id).rpartition("/")[2]
    assert "It stands as the balance of Dane County" in after and f"/events/{other.slug}/register" in after and ref not in after
    lot = db.session.scalars(select(BalanceLot)).one()
    assert (lot.left_cents, lot.payer_id) == (15_000, db.session.get_one(Order, order_id).payer_id)
    assert "Put off" in client.get(link).text and form in client.get(link).text


@pytest.mark.parametrize("what", ["substitute", "cancel", "transfer", "defer"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_question_that_is_open_or_declined_gives_no_rights(client: FlaskClient, what: str, method: str) -> None:
    order_id = asked(held())
    address = f"/approve/{token(order_id)}/{what}/{place_of(order_id)}"
    assert client.open(address, method=method).status_code == 404
    with transaction():
        approvals.decline(question(order_id).id, reason="No money", zone=ZONE)
    assert client.open(address, method=method).status_code == 404


def test_a_place_of_another_order_is_not_hers(client: FlaskClient, approved: int) -> None:
    with transaction():
        other = places.registered(events.workshop("Something else"), people.person()).id
    link = f"/approve/{token(approved)}"
    assert [client.get(f"{link}/{what}/{other}").status_code for what in ("substitute", "cancel", "transfer", "defer")] == [404] * 4
