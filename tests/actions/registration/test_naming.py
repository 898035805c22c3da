"""Seats whose name follows."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from tests.factories import events, hours, people, registrations
from webapp.accounts import agencies
from webapp.attendance import awarding
from webapp.catalog import parts
from webapp.core.db import db
from webapp.core.errors import Closed, Refusal
from webapp.hours.models import Award
from webapp.jobs import letters, rendering
from webapp.notifications.contents import Withdrawn
from webapp.notifications.models import Message
from webapp.registration import ledger, orders, seats
from webapp.registration import registrations as acts
from webapp.registration.models import Registration
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.substitution import Colleague

SUE = "sue@lakeshore.example"


def booked(event, *persons, later=1, agency=None):
    """An order of these persons and so many seats without a name, on invoice: (order id, registrations by id)."""
    kind = registrations.type_of(event).id
    wishes = [registrations.attendee(event, one) for one in persons] + [Attendee(kind, to_follow=True)] * later
    held = orders.hold(event.id, wishes, Buyer("Lakeshore", SUE, None, agency))
    orders.place(held.order_id, "invoice", bill_to=registrations.BILL_TO)
    made = select(Registration).where(Registration.order_id == held.order_id).order_by(Registration.id)
    return held.order_id, list(db.session.scalars(made))


def name(registration, given="Nora", family="Neu", email="nora@home.example", **more):
    return acts.substitute(registration.id, Colleague(given, family, email, **more), by_id=None)


def kinds(to):
    return sorted(row.kind for row in db.session.scalars(select(Message).where(Message.to_address == to)) if row.kind != "reminder")


def test_seats_without_a_name_count_and_cost_like_any():
    event = events.workshop(capacity=2)
    order, _ = booked(event, later=2)
    assert ledger.owed(order) == 30_000
    assert seats.recount() == []
    with pytest.raises(Refusal, match="full"):
        registrations.registered(event, people.person())


def test_who_booked_is_written_to_for_all_of_them_and_nobody_is_confirmed():
    booked(events.workshop(), later=3)
    assert kinds(SUE) == ["order_placed", "seats_unnamed", "seats_unnamed"]


def test_naming_keeps_the_seat_and_tells_her():
    order, [seat] = booked(events.workshop())
    before = (seat.id, ledger.owed(order))
    done = name(seat)
    assert (done.registration_id, ledger.owed(order), done.change_cents) == (*before, 0)
    assert db.session.get_one(Registration, seat.id).email == "nora@home.example"
    assert kinds("nora@home.example") == ["registration_confirmed"]


def test_a_seat_that_moves_before_it_has_a_name_is_confirmed_to_whom_it_gets():
    _, [seat] = booked(events.workshop())
    moved = acts.transfer(seat.id, events.workshop("Another day").id, by_id=None, by_staff=True, reason="She asked")
    assert kinds(SUE) == ["order_placed"] + ["seats_unnamed"] * 4
    assert kinds(registrations.BILL_TO.email) == ["order_transfer"]
    name(db.session.get_one(Registration, moved.registration_id))
    assert kinds("nora@home.example") == ["registration_confirmed"]


def test_a_member_who_is_named_costs_less_and_the_group_price_survives():
    event = events.workshop(group_rules=[GroupRuleSpec(3, 1_000)])
    agency = agencies.create("Lakeshore", actor_id=None)
    maren = people.person("Maren", "Kowalczyk", email="maren@lakeshore.example", member=True)
    agencies.add_member(agency.id, maren.id, from_on=events.day(-9), actor_id=maren.id)
    order, places = booked(event, later=3, agency=agency.id)
    assert ledger.owed(order) == 3 * 13_500
    done = name(places[0], "Maren", "Kowalczyk", "maren@lakeshore.example")
    assert done.change_cents == 10_800 - 13_500
    assert ledger.owed(order) == 2 * 13_500 + 10_800
    assert db.session.get_one(Registration, places[0].id).person_id == maren.id


def test_somebody_of_another_agency_is_not_taken_for_the_owner_of_her_address():
    maren = people.person("Maren", "Kowalczyk", email="maren@elsewhere.example", member=True)
    _, [seat] = booked(events.workshop())
    name(seat, "Maren", "Kowalczyk", "maren@elsewhere.example")
    assert db.session.get_one(Registration, seat.id).person_id not in (None, maren.id)


def test_who_has_a_place_is_not_named_for_a_second():
    event = events.workshop()
    bo = people.person("Bo", "Berg", email="bo@home.example")
    registrations.registered(event, bo)
    _, [seat] = booked(event)
    with pytest.raises(Refusal, match="has a place in this event already"):
        name(seat, "Bo", "Berg", "bo@home.example")


def test_a_seat_is_named_until_the_event_starts_and_by_staff_later(frozen):
    event = events.workshop()
    _, [seat] = booked(event)
    frozen.move_to(event.starts_at)
    with pytest.raises(Closed, match="could be named until"):
        name(seat)
    admin = people.person(roles=["admin"])
    acts.substitute(seat.id, Colleague("Nora", "Neu", "nora@home.example"), by_id=admin.id, by_staff=True)
    assert db.session.get_one(Registration, seat.id).person_id is not None


def test_linked_places_are_named_with_it():
    event, inner = events.workshop("Collaborative", published=False), events.workshop("Conference")
    parts.include(event, inner, [])
    events.publish(event)
    _, places = booked(event, later=2)
    assert [one.event_id for one in places].count(inner.id) == 2
    name(places[0])
    linked = next(one for one in places if one.inclusion_of_id == places[0].id)
    assert db.session.get_one(Registration, linked.id).email == "nora@home.example"


def test_nobody_is_awarded_anything_for_a_seat_without_a_name(frozen):
    event, bo = events.workshop(), people.person("Bo", "Berg")
    booked(event, bo)
    frozen.move_to(event.ends_at + timedelta(hours=1))
    hours.present(bo, events.sessions(event)[0])
    awarding.award_event(event.id, by_id=None)
    assert set(db.session.scalars(select(Award.person_id))) == {bo.id}


def test_the_reminder_says_how_many_are_missing_and_is_withdrawn_when_none_is():
    event = events.workshop()
    _, places = booked(event, later=2)
    subject, words, _ = rendered()
    assert subject == f"2 seats still without a name: {event.title}"
    assert "You can name who comes until" in words
    for number, one in enumerate(places):
        name(one, f"Nora{number}", email=f"nora{number}@home.example")
    assert rendered() is None


def rendered():
    message = db.session.scalars(select(Message).where(Message.kind == "seats_unnamed")).first()
    context = rendering.builder(rendering.KINDS["seats_unnamed"])(dict(message.facts))
    return None if isinstance(context, Withdrawn) else letters.write(current_app, "seats_unnamed", {"to_name": "", **context})
