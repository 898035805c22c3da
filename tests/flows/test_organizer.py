"""An organizer's story: a two-day workshop from nothing, published, somebody registered, copied, and day two moved."""

from sqlalchemy import select

from tests.factories import events, people
from webapp.catalog import organizations
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration import offers
from webapp.registration.models import Seat

SESSION = {"start": "09:00", "end": "12:00", "break_at_0": "10:20", "break_minutes_0": "15", "training": "165"}


def test_two_day_workshop_from_nothing_to_a_moved_second_day(client, sign_in):
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    offered = str(organizations.association().id)
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))

    made = client.post(
        "/manage/events/new",
        data={
            "kind": "workshop",
            "title": "When babies have seen too much",
            "organization": offered,
            "mode": "in_person",
            "zone": "America/Chicago",
            "sign_up": "open",
            "venue_name": "Bayfront Hotel",
            "venue_city": "Green Bay",
            "venue_county": "Brown",
            "capacity": "75",
        },
    )
    base = made.headers["Location"]
    assert "Add at least one session." in client.get(base).text
    client.post(base + "/publish")
    public, visitor = base.removeprefix("/manage"), client.application.test_client()
    assert visitor.get(public).status_code == 404  # still a draft

    for number, day in enumerate(("2026-10-15", "2026-10-16"), 1):
        assert client.post(base + "/sessions/new", data=SESSION | {"title": f"Day {number}", "on": day}).status_code == 303
    assert client.post(base + "/prices", data={"types-0-name": "Anyone", "types-0-price": "0"}).status_code == 303
    assert "Nothing is missing" in client.get(base).text
    client.post(base + "/publish")
    assert visitor.get(public).status_code == 200

    event = db.session.scalars(select(Event)).one()
    type_id = offers.of_event(event.id).types[0].id
    client.post(
        base + "/people/new",
        data={"given_name": "Maren", "family_name": "Kowalczyk", "email": "maren@home.example", "type": str(type_id)},
    )
    assert "Kowalczyk, Maren" in client.get(base + "/people").text

    copy = client.post(
        base + "/duplicate", data={"title": "When babies have seen too much, spring", "first_on": "2027-04-15"}
    ).headers["Location"]
    assert [
        one.wall_start for one in events.sessions(db.session.scalars(select(Event).where(Event.status == "draft")).one())
    ] == ["2027-04-15T09:00", "2027-04-16T09:00"]
    assert "Nobody has a place yet" in client.get(copy + "/people").text

    second = events.sessions(db.session.scalars(select(Event).where(Event.status == "published")).one())[1]
    moved = SESSION | {"title": "Day 2", "on": "2026-10-23"}
    there = f"{base}/sessions/{second.id}"
    before = db.session.scalars(select(Seat.sequence).where(Seat.session_id == second.id)).one()
    assert "1 person gets" in client.post(there, data=moved).text
    assert client.post(there, data=moved | {"confirmed": "1"}).status_code == 303
    assert db.session.scalars(select(Seat.sequence).where(Seat.session_id == second.id)).one() == before + 1
    assert [one.to_address for one in db.session.scalars(select(Message).where(Message.kind == "programme_change"))] == [
        "maren@home.example"
    ]
    assert "Joan Tate" in client.get(base + "/history").text
