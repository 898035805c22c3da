"""The calendar of one attendee's place is whole: with the events that came with it, and the date it moved to; of nobody without a name."""

import re
from datetime import timedelta

import icalendar
import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import ics, mail
from webapp.calendars import keys
from webapp.catalog import parts
from webapp.core.db import db
from webapp.notifications.models import Message
from webapp.registration import orders, own_page, programme
from webapp.registration import registrations as places
from webapp.registration.models import Order, Registration, Seat
from webapp.registration.orders import Attendee, Buyer
from webapp.registration.substitution import Colleague

GUEST = "ana@home.example"


@pytest.fixture
def place():
    """Ana's place in a collaborative of five days that contains a conference of one, ordered by herself."""
    outer, inner = events.workshop("Collaborative", days=5, published=False), events.workshop("Conference", starts=events.at(50))
    parts.include(outer, inner, [])
    events.publish(outer)
    return registrations.registered(outer, people.guest("Ana", "Silva", email=GUEST))


def titles(client, path: str) -> list[str]:
    """Status and title of the entries at the address, after the strict check."""
    body = client.get(path).data
    assert ics.check(body) == []
    return [str(one["summary"]) for one in icalendar.Calendar.from_ical(body).walk("VEVENT")]


def pages(place) -> list[str]:
    """The page of the order and the one of the attendee, where the calendar of a place is."""
    ref = db.session.get_one(Order, place.order_id).ref
    return [f"/orders/{ref}/calendar", f"/places/{own_page.key(place.id, ref)}/calendar"]


def subscribe(client, page: str, place) -> str:
    """The path of the feed that the button on the page makes."""
    assert client.post(f"{page}/{place.id}", data={"program": "apple"}).status_code == 303
    return re.search(r"webcal://[^\"]+(/feeds/[\w-]+\.ics)", client.get(page).text)[1]


@pytest.mark.parametrize("which", [0, 1])
def test_what_came_with_a_place_is_in_its_feed_and_its_file(client, place, which):
    page = pages(place)[which]
    whole = [f"Collaborative: Day {day}" for day in range(1, 6)] + ["Conference"]
    assert titles(client, subscribe(client, page, place)) == whole
    assert titles(client, f"{page}/{place.id}.ics") == whole


def test_a_place_has_one_button_with_all_that_came_with_it(client, place):
    assert [client.get(page).text.count('name="program"') > 0 for page in pages(place)] == [True, True]
    assert [len(set(re.findall(r'id="place-(\d+)"', client.get(page).text))) for page in pages(place)] == [1, 1]


def test_the_confirmations_file_holds_what_came_with_it(place):
    letter = mail.last(GUEST, kind="registration_confirmed")
    assert "all 6 sessions" in letter.text.replace("\n", " ")
    assert letter.attachments[0].content.count(b"BEGIN:VEVENT") == 6


def test_a_change_of_what_came_with_it_is_a_new_version(client, place):
    feed = subscribe(client, pages(place)[0], place)
    tag = client.get(feed).headers["ETag"]
    inner = db.session.scalars(select(Registration).filter_by(inclusion_of_id=place.id)).one()
    programme.move_session(db.session.scalars(select(Seat.session_id).filter_by(registration_id=inner.id)).one(), events.at(51),
                           events.at(51, 12), actor_id=None)
    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 200


def test_subscribing_takes_back_the_invitation_to_what_came_with_it(client):
    outer, inner = events.workshop("Collaborative", published=False), events.workshop("Conference", starts=events.at(50))
    parts.include(outer, inner, [])
    events.publish(outer)
    ours = registrations.registered(outer, people.guest("Ana", "Silva", email=GUEST))
    mail.last(GUEST, kind="registration_confirmed")
    mail.last(GUEST, kind="invitation")
    page = pages(ours)[0]
    assert "The invitation we mailed" in client.get(page).text
    feed = subscribe(client, page, ours)
    assert titles(client, feed) == ["Collaborative", "Conference"]
    told = db.session.scalars(select(Message.facts).where(Message.kind == "invitation"))
    assert sorted(one["sequence"] for one in told) == [0, 1, 1]  # the conference's REQUEST, and a CANCEL for each


def moved(place, title="Later") -> Registration:
    """The place at another date."""
    later = events.workshop(title, starts=events.at(60))
    done = places.transfer(place.id, later.id, by_id=None, by_staff=True, reason="She asked")
    return db.session.get_one(Registration, done.registration_id)


def test_a_guests_calendar_goes_along_to_the_other_date(client, frozen):
    place = registrations.registered(events.workshop("Sleep"), people.guest("Ana", "Silva", email=GUEST))
    feed = subscribe(client, pages(place)[0], place)
    assert titles(client, feed) == ["Sleep"]
    frozen.shift(timedelta(minutes=1))
    again = moved(moved(place), "Latest")
    assert titles(client, feed) == ["CANCELLED \u2013 Sleep", "CANCELLED \u2013 Later", "Latest"]
    frozen.shift(timedelta(minutes=1))
    client.get(feed, headers={"User-Agent": "Google-Calendar-Importer"})
    letter = mail.last(GUEST, kind="registration_confirmed")
    assert letter.attachments == () and "Your subscribed calendar shows it when Google Calendar" in letter.text.replace("\n", " ")
    assert titles(client, subscribe(client, pages(again)[0], again)) == ["Latest"]


def test_a_guests_calendar_does_not_go_along_to_a_colleague(client):
    place = registrations.registered(events.workshop("Sleep"), people.guest("Ana", "Silva", email=GUEST))
    feed = subscribe(client, pages(place)[0], place)
    places.substitute(place.id, Colleague("Nora", "Neu", "nora@home.example"), by_id=None)
    assert titles(client, feed) == ["CANCELLED \u2013 Sleep"]


def test_a_place_without_a_name_has_no_calendar(client):
    event = events.workshop("Sleep")
    held = orders.hold(event.id, [Attendee(registrations.type_of(event).id, to_follow=True)], Buyer("Sue", "sue@lakeshore.example", None))
    orders.place(held.order_id, "invoice", bill_to=registrations.BILL_TO)
    place = registrations.of_order(held.order_id)
    for page in pages(place):
        assert "Nothing to put in yet" in client.get(page).text
        assert client.post(f"{page}/{place.id}").status_code == client.get(f"{page}/{place.id}.ics").status_code == 404
    places.substitute(place.id, Colleague("Nora", "Neu", "nora@home.example"), by_id=None)
    assert titles(client, subscribe(client, pages(place)[1], place)) == ["Sleep"]
    assert [key.registration_id for key in keys.of_registration(place.id)] == [place.id]
