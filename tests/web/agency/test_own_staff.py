"""Somebody who works for an agency registers herself, and takes one of the seats her agency keeps; who pays is asked by itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories import events, people, setasides
from tests.factories import registrations as places
from tests.flows.payments.test_approvals import ZONE, token
from tests.support.html import parse
from webapp.accounts import agencies
from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import approvals
from webapp.payments.models import PaymentApproval
from webapp.registration import orders, seats
from webapp.registration.models import Order, Payer, Registration

NAME = "Lakeshore Home Visiting"


@pytest.fixture
def ours(frozen, db_session) -> Agency:
    return agencies.create(NAME, actor_id=None, billing_email="office@lakeshore.example")


@pytest.fixture
def ann(client: FlaskClient, sign_in: Any, ours: Agency) -> Person:
    """Signed in, she works there."""
    person = people.person("Ann", "Able", email="ann@lakeshore.example")
    agencies.add_member(ours.id, person.id, from_on=clock.today(ZONE), actor_id=person.id)
    sign_in(client, person)
    return person


def form_of(event: Event) -> str:
    return f"/events/{event.slug}/register"


def filled(event: Event, **more: str) -> dict[str, str]:
    return {"type": str(places.type_of(event).id), "given_name": "Ann", "family_name": "Able", "email": "ann@lakeshore.example",
            "form_key": "k1", **more}


def registered(client: FlaskClient, event: Event, **more: str) -> Order:
    answer = client.post(form_of(event), data=filled(event, **more))
    assert answer.status_code == 303, answer.text
    return db.session.scalars(select(Order).filter_by(ref=answer.location.split("/")[2])).one()


def taken_from(order: Order) -> int | None:
    return db.session.scalars(select(Registration.set_aside_id).filter_by(order_id=order.id)).one()


def payer(order: Order) -> tuple[str, int | None]:
    row = db.session.execute(select(Payer.kind, Payer.agency_id).join(Order, Order.payer_id == Payer.id).where(Order.id == order.id)).one()
    return row.kind, row.agency_id


def test_she_is_told_and_takes_one_that_costs_her_agency_nothing_yet(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 3)
    assert f"{NAME} keeps 3 seats here for its staff" in client.get(f"/events/{event.slug}").text
    assert f"One of the 3 kept for {NAME}" in client.get(form_of(event)).text
    asked = parse(client.get(f"{form_of(event)}?seat_from={ours.id}").text)
    assert ["checked" in one.attributes for one in asked.all("input", name="seat_from")] == [False, True]
    order = registered(client, event, seat_from=str(ours.id))
    assert (taken_from(order), setasides.counts(kept), payer(order), seats.recount()) == (kept, (3, 1), ("person", None), [])


def test_the_review_asks_her_agency_first_and_the_seat_waits_with_it(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    order = registered(client, event, seat_from=str(ours.id))
    page = parse(client.get(f"/orders/{order.ref}/review").text)
    assert f"one of those {NAME} keeps for its staff" in page.text
    chosen = [one.attributes["value"] for one in page.all("input", name="method") if "checked" in one.attributes]
    assert (chosen, page.one("input", name="agency").attributes["value"]) == (["approval"], NAME)
    client.post(f"/orders/{order.ref}/place", data={"method": "approval", "agency": NAME, "total": "15000"})
    question = db.session.scalars(select(PaymentApproval)).one()
    assert (question.approver_email, taken_from(order), setasides.counts(kept)) == ("office@lakeshore.example", kept, (1, 1))
    assert f"One of those kept for {NAME}" in client.get(f"/approve/{token(order.id)}").text
    with transaction():
        approvals.approve(question.id)
    assert (payer(order), setasides.counts(kept)) == (("agency", ours.id), (1, 1))


def test_an_agency_that_is_asked_to_pay_reads_nothing_of_anothers_pool(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    setasides.allotment(event, ours, 1)
    order = registered(client, event, seat_from=str(ours.id))
    agencies.create("Dane County", actor_id=None, billing_email="dana@dane.example")
    client.post(f"/orders/{order.ref}/place", data={"method": "approval", "agency": "Dane County", "total": "15000"})
    page = client.get(f"/approve/{token(order.id)}").text
    assert "Does Dane County pay?" in page and NAME not in page and "One of those kept" not in page


def test_a_no_and_a_hold_that_ends_give_the_seat_back_to_the_agency(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    order = registered(client, event, seat_from=str(ours.id))
    order_id = order.id
    with transaction():
        orders.let_go(order_id)
    assert (setasides.counts(kept), setasides.event_pool(event), seats.recount()) == ((1, 0), (1, 1, 0), [])


def test_she_may_pay_herself(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    order = registered(client, event, seat_from=str(ours.id))
    client.post(f"/orders/{order.ref}/place", data={"method": "invoice", "total": "15000", "agency": "Ann Able"})
    assert (payer(order)[1], taken_from(order)) == (None, kept)


def test_in_an_event_that_is_full_for_others_only_her_agencys_can_be_had(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop(capacity=1)
    kept = setasides.allotment(event, ours, 1)
    page = client.get(form_of(event)).text
    assert f"The one kept for {NAME}" in page and "One that is open to everybody" not in page
    assert "All seats that are open to everybody are taken" in page and f"/events/{event.slug}/waitlist" in page
    assert taken_from(registered(client, event, seat_from=str(ours.id))) == kept


def test_the_open_seat_stays_the_usual_one(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    order = registered(client, event, seat_from="")
    assert (taken_from(order), setasides.counts(kept)) == (None, (1, 0))
    assert "keeps for its staff" not in client.get(f"/orders/{order.ref}/review").text


def test_a_seat_that_went_meanwhile_is_refused_and_nothing_is_lost(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    setasides.allotment(event, ours, 1)
    orders.hold(event.id, [places.stranger(event)], places.buyer(people.person("Sue", "Pervisor")), agency_id=ours.id)
    answer = client.post(form_of(event), data=filled(event, seat_from=str(ours.id)))
    assert answer.status_code == 422 and "No seat that your agency keeps here is left" in answer.text and 'value="Able"' in answer.text


def test_one_that_is_kept_for_another_price_is_refused(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1, type_id=places.type_of(event, "Member").id)
    answer = client.post(form_of(event), data=filled(event, seat_from=str(ours.id)))
    assert answer.status_code == 422 and "for this price and way of taking part" in answer.text and setasides.counts(kept) == (1, 0)


@pytest.mark.parametrize("who", ["guest", "stranger", "left"])
def test_nobody_else_sees_or_takes_one(client: FlaskClient, sign_in: Any, ours: Agency, who: str) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    if who != "guest":
        person = people.person("Ann", "Able", email="ann@lakeshore.example")
        if who == "left":
            member = agencies.add_member(ours.id, person.id, from_on=clock.today(ZONE), actor_id=person.id)
            agencies.end_member(member.id, until_on=clock.today(ZONE), actor_id=person.id)
        sign_in(client, person)
    assert NAME not in client.get(form_of(event)).text and NAME not in client.get(f"/events/{event.slug}").text
    answer = client.post(form_of(event), data=filled(event, seat_from=str(ours.id)))
    assert answer.status_code == 422 and setasides.counts(kept) == (1, 0)


def test_a_colleague_is_booked_by_the_supervisor_not_by_her(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    setasides.allotment(event, ours, 1)
    assert NAME not in client.get(f"{form_of(event)}?for=colleague").text


def test_the_same_form_again_with_an_open_seat_gives_the_kept_one_back(client: FlaskClient, ann: Person, ours: Agency) -> None:
    event = events.workshop()
    kept = setasides.allotment(event, ours, 1)
    registered(client, event, seat_from=str(ours.id))
    order = registered(client, event, seat_from="")
    assert (taken_from(order), setasides.counts(kept), seats.recount()) == (None, (1, 0), [])


def test_the_form_asks_the_same_for_one_pool_and_for_ten(client: FlaskClient, ann: Person, ours: Agency, query_count: Any) -> None:
    event, counted = events.workshop(), []
    for more in (1, 9):
        for _ in range(more):
            setasides.allotment(event, ours, 1)
        db.session.commit()
        with query_count() as statements:
            assert f"kept for {NAME}" in client.get(form_of(event)).text
        counted.append(len(statements))
    assert counted[0] == counted[1]
