"""What the demonstration lays in for its conference: an exhibitor's table with a badge to be named, a grant that paid for places."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.cli.demo import exhibitors, funds
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments.queries import funds as money
from webapp.registration.badges import reading
from webapp.registration.models import Order


@pytest.fixture
def conference():
    """The conference with eight places on invoice, and the cast that the story asks for."""
    with transaction():
        made = events.conference(capacity=30)
        by_id = people.person(roles=["organizer", "finance"]).id
        for _ in range(8):
            places.registered(made, people.person())
    return SimpleNamespace(slug=made.slug, years_back=0, values={"kind": "conference"}), SimpleNamespace(staff=lambda _: by_id), made


def test_one_table_is_sold_with_one_badge_named_and_one_to_follow(conference):
    edition, cast, event = conference
    with transaction():
        exhibitors._offer(cast, edition)
        exhibitors._buy(edition)
    assert [(one.name, one.organization, one.which) for one in reading.of_event(event.id)] == [
        ("Ines Kowalke", "Driftless Books", "badge 1 of 2"), ("", "", "badge 2 of 2")]
    assert db.session.scalars(select(Order.method).order_by(Order.id.desc())).first() == "invoice"


def test_a_grant_paid_for_two_of_the_three_places_it_carries(conference):
    edition, cast, _ = conference
    with transaction():
        funds._make(cast, edition)
        funds._give(cast, edition)
    found = {one.fund.name: one for one in money.listing(clock.today("America/Chicago"))}
    grant = found["Lakeshore Foundation grant"]
    assert grant.grantor is not None
    assert (grant.places, grant.seated_cents, grant.grantor.paid_cents, grant.grantor.open_cents) == (3, 30_000, 20_000, 10_000)
    assert found["Rural Access Fund"].places == 3
