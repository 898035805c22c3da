"""A role for one event opens that event and no other."""

import pytest
from flask.testing import FlaskClient

from tests.factories import events, people
from webapp.core.db import db

PAGES = ("", "/edit", "/registrations", "/sessions", "/attendance")


@pytest.mark.parametrize("page", PAGES)
def test_an_organizer_of_another_event_finds_nothing(client: FlaskClient, sign_in, page: str) -> None:
    mine, other = events.workshop("Mine"), events.workshop("Somebody else's")
    slugs = mine.slug, other.slug
    sign_in(client, people.person(roles=[("organizer", {"event_id": mine.id})]))
    db.session.commit()
    own, foreign = (client.get(f"/manage/events/{slug}{page}", follow_redirects=True).status_code for slug in slugs)
    assert foreign == 404 and own in (200, 404)


def test_the_organizer_of_an_event_sees_it(client: FlaskClient, sign_in) -> None:
    mine = events.workshop("Mine")
    slug = mine.slug
    sign_in(client, people.person(roles=[("organizer", {"event_id": mine.id})]))
    assert client.get(f"/manage/events/{slug}").status_code == 200
