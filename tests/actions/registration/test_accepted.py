"""What a place gets back stays what its buyer accepted, whatever policy is chosen for the event afterwards."""

from datetime import datetime

import pytest
from sqlalchemy import select, update

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.catalog import policies
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core.db import db
from webapp.payments.queries import bank
from webapp.registration import accepted, registrations
from webapp.registration.models import Registration
from webapp.registration.queries.orders import places_of
from webapp.registration.substitution import Colleague

OLD, NEW = "seven-days-less-20", "percent-by-days"


@pytest.fixture
def event():
    """A workshop of $150.00 in September, sold less $20.00."""
    return events.workshop(policy=OLD, starts=datetime(2026, 9, 24, 9))


def choose(event, code=NEW):
    """Another policy for the event."""
    chosen = policies.current(code).id
    db.session.execute(update(Event).where(Event.id == event.id).values(cancellation_policy_id=chosen))
    return chosen


def code_of(registration_id):
    return db.session.scalars(select(CancellationPolicy.code).select_from(Registration).join(Event, Event.id == Registration.event_id)
                              .join(CancellationPolicy, accepted.policy()).where(Registration.id == registration_id)).one()


def fee(registration_id):
    return registrations.foresee(registration_id).fee_cents


def test_a_place_that_is_sold_keeps_its_policy_and_the_next_has_the_new_one(event):
    before = places.registered(event, people.person())
    choose(event, "free-of-charge")
    after = places.registered(event, people.person())
    assert (fee(before.id), code_of(before.id), code_of(after.id)) == (2_000, OLD, "free-of-charge")


def test_what_is_kept_is_what_was_accepted(event):
    place = places.registered(event, people.person())
    choose(event, "free-of-charge")
    assert registrations.cancel(place.id, by_id=None, reason="Ill").owed_cents == 2_000


def test_her_page_and_the_evidence_of_a_dispute_say_the_policy_she_accepted(event):
    place = places.registered(event, people.person())
    sentence = policies.current(OLD).sentence
    choose(event)
    [shown], [evidence] = places_of(Registration.id == place.id), bank.places(place.order_id)
    assert (shown.sentence, evidence.sentence) == (sentence, sentence)


def test_a_colleague_has_the_policy_of_the_place_she_takes(event):
    place = places.registered(event, people.person())
    choose(event)
    registrations.substitute(place.id, Colleague("Bea", "New", "bea@home.example"), by_id=None, by_staff=True, reason="Ill")
    [new] = db.session.scalars(select(Registration.id).where(Registration.replaces_id == place.id))
    assert code_of(new) == OLD


def test_a_place_without_one_has_the_events(event):
    place = places.registered(event, people.person())
    db.session.execute(update(Registration).values(policy_id=None))
    choose(event)
    assert code_of(place.id) == NEW


def test_how_many_places_are_under_another_policy(event):
    places.registered(event, people.person())
    gone = places.registered(event, people.person())
    registrations.cancel(gone.id, by_id=None, reason="Ill")
    assert (accepted.under_another(event.id, event.cancellation_policy_id), accepted.under_another(event.id, choose(event))) == (0, 1)
