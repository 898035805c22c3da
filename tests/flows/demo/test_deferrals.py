"""The workshop that is given twice: Maren's place can be put off and moved, and one place was put off already."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import till as tills
from webapp.accounts import memberships
from webapp.catalog.models import Event
from webapp.cli.demo import deferrals
from webapp.cli.demo.people import Somebody
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import deferring
from webapp.payments.models import BalanceLot
from webapp.registration.models import Registration
from webapp.registration.queries import people as queries


@pytest.fixture
def told():
    """The story played over one workshop in which Bo has a place: the workshop and the two people."""
    story = Story(clock.now())
    today = clock.today(tills.ZONE)
    with transaction():
        by_id, maren, bo = people.person(roles=["organizer", "finance"]).id, people.person("Maren", "Olufsen"), people.person("Bo", "Berg")
        memberships.add(maren.id, "LP-0001", from_on=today - timedelta(days=30), until_on=today + timedelta(days=400), actor_id=None)
        event = events.workshop("Sleep", starts=events.at(60))
        places.registered(event, bo)
    edition = SimpleNamespace(slug=event.slug, origin="perinatal-2027", years_back=0)
    who = Somebody(maren.id, "Maren", "Olufsen", places.address(maren), "", None, None)
    cast = SimpleNamespace(staff=lambda _mailbox: by_id, by_mailbox={"maren": who})
    with transaction():
        deferrals._give_twice(cast, edition)
    story.at(story.now - deferrals.BOUGHT, lambda: deferrals._buy(story, cast, edition))
    story.at(story.now - deferrals.PUT_OFF, lambda: deferrals._put_off(cast, edition))
    story.play()
    return event, maren, bo


def place_of(event, person):
    return db.session.scalars(select(Registration).filter_by(event_id=event.id, person_id=person.id)).one()


def test_there_is_a_later_date_of_the_same_course(told):
    event, *_ = told
    first, second = db.session.scalars(select(Event).order_by(Event.starts_at)).all()
    assert (first.id, first.course_id, second.status) == (event.id, second.course_id, "published")
    assert (second.starts_at - first.starts_at).days == 7 * deferrals.LATER


def test_marens_place_is_paid_and_can_be_put_off_by_herself(told):
    event, maren, _ = told
    place = queries.place(place_of(event, maren).id)
    assert tills.balance(place.order_id).open_cents == 0
    assert deferring.foresee(place, clock.today(tills.ZONE)).outcome.balance_cents == tills.balance(place.order_id).paid_cents > 0


def test_another_place_was_put_off_and_its_money_waits(told):
    event, _, bo = told
    assert place_of(event, bo).state == "cancelled"
    assert [lot.left_cents for lot in db.session.scalars(select(BalanceLot))] == [15_000]
