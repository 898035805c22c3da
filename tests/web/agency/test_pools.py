"""An agency's own pools of seats: seen by its supervisors on the agency's page and on the event, booked from first."""

from datetime import timedelta

import pytest

from tests.factories import events, people, registrations, setasides
from tests.support.html import parse
from webapp.accounts import agencies
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import orders
from webapp.registration.setasides import keeping


@pytest.fixture
def ours(frozen, db_session):
    return agencies.create("Lakeshore Home Visiting", actor_id=None)


@pytest.fixture
def supervisor(client, sign_in, ours):
    sign_in(client, people.person("Sue", "Pervisor", roles=[("supervisor", {"agency_id": ours.id})]))
    return client


def pooled(ours, title="Sleep", seats=10, **more):
    event = events.workshop(title)
    return event, setasides.allotment(event, ours, seats, **more)


def test_the_agencys_page_lists_its_pools_of_the_season(supervisor, ours):
    event, _ = pooled(ours, returns_at=clock.now() + timedelta(days=10))
    pooled(ours, "Feeding", 4)
    pooled(agencies.create("Another agency", actor_id=None), "Hidden", 5)
    orders.hold(event.id, [registrations.stranger(event)], registrations.buyer(people.person()), agency_id=ours.id)
    table = parse(supervisor.get(f"/agency/{ours.id}").text).one("section", **{"aria-labelledby": "pools"}).text
    assert "Sleep" in table and "returns to sale on Sat 25 Jul 2026" in table and "Feeding" in table and "until it is given back" in table
    assert "Hidden" not in table


def test_a_pool_that_returned_is_not_shown(supervisor, ours):
    event, one = pooled(ours)
    keeping.give_back(one, event.id, by_id=None, reason="Over.")
    assert "Your pools of seats" not in supervisor.get(f"/agency/{ours.id}").text


def test_the_event_tells_its_supervisor_of_the_pool(supervisor, ours):
    event, _ = pooled(ours, returns_at=clock.now() + timedelta(days=10))
    orders.hold(event.id, [registrations.stranger(event)], registrations.buyer(people.person()), agency_id=ours.id)
    page = supervisor.get("/events/sleep").text
    assert "Lakeshore Home Visiting: your pool 10, used 1" in page and "returns to sale on Sat 25 Jul 2026" in page


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_nobody_else_is_told(client, sign_in, ours, is_signed_in):
    pooled(ours)
    if is_signed_in:
        sign_in(client, people.person())
    page = client.get("/events/sleep").text
    assert "your pool" not in page and "Lakeshore" not in page and "10 of 20 seats left" in page


def test_the_agencys_page_asks_the_same_for_one_pool_and_for_thirty(supervisor, ours, query_count):
    counted = []
    for more in (1, 29):
        for number in range(more):
            pooled(ours, f"Event {more} {number}", 1)
        db.session.commit()
        with query_count() as statements:
            assert supervisor.get(f"/agency/{ours.id}").status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1]
