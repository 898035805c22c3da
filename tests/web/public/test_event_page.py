"""A page for each kind of event: its facts, prices, places, states, and what machines read of it."""

import json
import re
from datetime import timedelta

import pytest

from tests.factories import events, people, registrations
from tests.web.public.seats import take
from webapp.catalog import events as catalog
from webapp.catalog import parts, sessions
from webapp.catalog.models import EventInclusion
from webapp.core import clock
from webapp.core.db import db
from webapp.registration.models import Order
from webapp.registration.offers import AddOnSpec, GroupRuleSpec, PriceSpec, TypeSpec


def _page(client, event, status=200):
    answer = client.get(f"/events/{event.slug}")
    assert answer.status_code == status
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def _html(client, event):
    return client.get(f"/events/{event.slug}").get_data(as_text=True)


def test_a_workshop_answers_when_where_what_and_how_much(client):
    hall = parts.venue(name="Bayfront Hotel", street="1 Bay Street", city="Green Bay", county="Brown", latitude=44.52, longitude=-88.01,
                       access_notes="Step-free at the back.")
    body = _page(client, events.workshop(
        venue_id=hall.id, audience="Home visitors", prerequisites="None at all", objectives=["Notice sleep"], access_contact="a@b.example",
        accommodations=["ASL interpreter"], description="About **sleep**", group_rules=[GroupRuleSpec(4, 1_000)]))
    for words in ("Wed 12 Aug 2026, 9:00 am to 12:00 pm CT", "Bayfront Hotel 1 Bay Street, Green Bay, WI", "Step-free at the back.",
                  "Home visitors", "None at all", "Notice sleep", "About sleep", "ASL interpreter", "a@b.example",
                  "TF-ATT", "2 h 45 min of training", "1 h : Diversity", "10:20 to 10:35 am Break, not counted",
                  "Member $120.00", "Non-member $150.00", "4 or more places in one order: 10% less.", "20 of 20 seats left",
                  "Until Wed 5 Aug 2026: refund less $20.00.", "send a colleague in your place at no charge"):
        assert words in body


def test_the_map_is_by_coordinates_else_by_address(client):
    here = parts.venue(name="Here", street="2 Road", city="Madison", latitude=44.52, longitude=-88.01)
    there = parts.venue(name="There", street="3 Road", city="Madison")
    assert "openstreetmap.org/?mlat=44.52000&amp;mlon=-88.01000" in _html(client, events.workshop(venue_id=here.id))
    assert "openstreetmap.org/search?query=There%2C+3+Road%2C+Madison%2C+WI" in _html(client, events.workshop("B", venue_id=there.id))


def test_an_online_event_says_when_its_link_comes(client):
    body = _page(client, events.workshop(mode="online", online_url="https://zoom.example/secret", link_opens_minutes=1440))
    assert "Zoom. The link to join comes by mail and stands on your order 1 day before each meeting." in body
    assert "zoom.example" not in body


def test_a_hybrid_event_counts_room_and_online_apart(client):
    event = events.workshop(mode="hybrid", capacity=60, room_capacity=25, online_capacity=35)
    take(event, 20, "room_pool_id")
    body = _page(client, event)
    assert "In the room 5 of 25 seats left" in body
    assert "Online 35 of 35 seats left" in body


def test_dated_prices_stand_in_columns(client):
    until = events.clock.now() + timedelta(days=10)
    early = [PriceSpec(11_000, valid_until=until), PriceSpec(12_500)]
    body = _page(client, events.workshop(types=[TypeSpec("Member", early), TypeSpec("Student", [PriceSpec(6_500)])]))
    assert "Who To 25 Jul (now) After Member $110.00 $125.00 Student $65.00 $65.00" in body


def test_add_ons_are_told_with_their_prices(client):
    body = _page(client, events.workshop(add_ons=[
        AddOnSpec("Materials", [PriceSpec(4_000)], is_required=True),
        AddOnSpec("Dinner", [PriceSpec(4_500, audience="member"), PriceSpec(5_500, audience="non_member")])]))
    assert "Materials, needed by everybody $40.00" in body
    assert "Dinner, members $45.00 Dinner, non-members $55.00" in body


def test_what_is_given_by_the_organizer_is_named_without_a_price(client):
    types = [*events.member_prices(100, 200), TypeSpec("Scholarship", [PriceSpec(0)], on_request=True)]
    assert "Given by the organizer: Scholarship." in _page(client, events.workshop(types=types))


def test_a_series_lists_its_dates(client):
    event = events.workshop(days=4)
    body = _page(client, event)
    assert "12 to Sat 15 Aug 2026" not in body
    assert "When 12 to 15 Aug 2026 4 days, 9:00 am to 12:00 pm CT, to 15 Aug Add to my calendar" in body
    assert "All dates August 2026 Wed 12 Aug Day 1 9:00 am to 12:00 pm CT · counts 2 h 45 min" in body
    assert f'href="/sessions/{events.sessions(event)[0].id}.ics"' in _html(client, event)


def test_a_cancelled_session_of_a_series_is_struck_out(client):
    event = events.workshop(days=4)
    sessions.cancel(events.sessions(event)[1].id, actor_id=None, reason="Snow")
    assert "<del>Day 2</del>" in _html(client, event)


def test_a_conference_leads_to_its_programme(client):
    event = events.conference()
    body = _page(client, event)
    assert "Up to 6 h of training" in body
    assert "5 or more places in one order: 10% less." in body
    assert f'href="/events/{event.slug}/programme"' in _html(client, event)


def test_a_cohort_groups_its_days_by_month_and_names_groups_and_parts(client):
    body = _page(client, events.cohort())
    assert "Places are given by application" in body
    assert "All dates August 2026 Wed 12 Aug Seminar 1" in body
    assert "September 2026 Wed 9 Sep Seminar 2" in body
    assert body.count("Mentorship group 1") == 1
    assert "Group A up to 8 people" in body
    assert "Paid in 3 parts" in body
    assert "Part 1, due 15 Jul 2026 $3,000.00" in body
    assert "Apply" in body


def test_a_container_names_what_is_included(client, db_session):
    inner, outer = events.conference("The conference"), events.cohort("Collaborative")
    parts.include(outer, inner, ["2026-08-12"], note="Learning day 1.")
    assert db_session.query(EventInclusion).count() == 1
    body = _page(client, outer)
    assert "Also included The conference , Wed 12 Aug 2026 Learning day 1." in body


def test_presenters_stand_with_their_credentials(client):
    event = events.workshop(published=False)
    sessions.update(events.sessions(event)[0].id, actor_id=None, presenter_ids=[parts.presenter("Ana Ruiz", "IMHM-C", "She listens.").id])
    events.publish(event)
    body = _page(client, event)
    assert "With Ana Ruiz , IMHM-C" in body
    assert "She listens." in body


@pytest.mark.parametrize(("make", "words"), [
    (lambda: _cancelled(), "This event is cancelled The hall is flooded. See what else is coming"),
    (lambda: events.workshop(opens_at=clock.now() + timedelta(days=2)), "Registration opens on Fri 17 Jul 2026, 10:00 am CT."),
    (lambda: events.workshop(closes_at=clock.now() - timedelta(hours=1)), "Registration closed on Wed 15 Jul 2026, 9:00 am CT."),
    (lambda: _full(), "This event is full All seats are taken. Nobody waits yet."),
    (lambda: events.workshop(sign_up="roster"), "come from an agency\u2019s list"),
    (lambda: events.workshop(sign_up="walk_in"), "Nobody needs to register for this event. Just come."),
    (lambda: events.workshop(starts=events.at(-9)), "This event ended on Mon 6 Jul 2026."),
    (lambda: events.cohort(starts=events.at(-9)), "This event has begun, so registration is closed."),
])
def test_each_state_is_said_and_offers_no_registration(client, make, words):
    event = make()
    assert words in _page(client, event)
    assert f'href="/events/{event.slug}/register"' not in _html(client, event)


def _cancelled():
    return catalog.cancel(events.workshop().id, actor_id=None, reason="The hall is flooded.")


def _full():
    event = events.workshop(capacity=2)
    take(event, 2)
    return event


def test_an_open_event_has_one_registration_button_in_the_card_and_one_on_phones(client):
    event = events.workshop()
    assert _html(client, event).count(f'href="/events/{event.slug}/register">Register</a>') == 2


def test_a_draft_is_nobodys_but_those_who_make_it(client, sign_in):
    event = events.workshop(published=False)
    _page(client, event, 404)
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})]))
    assert "This is a draft" in _page(client, event)
    sign_in(client, people.person(roles=[("organizer", {"event_id": events.workshop("Other").id})]))
    _page(client, event, 404)


def test_who_has_a_place_is_led_to_it(client, sign_in):
    event, maria = events.workshop(capacity=20), people.person()
    registration = registrations.registered(event, maria)
    ref = db.session.get_one(Order, registration.order_id).ref
    sign_in(client, maria)
    html = _html(client, event)
    assert "You have a place in this event." in html
    assert f'href="/orders/{ref}"' in html
    assert f'href="/events/{event.slug}/register"' not in html


def test_a_place_that_is_held_is_counted_apart(client):
    event = events.workshop(capacity=20)
    registrations.registered(event, people.person())
    registrations.held(event, people.person())
    body = _page(client, event)
    assert "18 of 20 seats left" in body
    assert "1 taken, 1 held while someone pays" in body


def test_manage_is_shown_to_its_organizer_only(client, sign_in):
    event = events.workshop()
    assert "/manage/events/" not in _html(client, event)
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})]))
    assert f'href="/manage/events/{event.slug}"' in _html(client, event)


def test_a_person_sees_which_areas_are_new(client, sign_in):
    event = events.workshop()
    assert "to see what it would add" in _page(client, event)
    sign_in(client, people.person())
    body = _page(client, event)
    assert "Nothing you have recorded or booked touches these areas" in body
    assert "to see what it would add" not in body


def test_an_unknown_address_offers_what_is_coming(client):
    events.workshop("Sleep")
    answer = client.get("/events/slepe")
    assert answer.status_code == 404
    assert "Here are coming events" in answer.get_data(as_text=True)
    assert ">Sleep</a>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("slug", ["%00", "x" * 5_000, "%F0%9F%91%B6", "..%2f..", "'%22--", "%E2%80%AE"])
def test_a_hostile_address_is_unknown(client, slug):
    for end in ("", "/programme", "/share.png"):
        assert client.get(f"/events/{slug}{end}").status_code == 404


def test_the_page_costs_the_same_with_one_session_and_with_thirty(client, query_count):
    small, large = (f"/events/{made.slug}" for made in (events.workshop("Small"), events.workshop("Large", days=30)))
    with query_count() as one:
        client.get(small)
    with query_count() as thirty:
        client.get(large)
    with query_count() as again:
        client.get(small)
    assert len(one) == len(thirty) <= 12
    assert len(again) == 3


def test_places_and_prices_are_never_kept(client):
    event = events.workshop(capacity=20)
    assert "20 of 20 seats left" in _page(client, event)
    take(event, 19)
    assert "1 of 20 seats left" in _page(client, event)
    events.sell(event, events.member_prices(100, 200))
    assert "Member $1.00" in _page(client, event)


def test_a_changed_presenter_is_seen_at_once(client, db_session):
    event = events.workshop(published=False)
    ana = parts.presenter("Ana Ruiz")
    sessions.update(events.sessions(event)[0].id, actor_id=None, presenter_ids=[ana.id])
    events.publish(event)
    assert "Ana Ruiz" in _page(client, event)
    ana.name = "Ana Ruiz-Weber"
    db_session.commit()
    assert "Ana Ruiz-Weber" in _page(client, event)


def _linked(html):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])


def test_search_engines_read_the_event(client):
    found = _linked(_html(client, events.workshop("Sleep", slug="sleep", mode="hybrid", summary="About sleep.")))
    assert found["@type"] == "EducationEvent"
    assert found["startDate"] == "2026-08-12T09:00:00-05:00"
    assert found["endDate"] == "2026-08-12T12:00:00-05:00"
    assert [place["@type"] for place in found["location"]] == ["Place", "VirtualLocation"]
    assert found["offers"] == {"@type": "Offer", "url": "http://attune.test/events/sleep", "price": "120.00", "priceCurrency": "USD",
                               "availability": "https://schema.org/InStock"}
    assert found["description"] == "About sleep."


def test_search_engines_learn_of_a_cancellation(client):
    assert _linked(_html(client, _cancelled()))["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_title_cannot_leave_the_data_block(client):
    title = "</script><script>alert('x')</script> & \u201cfriends\u201d \U0001f476"
    html = _html(client, events.workshop(title, slug="odd", description="</script><img src=x onerror=alert(1)>"))
    assert _linked(html)["name"] == title
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_shared_links_have_title_words_and_picture(client):
    html = _html(client, events.workshop("Sleep & play", slug="sleep", summary="Short."))
    assert '<meta property="og:title" content="Sleep &amp; play">' in html
    assert '<meta property="og:description" content="Short.">' in html
    assert '<meta property="og:image" content="http://attune.test/events/sleep/share.png">' in html


def test_calendar_files_are_linked_and_answered(client):
    event = events.workshop()
    assert f'href="/events/{event.slug}.ics"' in _html(client, event)
    assert client.get(f"/events/{event.slug}.ics").mimetype == "text/calendar"


def test_a_head_request_is_answered(client):
    assert client.head(f"/events/{events.workshop().slug}").status_code == 200


@pytest.mark.parametrize(("typed", "said"), [
    ("None.", None), ("none", None), ("", None), ("None. Bring a pen.", ("Good to know", "Bring a pen.")),
    ("A pen", ("You need", "A pen"))])
def test_an_event_that_needs_nothing_does_not_say_so(client, typed, said):
    page = _html(client, events.workshop(prerequisites=typed))
    found = re.search(r"<dt>(You need|Good to know)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert (found and (found[1], found[2].strip())) == said
