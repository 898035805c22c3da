"""Places by approval."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from tests.factories import events, people, waitlists
from tests.factories import registrations as places
from webapp.catalog import events as events_
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Closed, Full, Refusal
from webapp.forms import questions
from webapp.forms.values import AnswersRefused, QuestionSpec
from webapp.notifications.models import Message
from webapp.payments import due, receipts
from webapp.payments.receipts import Received
from webapp.registration import applications, orders, registrations, seats
from webapp.registration.models import Application, Charge, Order, Registration


def state(application: Application) -> str:
    return db.session.get_one(Application, application.id).state


def offered(event: Any, **more: Any) -> Application:
    return applications.decide(places.applied(event, people.person()).id, offer=True, by_id=None, **more)


def test_an_application_is_no_place() -> None:
    application = places.applied(events.cohort(), people.person())
    assert state(application) == "submitted" and db.session.scalars(select(Registration.id)).all() == []
    assert db.session.scalars(select(Message.kind)).all() == ["application_received"]


def test_one_open_application_per_person_and_event() -> None:
    event, maria = events.cohort(), people.person()
    places.applied(event, maria)
    with pytest.raises(Refusal) as caught:
        places.applied(event, maria)
    assert caught.value.code == "already_applied"


def test_who_took_it_back_may_apply_again() -> None:
    event, maria = events.cohort(), people.person()
    applications.withdraw(places.applied(event, maria).id)
    assert state(places.applied(event, maria)) == "submitted"


def test_nobody_applies_for_an_event_that_is_open_to_all() -> None:
    with pytest.raises(Refusal) as caught:
        places.applied(events.workshop(), people.person())
    assert caught.value.code == "no_application"


def test_what_applicants_are_asked_must_be_answered() -> None:
    event = events.cohort()
    questions.replace(event.id, [QuestionSpec("why", "Why?", is_required=True, asked_in="application")], actor_id=None)
    with pytest.raises(AnswersRefused):
        places.applied(event, people.person())


def test_accepting_makes_a_held_order_with_instalments() -> None:
    application = offered(events.cohort(), note="Welcome")
    held = applications.accept(application.id)
    lines = db.session.scalars(select(Charge.amount_cents).filter_by(order_id=held.order_id).order_by(Charge.due_on)).all()
    assert (state(application), lines, seats.recount()) == ("offered", [300_000] * 3, [])


def test_only_the_first_instalment_is_asked_for_now() -> None:
    held = applications.accept(offered(events.cohort()).id)
    assert due.next_of(held.order_id, clock.today(events.ZONE)).cents == 300_000
    orders.place(held.order_id, "invoice")
    receipts.record(held.order_id, Received("cash", 300_000, clock.today(events.ZONE), events.ZONE), by_id=None)
    assert due.next_of(held.order_id, clock.today(events.ZONE)).cents == 300_000


def test_the_application_is_accepted_when_the_order_is_placed() -> None:
    event = events.cohort()
    application = offered(event, group_id=events.groups(event)["Group A"].id)
    held = applications.accept(application.id)
    places.place(held.order_id)
    assert state(application) == "accepted" and places.of_order(held.order_id).group_id == application.group_id


def test_accepting_twice_leads_to_the_same_order() -> None:
    application = offered(events.cohort())
    assert applications.accept(application.id).ref == applications.accept(application.id).ref


def test_a_hold_that_ran_out_leaves_the_offer_open(frozen: time_machine.Traveller) -> None:
    application = offered(events.cohort())
    first = applications.accept(application.id)
    frozen.shift(timedelta(days=2))
    orders.expire(first.order_id)
    assert applications.accept(application.id).ref != first.ref


def test_an_offer_ends(frozen: time_machine.Traveller) -> None:
    application = offered(events.cohort())
    frozen.shift(timedelta(days=14))
    with pytest.raises(Closed):
        applications.accept(application.id)
    assert applications.lapse_due(clock.now()) == 1 and state(application) == "lapsed"


def test_an_offer_that_is_being_settled_does_not_lapse(frozen: time_machine.Traveller) -> None:
    application = offered(events.cohort(), until=clock.now() + timedelta(days=1))
    applications.accept(application.id)
    frozen.shift(timedelta(days=1))
    assert applications.lapse_due(clock.now()) == 0


def test_a_lapsed_offer_can_be_renewed(frozen: time_machine.Traveller) -> None:
    application = offered(events.cohort())
    frozen.shift(timedelta(days=14))
    applications.lapse_due(clock.now())
    applications.decide(application.id, offer=True, by_id=None)
    assert state(application) == "offered" and db.session.scalars(select(Message.kind)).all().count("application_offered") == 2


def test_places_and_open_offers_together_never_exceed_the_event() -> None:
    event = events.cohort(capacity=2)
    offered(event)
    applications.accept(offered(event).id)
    with pytest.raises(Full, match=r"All 2 places are taken \(1\) or offered \(1\)"):
        offered(event)


def test_an_offer_into_a_full_group_is_refused() -> None:
    event = events.cohort(size=1)
    places.registered(event, people.person(), group="Group A")
    with pytest.raises(Full):
        offered(event, group_id=events.groups(event)["Group A"].id)


def test_a_declined_application_is_told_and_final() -> None:
    application = places.applied(events.cohort(), people.person())
    applications.decide(application.id, offer=False, by_id=None, note="Next year.")
    with pytest.raises(Refusal):
        applications.decide(application.id, offer=True, by_id=None)
    assert "application_declined" in db.session.scalars(select(Message.kind)).all()


@pytest.mark.parametrize("close", [applications.withdraw, lambda one: applications.decide(one, offer=False, by_id=None)])
def test_what_an_offer_keeps_goes_when_the_application_is_closed(close: Any) -> None:
    application = offered(events.cohort(capacity=1))
    held = applications.accept(application.id)
    close(application.id)
    assert (db.session.get_one(Order, held.order_id).state, seats.recount()) == ("expired", [])
    assert state(offered(events.cohort("Other", capacity=1))) == "offered"


def test_who_went_to_pay_and_withdrew_is_released_once_the_payment_page_is_closed() -> None:
    application = offered(events.cohort())
    held = applications.accept(application.id)
    orders.place(held.order_id, "card")
    applications.withdraw(application.id)
    assert (state(application), db.session.get_one(Order, held.order_id).state) == ("withdrawn", "releasing")


def test_what_is_kept_for_the_line_is_not_promised_to_applicants() -> None:
    event, had = waitlists.full(2)
    waitlists.waits(event, seats=2)
    registrations.cancel(had[0].id, by_id=None)
    events_.update(event.id, version=event.version, actor_id=None, sign_up="application")
    waiting = places.applied(event, people.person())
    with pytest.raises(Full, match=r"All 2 places are taken \(1\), kept for the waitlist \(1\) or offered \(0\)\."):
        applications.decide(waiting.id, offer=True, by_id=None)
