"""Invoices that stay open: each reminder once, places that go to the next person, and what is still to be paid for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories import events, people, registrations
from tests.support.till import ZONE
from webapp.catalog.models import Pool
from webapp.core import clock
from webapp.core.db import db
from webapp.jobs import rendering
from webapp.notifications.contents import Withdrawn
from webapp.notifications.leases import Claim
from webapp.notifications.models import Message
from webapp.payments import corrections, dunning, invoices, receipts, unpaid
from webapp.payments.receipts import Received
from webapp.registration.models import Order, Registration


def place(person=None, **event):
    """A place on invoice, billed; the event begins in 60 days, so that it is due in 30."""
    made = events.workshop(**({"starts": events.at(60), "non_member": 15_000} | event))
    found = registrations.registered(made, person or people.person())
    invoices.issue(found.order_id)
    return found


def paid(order_id, cents=15_000):
    receipts.record(order_id, Received("bank_transfer", cents, clock.today(ZONE), ZONE), by_id=people.person().id)


def remind(frozen, days):
    """The reminders written on a day so many days from the start of the test."""
    frozen.shift(timedelta(days=days))
    return dunning.remind(clock.today(ZONE), ZONE)


def letters():
    return list(db.session.scalars(select(Message).where(Message.kind == "invoice_reminder").order_by(Message.id)))


def rendered(row):
    db.session.commit()  # what is not kept would be forgotten at the sending
    return rendering.render(Claim(id=row.id, attempts=1, fact=row.fact, kind=row.kind, to_address=row.to_address, to_name=row.to_name,
                                  facts=row.facts, message_id=row.message_id))


def test_each_fact_is_reminded_of_once(frozen):
    place()
    assert [remind(frozen, days) for days in (22, 1, 1, 6, 1, 13, 1, 40)] == [0, 1, 0, 1, 0, 1, 0, 0]
    assert [row.fact.split(":")[2] for row in letters()] == ["soon", "due", "overdue"]


def test_the_reminder_says_what_is_due_and_what_hangs_on_it(frozen):
    place(unpaid_at_start="refuse", unpaid_release=True)
    remind(frozen, 23)
    mail = rendered(letters()[0])
    assert "$150.00" in mail.subject and "Fri 14 Aug 2026" in mail.subject
    assert "goes to the next person" in mail.text and "not let in until it is paid" in mail.text


def test_what_is_paid_is_not_reminded_of(frozen):
    paid(place().order_id)
    assert remind(frozen, 23) == 0


def test_a_reminder_of_what_was_paid_meanwhile_is_withdrawn(frozen):
    found = place()
    remind(frozen, 23)
    paid(found.order_id)
    assert isinstance(rendered(letters()[0]), Withdrawn)


def test_reminders_cost_the_same_for_one_and_thirty(frozen, query_count):
    frozen_counts = []
    for people_more in (1, 29):
        for _ in range(people_more):
            place()
        frozen.shift(timedelta(days=23))
        with query_count() as seen:
            assert dunning.remind(clock.today(ZONE), ZONE) == people_more
        frozen_counts.append(len(seen))
        frozen.shift(timedelta(days=-23))
    assert frozen_counts[0] == frozen_counts[1]


@pytest.mark.parametrize(("cents", "left"), [(0, 15_000), (5_000, 10_000), (15_000, None)])
def test_what_is_open_is_known_for_each_place(cents, left):
    found = place()
    if cents:
        paid(found.order_id, cents)
    due = clock.today(ZONE) + timedelta(days=30)
    assert unpaid.open_by_place([found.id], due).get(found.id) == left


def test_nothing_is_open_before_it_is_due():
    found = place()
    assert unpaid.open_by_place([found.id], clock.today(ZONE) + timedelta(days=29)) == {}


def release(frozen, days):
    frozen.shift(timedelta(days=days))
    today, now = clock.today(ZONE), clock.now()
    return [unpaid.release(one, today, now) for one in unpaid.to_release(today, now)]


def test_a_place_that_is_not_paid_goes_after_its_date(frozen):
    found = place(unpaid_release=True)
    assert release(frozen, 30) == []
    assert release(frozen, 1) == [True]
    db.session.expire_all()
    ended = db.session.get_one(Registration, found.id)
    assert (ended.state, ended.ended_reason) == ("cancelled", "The invoice was not paid by Fri 14 Aug 2026.")
    assert db.session.scalar(select(func.sum(Pool.taken))) == 0
    assert invoices.of_order(found.order_id)[0].rest_cents == 0 and db.session.get_one(Order, found.order_id).state == "cancelled"


@pytest.mark.parametrize("case", ["the event keeps them", "paid", "begun"])
def test_other_places_stay(frozen, case):
    found = place(unpaid_release=case != "the event keeps them", starts=events.at(31 if case == "begun" else 60, 8))
    if case == "paid":
        paid(found.order_id)
    assert not any(release(frozen, 31))
    assert db.session.get_one(Registration, found.id).state == "confirmed"


def test_a_place_whose_order_was_lowered_and_paid_is_not_open_and_not_released(frozen):
    found = place(unpaid_release=True)
    corrections.correct(found.order_id, -5_000, reason="A speaker's thanks", by_id=people.person().id)
    paid(found.order_id, 10_000)
    frozen.shift(timedelta(days=31))
    today = clock.today(ZONE)
    assert (unpaid.open_by_place([found.id], today), unpaid.to_release(today, clock.now())) == ({}, [])
    assert (unpaid.release(found.id, today, clock.now()), found.state) == (False, "confirmed")


def test_a_lowered_order_is_open_by_what_is_left_of_it(frozen):
    found = place()
    corrections.correct(found.order_id, -5_000, reason="A speaker's thanks", by_id=people.person().id)
    frozen.shift(timedelta(days=31))
    assert unpaid.open_by_place([found.id], clock.today(ZONE)) == {found.id: 10_000}


def test_places_that_are_paid_do_not_stand_before_those_that_are_released(frozen):
    event = {"unpaid_release": True}
    first = place(**event)
    paid(first.order_id)
    frozen.shift(timedelta(days=1))
    second = place(**event)
    frozen.shift(timedelta(days=31))
    assert unpaid.to_release(clock.today(ZONE), clock.now(), limit=1) == [second.id]
