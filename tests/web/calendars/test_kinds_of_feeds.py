"""Every kind of feed there is: what is in it, for whom, and that the strict check finds nothing in it."""

import re
from datetime import timedelta

import icalendar
import pytest

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import ics
from webapp.accounts import agencies, consents, roles
from webapp.accounts import people as persons
from webapp.calendars import keys
from webapp.catalog import parts, sessions
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import approvals
from webapp.payments.approvals import Wish
from webapp.registration import applications, orders, publishing, registrations
from webapp.registration.models import Order
from webapp.registration.substitution import Colleague
from webapp.registration.waitlist import joining


def entries(client, path: str) -> list:
    """The entries at the address, after the strict check."""
    body = client.get(path).data
    assert ics.check(body) == []
    return icalendar.Calendar.from_ical(body).walk("VEVENT")


def titles(client, path: str) -> list[str]:
    """What programs show, in the order of the feed."""
    return [str(one["summary"]) for one in entries(client, path)]


def key(kind: str, person, **more) -> str:
    """The path of a secret feed."""
    return f"/feeds/{keys.make(kind=kind, name='', person_id=person.id, **more).token}.ics"


@pytest.fixture
def maren():
    return people.person("Maren", "Kowalczyk")


@pytest.fixture
def supervised(maren):
    """An agency, its supervisor, and Maren who works there."""
    agency, boss = agencies.create("Lakeshore", actor_id=None), people.person("Bo", "Lee")
    roles.grant(boss.id, "supervisor", agency_id=agency.id, actor_id=None)
    agencies.add_member(agency.id, maren.id, from_on=clock.today("UTC"), actor_id=boss.id)
    return agency, boss


def agree(person, agency) -> None:
    today = clock.today("UTC")
    consents.give(person.id, agency.id, "calendar", until_on=today + timedelta(days=30), today=today)


# public

def test_a_cohort_has_the_feed_of_its_event_and_its_programme_holds_all(client):
    events.workshop("Other")
    made = parts.programme("Capstone", "")
    for name in ("Cohort 1", "Cohort 2"):
        events.cohort(name, days=1, groups=1, programme_id=made.id)
    assert len(entries(client, "/events/cohort-1.ics")) == 2
    assert {title.partition(":")[0] for title in titles(client, f"/programmes/{made.slug}.ics")} == {"Cohort 1", "Cohort 2"}


def presented(event, name="Ada Berg") -> int:
    """The presenter who presents the event's first session."""
    presenter = parts.presenter(name)
    sessions.update(events.sessions(event)[0].id, actor_id=None, presenter_ids=[presenter.id])
    return presenter.id


def test_a_presenters_feed_holds_her_public_sessions_alone(client):
    ada = presented(events.workshop("Hers", days=2))
    presented(events.workshop("Not hers"), "Somebody Else")
    presented(events.workshop("Her draft", published=False))
    assert titles(client, f"/presenters/{ada}.ics") == ["Hers: Day 1"]


def test_a_presenter_of_drafts_alone_is_nobody(client):
    ada = presented(events.workshop(published=False))
    assert [client.get(path).status_code for path in (f"/presenters/{ada}.ics", f"/presenters/{ada}", "/presenters/99999.ics")] == [404] * 3


def test_a_venue_and_a_room_hold_what_takes_place_there(client):
    here = events.workshop("Here", days=2)
    room = parts.room(here.venue_id, "Lake room")
    sessions.update(events.sessions(here)[1].id, actor_id=None, room_id=room.id)
    events.workshop("Elsewhere", mode="online")
    assert titles(client, f"/venues/{here.venue_id}.ics") == ["Here: Day 1", "Here: Day 2"]
    assert titles(client, f"/rooms/{room.id}.ics") == ["Here: Day 2"]
    assert str(entries(client, f"/rooms/{room.id}.ics")[0]["location"]).startswith("Lake room, Lakeview Hall, 1 Shore Drive, Madison, WI")


@pytest.mark.parametrize("path", ["/venues/99999.ics", "/rooms/99999.ics", "/programmes/nothing.ics", "/programmes/nothing"])
def test_what_nobody_has_is_not_found(client, path):
    assert client.get(path).status_code == 404


# an organizer

def test_an_organizer_sees_drafts_as_tentative_and_publishing_raises_sequence(client, maren):
    roles.grant(maren.id, "organizer", actor_id=None)
    event, feed = events.workshop("New", published=False), key("organizer", maren)
    draft = entries(client, feed)[0]
    publishing.publish(event.id, actor_id=None)
    public = entries(client, feed)[0]
    assert (str(draft["summary"]), str(draft["status"]), draft["sequence"]) == ("Draft \u2013 New", "TENTATIVE", 0)
    assert (str(public["summary"]), str(public["status"]), public["sequence"], public["uid"]) == ("New", "CONFIRMED", 1, draft["uid"])


def test_an_organizer_of_one_event_sees_that_alone(client, maren):
    hers = events.workshop("Hers")
    events.workshop("Not hers")
    roles.grant(maren.id, "organizer", event_id=hers.id, actor_id=None)
    assert titles(client, key("organizer", maren)) == ["Hers"]


def test_who_organizes_no_more_reads_nothing(client, maren):
    grant, feed = roles.grant(maren.id, "organizer", actor_id=None), key("organizer", maren)
    assert client.get(feed).status_code == 200
    roles.end(grant.id, actor_id=maren.id)
    assert client.get(feed).status_code == 404


# an agency

def test_an_agency_sees_only_who_agreed_by_name_and_without_joining_link(client, maren, supervised, frozen):
    agency, boss = supervised
    event = events.workshop("Sleep", mode="online", online_url="https://meet.example/room")
    for who in (maren, boss):
        places.registered(event, who)
    feed = key("agency", boss, agency_id=agency.id)
    assert titles(client, feed) == []
    agree(maren, agency)
    frozen.move_to(events.sessions(event)[0].starts_at)
    assert titles(client, feed) == ["Maren Kowalczyk: Sleep"]
    assert b"meet.example" not in client.get(feed).data


def test_what_is_taken_back_is_gone_at_once(client, maren, supervised):
    agency, boss = supervised
    places.registered(events.workshop("Sleep"), maren)
    feed = key("agency", boss, agency_id=agency.id)
    agree(maren, agency)
    assert len(titles(client, feed)) == 1
    consents.withdraw(maren.id, agency.id, "calendar")
    assert titles(client, feed) == []


def test_consent_ends_on_its_day_and_with_the_work(client, maren, supervised, frozen):
    agency, boss = supervised
    places.registered(events.workshop("Sleep"), maren)
    feed = key("agency", boss, agency_id=agency.id)
    agree(maren, agency)
    assert len(titles(client, feed)) == 1
    frozen.shift(timedelta(days=31))
    assert titles(client, feed) == []


def test_a_new_name_is_shown(client, maren, supervised):
    agency, boss = supervised
    places.registered(events.workshop("Sleep"), maren)
    feed = key("agency", boss, agency_id=agency.id)
    agree(maren, agency)
    before = client.get(feed).headers["ETag"]
    persons.rename(maren.id, "Maren", "Lind", actor_id=maren.id)
    assert titles(client, feed) == ["Maren Lind: Sleep"]
    assert client.get(feed).headers["ETag"] != before


def test_who_supervises_no_more_reads_nothing(client, supervised):
    agency, boss = supervised
    feed = key("agency", boss, agency_id=agency.id)
    roles.end(roles.held_by(boss.id)[0].id, actor_id=boss.id)
    assert client.get(feed).status_code == 404


# what is not certain yet

def state(client, feed: str) -> list[tuple[str, str]]:
    return [(str(one["status"]), str(one["summary"])) for one in entries(client, feed)]


def test_an_application_is_tentative_until_it_is_a_place(client, maren):
    event = events.cohort("Cohort", days=1, groups=2)
    feed = key("person", maren)
    application = places.applied(event, maren)
    assert state(client, feed) == [("TENTATIVE", "Applied \u2013 Cohort: Seminar 1")]
    applications.decide(application.id, offer=True, by_id=None, group_id=events.groups(event)["Group A"].id)
    assert state(client, feed) == [("TENTATIVE", "Offered \u2013 Cohort: Seminar 1"),
                                   ("TENTATIVE", "Offered \u2013 Cohort: Mentorship group 1")]
    places.place(applications.accept(application.id).order_id)
    assert state(client, feed) == [("CONFIRMED", "Cohort: Seminar 1"), ("CONFIRMED", "Cohort: Mentorship group 1")]


def test_a_declined_application_says_so_for_thirty_days(client, maren, frozen):
    feed = key("person", maren)
    application = places.applied(events.cohort("Cohort", days=1, groups=1), maren)
    before = entries(client, feed)[0]
    frozen.shift(timedelta(minutes=5))
    applications.decide(application.id, offer=False, by_id=None)
    after = entries(client, feed)[0]
    assert (str(after["status"]), after["uid"], after["sequence"]) == ("CANCELLED", before["uid"], before["sequence"] + 1)
    frozen.shift(timedelta(days=31))
    assert entries(client, feed) == []


def test_what_she_took_back_is_gone(client, maren):
    feed = key("person", maren)
    application = places.applied(events.cohort(days=1), maren)
    assert len(state(client, feed)) == 1
    applications.withdraw(application.id)
    assert state(client, feed) == []


def test_waiting_for_a_place_is_tentative_until_it_is_left(client, maren):
    event = events.workshop("Full", capacity=1)
    places.registered(event, people.person("Bo", "Lee"))
    feed = key("person", maren)
    ref = joining.join(event.id, "event", email=places.address(maren), person_id=maren.id).ref
    assert state(client, feed) == [("TENTATIVE", "Waitlist \u2013 Full")]
    joining.leave(ref)
    assert state(client, feed) == []


def test_a_place_an_agency_is_asked_for_is_not_certain_before_it_agrees(client, maren, supervised):
    feed, staff = key("person", maren), key("agency", supervised[1], agency_id=supervised[0].id)
    agree(maren, supervised[0])
    order = places.held(events.workshop("Sleep"), maren).order_id
    assert state(client, feed) == []  # the minutes of a checkout are nobody's calendar's
    asked = approvals.ask(order, Wish("Dane County", "dana@dane.example", "Dana"), "America/Chicago").id
    assert (state(client, feed), titles(client, staff)) == ([("TENTATIVE", "Not certain \u2013 Sleep")], [])
    approvals.approve(asked)
    assert (state(client, feed), titles(client, staff)) == ([("CONFIRMED", "Sleep")], ["Maren Kowalczyk: Sleep"])


def test_a_place_an_agency_declined_stays_uncertain_while_she_may_pay_and_goes_with_it(client, maren, frozen):
    feed, order = key("person", maren), places.held(events.workshop("Sleep"), maren).order_id
    asked = approvals.ask(order, Wish("Dane County", "dana@dane.example", "Dana"), "America/Chicago").id
    approvals.decline(asked, reason="No money left", zone="America/Chicago")
    assert state(client, feed) == [("TENTATIVE", "Not certain \u2013 Sleep")]
    frozen.move_to(db.session.get_one(Order, order).hold_until)
    orders.expire(order)
    assert state(client, feed) == []


def test_an_agency_sees_a_place_once_it_is_named_and_she_agreed(client, maren, supervised):
    agency, boss = supervised
    feed, event = key("agency", boss, agency_id=agency.id), events.workshop("Sleep")
    wish = orders.Attendee(places.type_of(event).id, to_follow=True)
    order = orders.hold(event.id, [wish], orders.Buyer("Bo Lee", places.address(boss), boss.id, agency.id)).order_id
    orders.place(order, "invoice", bill_to=places.BILL_TO)
    agree(maren, agency)
    assert titles(client, feed) == []
    registrations.substitute(places.of_order(order).id, Colleague("Maren", "Kowalczyk", places.address(maren)), by_id=boss.id)
    assert titles(client, feed) == ["Maren Kowalczyk: Sleep"]
    consents.withdraw(maren.id, agency.id, "calendar")
    assert titles(client, feed) == []


def test_a_conference_agenda_follows_the_breakouts_chosen(client, maren):
    event = events.conference("Conference")
    block = events.blocks(event)["A"]
    first, second = [one.id for one in events.sessions(event) if one.block_id == block.id]
    place = places.registered(event, maren, breakouts={block.id: first})
    feed = key("person", maren)
    assert ("CONFIRMED", "Conference: Breakout A1") in state(client, feed)
    registrations.choose_breakouts(place.id, {block.id: second}, by_id=None)
    assert state(client, feed) == [("CONFIRMED", "Conference: Keynote"), ("CANCELLED", "CANCELLED \u2013 Conference: Breakout A1"),
                                   ("CONFIRMED", "Conference: Breakout A2")]


# pages

def test_her_agencys_calendar_is_agreed_to_on_her_own_page(client, sign_in, maren, supervised):
    agency, boss = supervised
    places.registered(events.workshop("Sleep"), maren)
    sign_in(client, maren)
    assert "does not see your trainings" in client.get("/me/calendar").text
    client.post(f"/me/calendar/shared/{agency.id}")
    assert "sees your booked trainings" in client.get("/me/calendar").text
    assert titles(client, key("agency", boss, agency_id=agency.id)) == ["Maren Kowalczyk: Sleep"]
    client.post(f"/me/calendar/shared/{agency.id}", data={"stop": "1"})
    assert "does not see your trainings" in client.get("/me/calendar").text


def test_nobody_agrees_for_an_agency_she_does_not_work_for(client, sign_in, supervised):
    sign_in(client, people.person("Ana", "Silva"))
    assert client.post(f"/me/calendar/shared/{supervised[0].id}").status_code == 404


def made(client, page: str, action: str) -> str:
    """The path of the feed that a page's button makes."""
    assert client.post(action, data={"program": "apple"}).status_code == 303
    shown = client.get(page).text
    assert client.get(page).text.count("/feeds/") == 0
    return re.search(r"webcal://[^/]+(/feeds/[\w-]+\.ics)", shown)[1]


def test_a_supervisor_makes_an_address_of_her_staffs_calendar(client, sign_in, supervised):
    sign_in(client, supervised[1])
    here = f"/agency/{supervised[0].id}/calendar"
    assert "Nobody has agreed yet" in client.get(here).text
    assert entries(client, made(client, here, here)) == []
    assert "Staff of my agency" in client.get("/me/calendar").text


def test_an_organizer_makes_an_address_of_her_events(client, sign_in, maren):
    roles.grant(maren.id, "organizer", actor_id=None)
    events.workshop("New", published=False)
    sign_in(client, maren)
    assert titles(client, made(client, "/manage/calendars", "/manage/calendars")) == ["Draft \u2013 New"]
    assert "Events I look after" in client.get("/me/calendar").text


def test_another_agency_and_other_roles_make_none(client, sign_in, supervised, maren):
    other = agencies.create("Other", actor_id=None)
    sign_in(client, supervised[1])
    assert (client.post(f"/agency/{other.id}/calendar").status_code, client.get(f"/agency/{other.id}/calendar").status_code) == (404, 404)
    sign_in(client, maren)
    assert client.post("/manage/calendars").status_code == 404


@pytest.mark.parametrize("query", ["?venue=x", "?room=99999", "?venue=&room=-1", ""])
def test_a_place_that_means_nothing_shows_the_page(client, sign_in, query):
    sign_in(client, people.person(roles=["organizer"]))
    assert "Your season in your own calendar" in client.get(f"/manage/calendars{query}").text


def test_a_places_calendar_is_offered_to_organizers(client, sign_in):
    event = events.workshop()
    room = parts.room(event.venue_id, "Lake room")
    sign_in(client, people.person(roles=["organizer"]))
    assert f"webcal://attune.test/rooms/{room.id}.ics" in client.get(f"/manage/calendars?room={room.id}").text


def test_programme_and_presenter_have_pages_with_their_calendars(client):
    event = events.workshop("Hers")
    ada = presented(event)
    page = client.get(f"/presenters/{ada}").text
    assert f"webcal://attune.test/presenters/{ada}.ics" in page and "Hers" in page
    assert f"/presenters/{ada}" in client.get(f"/events/{event.slug}").text
    made_programme = parts.programme("Capstone", "")
    assert f"webcal://attune.test/programmes/{made_programme.slug}.ics" in client.get(f"/programmes/{made_programme.slug}").text
