"""One event in its organizers' hands."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from webapp.catalog import organizations, parts, policies
from webapp.catalog.models import Event, Room, Session, Venue
from webapp.core import times
from webapp.core.db import db
from webapp.forms import questions
from webapp.notifications.models import Message
from webapp.payments import receipts
from webapp.payments.models import Refund
from webapp.payments.receipts import Received
from webapp.registration import programme
from webapp.registration.models import Registration

NEW = {
    "kind": "workshop",
    "title": "Sleep",
    "mode": "in_person",
    "zone": "America/Chicago",
    "sign_up": "open",
    "venue_name": "Hall",
    "venue_city": "Madison",
    "venue_county": "Dane",
    "capacity": "30",
}


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def typed(event, **changes):
    """The form as its page shows it, with changes."""
    venue = db.session.get(Venue, event.venue_id)
    return {
        "version": str(event.version),
        "title": event.title,
        "kind": event.kind,
        "format": event.format,
        "zone": event.zone,
        "mode": event.mode,
        "venue_name": venue.name,
        "venue_street": venue.street,
        "venue_city": venue.city,
        "venue_county": venue.county,
        "sign_up": event.sign_up,
        "policy": str(event.cancellation_policy_id),
        "organization": str(event.organization_id),
        "capacity": "20",
        "awards": "by_minutes",
        "link_opens": "1440",
    } | changes


def text(answer):
    return answer.get_data(as_text=True)


def test_kind_is_asked_first(organizer):
    associations()
    assert "Conference" in text(organizer.get("/manage/events/new"))


def test_new_event_is_a_draft_with_the_standard_questions(organizer):
    answer = organizer.post("/manage/events/new", data=NEW | {"organization": str(associations())})
    made = db.session.scalars(select(Event)).one()
    assert answer.headers["Location"] == f"/manage/events/{made.slug}"
    assert (made.status, made.city) == ("draft", "Madison")
    assert [one.key for one in questions.for_event(made.id)] == ["profession", "licence_number", "access_needs", "diet"]


def associations():
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    return organizations.association().id


@pytest.mark.parametrize(
    "bad",
    [
        {"title": ""},
        {"title": "x\x00y"},
        {"capacity": "-4"},
        {"capacity": "many"},
        {"kind": "party"},
        {"mode": ""},
        {"zone": "Mars/Base"},
        {"title": "x" * 10_000},
    ],
)
def test_new_event_that_cannot_be_made_comes_back_with_what_was_typed(organizer, bad):
    answer = organizer.post("/manage/events/new", data=NEW | {"organization": str(associations())} | bad)
    assert answer.status_code == 422
    assert 'value="Hall"' in text(answer)


def test_coordinator_makes_events_only_for_her_organization(client, sign_in):
    other = associations()
    partner = organizations.named("University of the Bay").id
    sign_in(client, people.person(roles=[("coordinator", {"organization_id": partner})]))
    assert client.post("/manage/events/new", data=NEW | {"organization": str(other)}).status_code == 422
    client.post("/manage/events/new", data=NEW | {"organization": str(partner)})
    assert db.session.scalars(select(Event.organization_id)).one() == partner


def test_organizer_of_one_event_makes_no_new_ones(client, sign_in):
    event = events.workshop()
    sign_in(client, people.person(roles=[("organizer", {"event_id": event.id})]))
    assert client.get(f"/manage/events/{event.slug}").status_code == 200
    assert client.get("/manage/events/new").status_code == 404
    assert client.get(f"/manage/events/{event.slug}/duplicate").status_code == 404


@pytest.mark.parametrize("page", ["", "/edit", "/cancel", "/duplicate", "/messages", "/history"])
def test_page_answers_its_organizer_and_nobody_else(organizer, sign_in, page):
    event = events.workshop()
    other = events.workshop("Other")
    assert organizer.get(f"/manage/events/{event.slug}{page}").status_code == 200
    sign_in(organizer, people.person("No", "Body", roles=[("organizer", {"event_id": other.id})]))
    assert organizer.get(f"/manage/events/{event.slug}{page}").status_code == 404


def test_overview_says_what_keeps_a_draft_from_being_published_and_where_to_mend_it(organizer):
    event = events.draft("Empty", mode="online", platform="")
    html = text(organizer.get(f"/manage/events/{event.slug}"))
    assert f'href="/manage/events/{event.slug}/sessions/new"' in html
    assert f'href="/manage/events/{event.slug}/edit#platform"' in html
    assert f'href="/manage/events/{event.slug}/prices"' in html


def test_ready_draft_is_published_closed_and_opened_again(organizer):
    event = events.workshop(published=False)
    for what, status in (("publish", "published"), ("close", "closed"), ("reopen", "published")):
        organizer.post(f"/manage/events/{event.slug}/{what}")
        assert db.session.get(Event, event.id, populate_existing=True).status == status


def test_draft_that_is_not_ready_is_not_published(organizer):
    event = events.draft("Empty")
    organizer.post(f"/manage/events/{event.slug}/publish")
    assert db.session.get(Event, event.id).status == "draft"


def test_details_are_saved(organizer):
    event = events.workshop()
    answer = organizer.post(
        f"/manage/events/{event.slug}/edit",
        data=typed(
            event,
            title="Better",
            objectives="- See\n- Say\n",
            opens_at="2026-08-01T09:00",
            awards="least",
            least_percent="90",
            hour_regimes=["ENDORSE"],
        ),
    )
    row = db.session.get(Event, event.id, populate_existing=True)
    assert answer.status_code == 303
    assert (row.title, row.objectives, row.attendance_rule) == (
        "Better",
        ["See", "Say"],
        {"awards": "by_session", "least_percent": 90},
    )
    assert row.opens_at.isoformat() == "2026-08-01T14:00:00+00:00"


def test_saving_the_form_as_it_is_changes_nothing(organizer):
    event = events.workshop()
    version, venue = event.version, event.venue_id
    organizer.post(f"/manage/events/{event.slug}/edit", data=typed(event))
    row = db.session.get(Event, event.id, populate_existing=True)
    assert (row.version, row.venue_id) == (version, venue)


def test_new_place_first_shows_how_many_are_told_then_tells_them(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    form = typed(event, venue_name="Bayfront Hotel")
    shown = organizer.post(f"/manage/events/{event.slug}/edit", data=form)
    assert (shown.status_code, "1 person will be told" in text(shown)) == (422, True)
    assert db.session.scalars(select(Message).where(Message.kind == "event_changed")).all() == []
    organizer.post(f"/manage/events/{event.slug}/edit", data=form | {"confirmed": "1"})
    assert len(db.session.scalars(select(Message).where(Message.kind == "event_changed")).all()) == 1


def test_overview_draws_how_the_places_filled_with_the_table_behind(organizer, frozen):
    event = events.workshop(starts=events.at(60), member=0, non_member=0)
    for number in range(3):
        registrations.registered(event, people.person("Ana", f"Silva {number}"), method="free")
        frozen.shift(86400 * 9)
    shown = text(organizer.get(f"/manage/events/{event.slug}"))
    assert "3 places that stand today, from Wed 15 Jul 2026 to Tue 11 Aug 2026." in shown
    assert '<th scope="row">Aug 2026</th><td class="num">1</td><td class="num">3</td>' in shown


def test_overview_of_an_event_with_few_places_draws_nothing(organizer):
    event = events.workshop()
    registrations.registered(event, people.person())
    assert "How the places filled" not in text(organizer.get(f"/manage/events/{event.slug}"))


@pytest.fixture
def in_a_room(organizer):
    """An event whose session is in a room, with one confirmed place: (event, its session's id)."""
    event = events.workshop()
    [session] = events.sessions(event)
    session.room_id = parts.room(event.venue_id, "Ballroom B", 80).id
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    return event, session.id


def room_of(session_id):
    return db.session.get(Session, session_id, populate_existing=True).room_id


def test_new_place_takes_the_rooms_away_and_says_so_before_and_after(organizer, in_a_room):
    event, session_id = in_a_room
    form = typed(event, venue_name="Bayfront Hotel")
    shown = text(organizer.post(f"/manage/events/{event.slug}/edit", data=form))
    assert "Ballroom B" in shown and "none until you choose rooms of the new place" in shown
    saved = organizer.post(f"/manage/events/{event.slug}/edit", data=form | {"confirmed": "1"})
    assert (saved.location, room_of(session_id)) == (f"/manage/events/{event.slug}/sessions", None)
    assert "it was Ballroom B" in text(organizer.get(saved.location))


def test_corrected_address_of_the_same_house_keeps_its_rooms(organizer, in_a_room):
    event, session_id = in_a_room
    form = typed(event, venue_street="2 Shore Drive")
    assert "Ballroom B" not in text(organizer.post(f"/manage/events/{event.slug}/edit", data=form))
    organizer.post(f"/manage/events/{event.slug}/edit", data=form | {"confirmed": "1"})
    room = db.session.get(Room, room_of(session_id))
    assert (room.name, room.size, room.venue_id) == ("Ballroom B", 80, db.session.get(Event, event.id, populate_existing=True).venue_id)


def test_stale_form_is_refused_and_what_was_typed_is_kept(organizer):
    event = events.workshop()
    answer = organizer.post(
        f"/manage/events/{event.slug}/edit", data=typed(event, version=str(event.version - 1), title="Typed long ago")
    )
    assert answer.status_code == 422
    assert 'value="Typed long ago"' in text(answer) and "Somebody else changed this event" in text(answer)
    assert db.session.get(Event, event.id, populate_existing=True).title != "Typed long ago"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("opens_at", "soon"),
        ("closes_at", "2026-03-08T02:30"),
        ("capacity", "0.5"),
        ("online_url", "javascript:alert(1)"),
        ("mode", "telepathy"),
        ("sign_up", "x"),
        ("policy", "999999"),
        ("policy", "x"),
        ("organization", "7777"),
        ("hour_regimes", "NOPE"),
        ("zone", "Nowhere"),
        ("description", "x" * 30_000),
        ("least_percent", "400"),
        ("title", "a\x00b"),
        ("path", "One year"),
        ("awards", "least"),
    ],
)
def test_field_that_cannot_be_used_comes_back(organizer, field, value):
    event = events.workshop()
    answer = organizer.post(f"/manage/events/{event.slug}/edit", data=typed(event, audience="Home visitors") | {field: value})
    assert answer.status_code == 422
    assert 'value="Home visitors"' in text(answer)


def test_capacity_below_what_is_taken_names_the_number(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    answer = organizer.post(f"/manage/events/{event.slug}/edit", data=typed(event, capacity="0"))
    assert "1 places are taken" in text(answer)


def test_cancelling_shows_who_is_told_then_takes_back_and_refunds(organizer):
    event = events.workshop()
    place = registrations.registered(event, people.person("Maren", "Kowalczyk"))
    receipts.record(place.order_id, Received("cash", 15_000, events.day(0), events.ZONE), by_id=place.person_id)
    shown = text(organizer.get(f"/manage/events/{event.slug}/cancel"))
    assert "1 person" in shown and "$150.00" in shown
    organizer.post(f"/manage/events/{event.slug}/cancel", data={"reason": "Snow"})
    assert db.session.get(Event, event.id, populate_existing=True).status == "cancelled"
    assert db.session.get(Registration, place.id, populate_existing=True).state == "cancelled"
    assert [one.amount_cents for one in db.session.scalars(select(Refund))] == [15_000]


def test_cancelling_without_a_reason_is_refused(organizer):
    event = events.workshop()
    assert organizer.post(f"/manage/events/{event.slug}/cancel", data={"reason": " "}).status_code == 422
    assert db.session.get(Event, event.id, populate_existing=True).status == "published"


def test_draft_is_deleted_even_when_somebody_was_to_organize_it(organizer):
    event = events.workshop(published=False)
    event_id = event.id
    people.person("Al", "So", roles=[("organizer", {"event_id": event_id})])
    organizer.post(f"/manage/events/{event.slug}/delete")
    assert db.session.get(Event, event_id, populate_existing=True) is None


def test_published_event_is_not_deleted(organizer):
    event = events.workshop()
    organizer.post(f"/manage/events/{event.slug}/delete")
    assert db.session.get(Event, event.id) is not None


def test_copy_moves_every_session_by_whole_weeks(organizer):
    event = events.workshop(days=2)
    answer = organizer.post(f"/manage/events/{event.slug}/duplicate", data={"title": "Again", "weeks": "4"})
    copy = db.session.scalars(select(Event).where(Event.title == "Again")).one()
    assert answer.headers["Location"] == f"/manage/events/{copy.slug}"
    assert [(b.starts_at - a.starts_at).days for a, b in zip(events.sessions(event), events.sessions(copy), strict=True)] == [
        28,
        28,
    ]


def test_copy_on_another_weekday_is_refused_beside_the_date(organizer):
    event = events.workshop()
    answer = organizer.post(f"/manage/events/{event.slug}/duplicate", data={"title": "Again", "first_on": "2026-09-01"})
    assert answer.status_code == 422 and "so that the weekdays stay" in text(answer)


def test_message_that_could_not_be_delivered_is_tried_again(organizer):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    message = db.session.scalars(select(Message).where(Message.kind == "registration_confirmed")).one()
    message.state, message.last_error = "failed", "550 No such user"
    assert "550 No such user" in text(organizer.get(f"/manage/events/{event.slug}/messages?state=failed"))
    organizer.post(f"/manage/events/{event.slug}/messages/{message.id}/again")
    assert db.session.get(Message, message.id, populate_existing=True).state == "waiting"


def test_message_of_another_event_is_not_found(organizer):
    event, other = events.workshop(), events.workshop("Other")
    registrations.registered(other, people.person("Maren", "Kowalczyk"))
    message = db.session.scalars(select(Message)).first()
    assert organizer.post(f"/manage/events/{event.slug}/messages/{message.id}/again").status_code == 404


def test_history_tells_a_moved_session_in_words_and_local_times(organizer):
    event = events.workshop()
    session, start = events.sessions(event)[0], events.at(days=35)
    title, was = session.title, times.date_words(times.local(session.starts_at, session.zone).date())
    programme.move_session(session.id, start, start + timedelta(hours=3), actor_id=None)
    html = text(organizer.get(f"/manage/events/{event.slug}/history")).split("<main")[-1]
    assert f"Session \u201c{title}\u201d moved" in html and f"begins {was}, 9:00 am" in html
    assert "wall" not in html and "+00:00" not in re.sub(r'datetime="[^"]*"', "", html)


def test_who_chooses_another_policy_reads_that_sold_places_keep_theirs(organizer):
    event = events.workshop()
    address, other = f"/manage/events/{event.slug}", str(policies.current("free-of-charge").id)
    assert "keep the policy they were sold under" not in text(organizer.get(f"{address}/edit"))
    registrations.registered(event, people.person())
    assert "Places that are sold keep the policy they were sold under." in text(organizer.get(f"{address}/edit"))
    answer = organizer.post(f"{address}/edit", data=typed(event, policy=other), follow_redirects=True)
    assert "1 place keeps the policy it was sold under." in text(answer)
    answer = organizer.post(f"{address}/edit", data=typed(event, policy=other, title="Better"), follow_redirects=True)
    assert "the policy it was sold under" not in text(answer)


def test_history_says_who_changed_what(organizer):
    event = events.workshop()
    organizer.post(f"/manage/events/{event.slug}/edit", data=typed(event, title="Better", reason="Clearer"))
    html = text(organizer.get(f"/manage/events/{event.slug}/history"))
    assert "Joan Tate" in html and "title Better" in html and "Clearer" in html


@pytest.mark.parametrize("page", ["", "/messages", "/history", "/cancel"])
def test_page_costs_the_same_with_one_place_and_with_ten(organizer, query_count, page):
    event = events.workshop(capacity=50)
    registrations.registered(event, people.person("First", "One"))
    address = f"/manage/events/{event.slug}{page}"
    organizer.get(address)
    with query_count() as one:
        organizer.get(address)
    for number in range(9):
        registrations.registered(event, people.person("More", f"No {number}"))
    with query_count() as ten:
        organizer.get(address)
    assert len(one) == len(ten)
