"""The door: a list with a huge target for each person."""

from datetime import timedelta

import pytest

from tests.factories import events, hours, people, registrations
from tests.support.html import filled, parse
from webapp.attendance import presences
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import corrections, receipts


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


@pytest.mark.parametrize(("rule", "said", "may"), [
    ("admit", "Invoice open: admit", True), ("hold_certificate", "Invoice open: admit, certificate later", True),
    ("refuse", "Invoice open: refuse", False)])
def test_the_event_s_rule_for_open_invoices_stands_beside_the_name(frozen, client, sign_in, rule, said, may):
    address, place, session = unpaid_door(frozen, client, sign_in, rule)
    page = client.get(address).text
    assert said in page and ("In now" in page) is may
    client.post(f"{address}/tap", data={"place": place.id, "session": session.id, "way": "in"})
    assert bool(presences.effective([place.person_id], [session.id])) is may


def test_whose_invoice_is_paid_comes_in(frozen, client, sign_in):
    address, place, session = unpaid_door(frozen, client, sign_in, "refuse")
    receipts.record(place.order_id, receipts.Received("cash", 15_000, clock.today("America/Chicago"), "America/Chicago"),
                    by_id=people.person().id)
    assert "Invoice open" not in client.get(address).text
    client.post(f"{address}/tap", data={"place": place.id, "session": session.id, "way": "in"})
    assert len(presences.effective([place.person_id], [session.id])) == 1


def test_what_is_owed_otherwise_can_be_paid_at_the_door_too(frozen, client, sign_in):
    address, place, _ = unpaid_door(frozen, client, sign_in, "refuse", method="card")
    day, by_id = clock.today("America/Chicago"), people.person().id
    receipts.record(place.order_id, receipts.Received("cash", 15_000, day, "America/Chicago"), by_id=by_id)
    assert "Take a payment" not in client.get(address).text
    corrections.correct(place.order_id, 2_500, reason="Lunch", by_id=by_id)
    page = parse(client.get(address).text)
    assert ("Open on the order: $25.00" in page.text, "Invoice open" in page.text, "In now" in page.text) == (True, False, True)
    assert page.links()["Take a payment"] == f"{address}/pay/{place.id}"


def test_the_door_costs_the_same_with_one_name_and_thirty(frozen, client, sign_in, query_count):
    address, place, _ = unpaid_door(frozen, client, sign_in, "refuse")
    event, counts = db.session.get_one(Event, place.event_id), []
    for more in (0, 29):
        with clock.acting_at(clock.now() - timedelta(days=5)):
            for _ in range(more):
                registrations.registered(event, people.person())
        client.get(address)
        with query_count() as seen:
            assert client.get(address).text.count("Invoice open: refuse") == more + 1
        counts.append(len(seen))
    assert counts[0] == counts[1]


def unpaid_door(frozen, client, sign_in, rule, method="invoice"):
    """The address of the door, a place whose invoice is open, and the session, half an hour before it begins."""
    event = events.workshop(unpaid_at_start=rule, capacity=40)
    place = registrations.registered(event, people.person("Ana", "Silva"), method=method)
    session = events.sessions(event)[0]
    frozen.move_to(hours.minute(session, -30))
    sign_in(client, people.person(roles=[("door", {"event_id": event.id})]))
    return f"/door/{event.slug}", place, session
