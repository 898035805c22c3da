"""Who pays decides about the money, who comes about herself."""

import re

import pytest
from sqlalchemy import select, update

from tests.factories import events, people, registrations
from webapp.accounts import agencies
from webapp.catalog.models import CancellationPolicy
from webapp.core.db import db
from webapp.forms import answers, questions
from webapp.notifications.models import Message
from webapp.payments import invoices
from webapp.registration import ledger, orders, own_page
from webapp.registration.models import Order, Registration
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Attendee, Buyer

SECRETS = {"diet": "Vegan without nuts", "access_needs": "A seat near the door, wheelchair", "licence_number": "LIC-553311"}
SUE = "sue@lakeshore.example"


@pytest.fixture
def booked(client, sign_in):
    """Bo and a guest, booked by their supervisor on invoice; Bo answered. She is signed in: (client, event, agency, order, bo, guest)."""
    event, agency = events.workshop(), agencies.create("Lakeshore", actor_id=None, billing_email="bills@lakeshore.example")
    questions.replace(event.id, questions.standard(), actor_id=None)
    bo = people.person("Bo", "Berg", email="bo@lakeshore.example")
    agencies.add_member(agency.id, bo.id, from_on=events.day(-10), actor_id=bo.id)
    sue = people.person("Sue", "Pervisor", email=SUE, roles=[("supervisor", {"agency_id": agency.id})])
    guest = registrations.stranger(event, given="Nora", family="Neu", email="nora@home.example")
    held = orders.hold(event.id, [registrations.attendee(event, bo), guest, Attendee(guest.type_id, to_follow=True)],
                       Buyer("Lakeshore", SUE, sue.id, agency.id), agency_id=agency.id)
    orders.place(held.order_id, "invoice", po_number="PO-1")
    invoices.issue(held.order_id)
    places = db.session.scalars(select(Registration).where(Registration.order_id == held.order_id).order_by(Registration.id)).all()
    keys = {one.key for one in questions.for_event(event.id)}
    answers.save(event.id, {key: value for key, value in SECRETS.items() if key in keys}, registration_id=places[0].id)
    sign_in(client, sue)
    return client, event, agency, db.session.get_one(Order, held.order_id), places, bo


def page_of(place, order):
    return f"/places/{own_page.key(place.id, order.ref)}"


def kept(place):
    return {one.key: one.value for one in answers.of_registration(place.id, seeing=answers.ALL)}


def test_the_standard_questions_ask_what_nobody_else_reads(booked):
    _, _, _, _, (first, *_), _ = booked
    assert kept(first) == SECRETS


def test_the_supervisor_reads_no_answer_on_any_page_or_file_of_hers(booked):
    client, event, agency, order, places, _ = booked
    ids = [one.id for one in places]
    bill = invoices.of_order(order.id)[0].invoice.ref
    pages = [f"/agency/{agency.id}", f"/agency/{agency.id}/places.csv", f"/agency/{agency.id}/places.xlsx", f"/agency/{agency.id}/calendar",
             f"/agency/{agency.id}/book/{event.slug}", f"/agency/{agency.id}/team", f"/orders/{order.ref}",
             f"/orders/{order.ref}/calendar", f"/invoices/{bill}", "/me/registrations?show=colleagues", "/me/registrations?show=orders",
             *(f"/orders/{order.ref}/{what}/{one}" for what in ("cancel", "substitute") for one in ids),
             *(f"/me/registrations/{one}" for one in ids), *(page_of(one, order) for one in places[:2]),
             f"{page_of(places[0], order)}/questions", "/me", "/me/privacy"]
    for address in pages:
        answer = client.get(address)
        assert answer.status_code in (200, 303), address
        body = answer.get_data(as_text=False)
        for value in kept(places[0]).values():
            assert value.encode() not in body, address


def test_an_answer_is_shown_to_herself_and_hidden_from_who_only_has_the_address(booked, sign_in):
    client, _, _, order, (first, *_), bo = booked
    address = f"{page_of(first, order)}/questions"
    shown = client.get(address).get_data(as_text=True)
    assert "What you answered before is kept" in shown and SECRETS["diet"] not in shown
    sign_in(client, bo)
    assert SECRETS["diet"] in client.get(address).get_data(as_text=True)


def test_what_is_left_empty_stays_and_a_refused_form_tells_nothing(booked):
    client, _, _, order, (first, *_), _ = booked
    before = kept(first)
    address = f"{page_of(first, order)}/questions"
    refused = client.post(address, data={"answer_diet": "x" * 20_000})
    assert refused.status_code == 422 and before["access_needs"] not in refused.get_data(as_text=True)
    assert client.post(address, data={"answer_diet": "Fish"}).status_code == 303
    assert kept(first) == before | {"diet": "Fish"}


def test_each_attendee_answers_on_her_own_page_until_the_event_starts(booked, frozen):
    client, event, _, order, (_, guest, _), _ = booked
    address = page_of(guest, order)
    assert "Questions for you" in client.get(address).get_data(as_text=True)
    client.post(f"{address}/questions", data={"answer_diet": "Halal"})
    assert kept(guest)["diet"] == "Halal"
    assert "Change my answers" in client.get(address).get_data(as_text=True)
    frozen.move_to(event.starts_at)
    client.post(f"{address}/questions", data={"answer_diet": "Too late"})
    assert kept(guest)["diet"] == "Halal"


def test_the_confirmation_leads_her_to_the_questions_and_not_to_the_order(booked):
    from webapp.jobs import rendering

    _, _, _, order, (_, guest, _), _ = booked
    facts = db.session.scalars(select(Message).where(Message.to_address == guest.email, Message.kind == "registration_confirmed")).one()
    said = rendering.builder(rendering.KINDS["registration_confirmed"])(dict(facts.facts))
    assert (said["place_path"], said["questions_path"]) == (page_of(guest, order), f"{page_of(guest, order)}/questions")
    assert order.ref not in repr(said)


def test_a_guest_puts_her_name_right_and_makes_nobody_else_of_herself(booked):
    client, _, _, order, (first, guest, _), _ = booked
    address = f"{page_of(guest, order)}/name"
    assert client.post(address, data={"given_name": "Eva", "family_name": "Other"}).status_code == 422
    assert client.post(address, data={"given_name": "Nora", "family_name": "Neumann"}).status_code == 303
    assert "Nora Neumann" in client.get(page_of(guest, order)).get_data(as_text=True)
    own = f"{page_of(first, order)}/name"  # she has an account: there
    assert client.get(own).status_code == 303
    assert client.post(own, data={"given_name": "Bo", "family_name": "Changed"}).status_code == 303
    assert "Bo Changed" not in client.get(page_of(first, order)).get_data(as_text=True)


def test_she_may_only_hand_it_back_and_sees_no_money(booked, sign_in):
    client, _, _, order, (first, *_), bo = booked
    sign_in(client, bo)
    for address in (page_of(first, order), f"{page_of(first, order)}/cancel", f"/me/registrations/{first.id}",
                    f"/me/registrations/{first.id}/cancel"):
        shown = client.get(address).get_data(as_text=True)
        assert "$" not in shown and order.ref not in re.sub(r"/places/[\w-]+", "", shown), address
        assert "substitute" not in shown, address
    client.post(f"/me/registrations/{first.id}/cancel")
    assert db.session.get_one(Registration, first.id, populate_existing=True).state == "cancelled"


def test_who_pays_and_who_booked_hear_that_a_seat_was_handed_back(booked):
    client, _, _, order, (first, *_), _ = booked
    client.post(f"{page_of(first, order)}/cancel")
    told = {(row.kind, row.to_address) for row in db.session.scalars(select(Message)) if row.kind.endswith("cancelled")}
    assert told == {("registration_cancelled", "bo@lakeshore.example"), ("place_cancelled", "bills@lakeshore.example"),
                    ("place_cancelled", SUE)}


def test_another_order_and_a_wrong_key_open_nothing(booked):
    client, event, _, order, (first, guest, _), _ = booked
    other = registrations.registered(event, people.person("Eva", "Else"))
    assert client.get(f"/orders/{order.ref}/substitute/{other.id}").status_code == 404
    key = own_page.key(first.id, order.ref)
    assert client.get(f"/places/{key[:-1]}{'1' if key[-1] == '0' else '0'}/name").status_code == 404
    assert client.get(f"/places/{first.id}-{own_page.key(guest.id, order.ref).partition('-')[2]}/questions").status_code == 404


def test_the_seat_of_who_leaves_stays_with_the_agency_which_is_told(booked, sign_in):
    client, _, agency, order, (first, *_), bo = booked
    sign_in(client, people.person("Ad", "Min", roles=["admin"]))
    row = next(one.AgencyMember for one in agencies.members(agency.id) if one.AgencyMember.person_id == bo.id)
    client.post(f"/manage/agencies/{agency.id}/members/{row.id}", data={"do": "end"})
    place = db.session.get_one(Registration, first.id, populate_existing=True)
    assert (place.state, place.order_id) == ("confirmed", order.id)
    assert [one.to_address for one in db.session.scalars(select(Message).where(Message.kind == "staff_left"))] == [SUE]
    answer = client.post(f"/orders/{order.ref}/substitute/{first.id}", data={
        "given_name": "Eva", "family_name": "Else", "email": "eva@lakeshore.example", "seen": "0"})
    assert answer.status_code == 303
    assert client.get(page_of(first, order)).status_code == 200


def test_a_seat_is_named_from_the_page_of_the_order_in_one_act(booked):
    client, _, _, order, (_, _, later), _ = booked
    assert "1 seat has no name yet." in client.get(f"/orders/{order.ref}").get_data(as_text=True)
    answer = client.post(f"/orders/{order.ref}/substitute/{later.id}", data={
        "given_name": "Eva", "family_name": "Else", "email": "eva@lakeshore.example"})
    assert answer.status_code == 303
    assert db.session.get_one(Registration, later.id, populate_existing=True).email == "eva@lakeshore.example"
    assert "no name yet" not in client.get(f"/orders/{order.ref}").get_data(as_text=True)


def test_what_the_others_will_cost_is_shown_before_a_seat_is_given_back(booked):
    client, _, agency, *_ = booked
    event = events.workshop("Group", group_rules=[GroupRuleSpec(3, 1_000)], policy="free-of-charge")
    of = CancellationPolicy.id == event.cancellation_policy_id
    rules = db.session.scalars(select(CancellationPolicy.rules).where(of)).one()
    db.session.execute(update(CancellationPolicy).where(of).values(rules=rules | {"group_below": "reprice"}))
    kind = registrations.type_of(event).id
    held = orders.hold(event.id, [Attendee(kind, to_follow=True)] * 3, Buyer("Lakeshore", SUE, None, agency.id), agency_id=agency.id)
    orders.place(held.order_id, "invoice")
    invoices.issue(held.order_id)
    first = db.session.scalars(select(Registration.id).where(Registration.order_id == held.order_id).order_by(Registration.id)).first()
    address = f"/orders/{held.ref}/cancel/{first}"
    shown = client.get(address).get_data(as_text=True)
    assert "cost $30.00 more together" in shown and 'name="group" value="3000"' in shown
    client.post(address)  # without what was shown
    assert db.session.get_one(Registration, first, populate_existing=True).state == "confirmed"
    client.post(address, data={"group": "3000"})
    assert db.session.get_one(Registration, first, populate_existing=True).state == "cancelled"
    assert ledger.owed(held.order_id) == 30_000
    assert sum(one.rest_cents for one in invoices.of_order(held.order_id)) == 30_000
