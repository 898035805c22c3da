"""The door: a list with a huge target for each person."""

import pytest

from tests.factories import events, hours, people, registrations
from tests.support.html import filled, parse
from webapp.attendance import presences


@pytest.fixture
def door(request, frozen, client, sign_in):
    """A helper at the door of an event that begins in half an hour (or as asked): (client, address, people, session)."""
    event = events.workshop()
    made = [people.person(*name.split()) for name in ("Ana Silva", "Bo Berg")]
    for one in made:
        registrations.registered(event, one)
    session = events.sessions(event)[0]
    frozen.move_to(hours.minute(session, getattr(request, "param", -30)))
    sign_in(client, people.person(roles=[("door", {"event_id": event.id})]))
    return client, f"/door/{event.slug}", made, session


def tap(client, address, name):
    page = parse(client.get(address).text)
    form = next(one for one in page.all("form") if name in one.text)
    return client.post(form.attributes["action"], data=filled(form))


def test_tap_is_in_now_and_tap_again_is_out_now(door, frozen):
    client, address, (_, bo), session = door
    assert tap(client, address, "Bo Berg").status_code == 303
    frozen.move_to(hours.minute(session, 60))
    tap(client, address, "Bo Berg")
    rows = presences.effective([bo.id], [session.id])
    assert [(row.in_at, row.out_at, row.source) for row in rows] == [(hours.minute(session, -30), hours.minute(session, 60), "door")]


def test_a_second_tap_of_an_old_page_does_nothing(door):
    client, address, (ana, _), session = door
    page = parse(client.get(address).text)
    form = next(one for one in page.all("form") if "Ana Silva" in one.text)
    for _ in range(2):
        client.post(form.attributes["action"], data=filled(form))
    assert len(presences.effective([ana.id], [session.id])) == 1
    assert "checked in already" in client.get(address).text


def test_a_name_is_found_by_a_part_of_it(door):
    client, address, _, _ = door
    page = client.get(f"{address}?q=berg").text
    assert ("Bo Berg" in page, "Ana Silva" in page) == (True, False)


def test_the_start_lists_only_events_she_may_check(door):
    client, _, _, _ = door
    events.workshop("Somebody else's event", starts=events.at(1))
    page = client.get("/door").text
    assert ("Sleep and feeding" in page, "Somebody else" in page) == (True, False)


def test_the_door_of_another_event_does_not_exist(door):
    client, _, _, _ = door
    other = events.workshop("Another")
    assert client.get(f"/door/{other.slug}").status_code == 404
    assert client.post(f"/door/{other.slug}/tap", data={"place": "1"}).status_code == 404


@pytest.mark.parametrize("door", [-181], indirect=True)
def test_long_before_its_time_the_list_says_when_the_door_opens_and_checks_nobody_in(door):
    client, address, (ana, _), session = door
    page = client.get(address).text
    assert ("The door opens" in page, "In now" in page, "Ana Silva" in page) == (True, False, True)
    assert "The door opens" in client.get("/door").text
    tap(client, address, "Ana Silva")
    assert presences.effective([ana.id], [session.id]) == []


@pytest.mark.parametrize("door", [-180], indirect=True)
def test_three_hours_before_the_start_the_door_opens(door):
    client, address, (ana, _), session = door
    assert "The door opens" not in client.get(address).text
    tap(client, address, "Ana Silva")
    assert len(presences.effective([ana.id], [session.id])) == 1
