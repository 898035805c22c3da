"""A day she did not buy is named on no page of her place: not while it is kept, not when it is changed."""

import pytest
from flask.testing import FlaskClient

from tests.factories import events, people
from tests.factories import registrations as places
from webapp.core import times
from webapp.core.db import db
from webapp.registration.models import Order, Registration

PAGES = ("", "/review", "/cancel/{place}", "/substitute/{place}")


@pytest.fixture
def conference(db_session):
    """A conference whose day before is sold apart."""
    return events.conference()


def pages(client: FlaskClient, place: Registration, paths: tuple[str, ...]) -> list[str]:
    """What they say, with the whole order's address in front."""
    ref = db.session.get_one(Order, place.order_id).ref
    return [client.get(f"/orders/{ref}" + path.format(place=place.id)).text for path in paths]


def test_a_kept_place_names_its_own_days_only(client, conference):
    before = times.date_words(times.local(conference.starts_at, conference.zone).date())
    held = places.held(conference, people.person())
    found = pages(client, held, PAGES[:2])
    assert [before in page.split("<dt>When</dt>", 1)[1].split("</dd>", 1)[0] for page in found] == [False, False]


def test_a_place_that_is_changed_names_its_own_days_only(client, conference):
    before = times.date_words(times.local(conference.starts_at, conference.zone).date())
    place = places.registered(conference, people.person())
    found = pages(client, place, PAGES[2:])
    assert [before in page.split("<dt>When</dt>", 1)[1].split("</dd>", 1)[0] for page in found] == [False, False]
