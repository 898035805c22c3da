"""The season at a glance."""

import pytest

from tests.factories import events, people, registrations
from webapp.catalog import organizations
from webapp.catalog.models import Presenter, SessionPresenter
from webapp.core.db import db


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def page(client, address="/manage"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_event_stands_with_places_taken_and_money_owed(organizer):
    event = events.workshop(capacity=20)
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    html = page(organizer)
    assert event.title in html and "1 of 20" in html and "$150.00" in html


def test_paid_in_full_owes_nothing(organizer):
    events.workshop(capacity=20, member=0, non_member=0)
    assert "$" not in page(organizer).split('id="results"')[1]


def test_tabs_part_drafts_from_what_is_public(organizer):
    events.workshop("Shown to all")
    events.workshop("Still a draft", published=False)
    assert "Still a draft" not in page(organizer).split('id="results"')[1]
    assert "Still a draft" in page(organizer, "/manage?tab=drafts").split('id="results"')[1]


def test_search_and_kind_narrow_the_list(organizer):
    events.workshop("Sleep and feeding")
    events.conference("Annual conference")
    assert "Annual conference" not in page(organizer, "/manage?q=sleep").split('id="results"')[1]
    assert "Sleep and feeding" not in page(organizer, "/manage?kind=conference").split('id="results"')[1]


@pytest.mark.parametrize(
    "address",
    ["/manage?tab=nowhere&kind=x&page=-1", "/manage?page=99999999", "/manage?q=%00%F0%9F%90%A3", "/manage?q=" + "x" * 5000],
)
def test_address_that_makes_no_sense_still_answers(organizer, address):
    page(organizer, address)


def test_organizer_of_one_event_sees_only_that(client, sign_in):
    mine, other = events.workshop("Mine"), events.workshop("Somebody else's")
    sign_in(client, people.person(roles=[("organizer", {"event_id": mine.id})]))
    html = page(client, "/manage?tab=all")
    assert "Mine" in html and other.title not in html


def test_coordinator_sees_only_events_of_her_organization(client, sign_in):
    events.workshop("Of the association")
    partner = organizations.named("University of the Bay")
    events.workshop("Of the university", organization_id=partner.id)
    sign_in(client, people.person(roles=[("coordinator", {"organization_id": partner.id})]))
    html = page(client, "/manage?tab=all")
    assert "Of the university" in html and "Of the association" not in html


def test_draft_whose_day_is_near_waits_today(organizer):
    events.workshop("Too quiet", starts=events.at(10), published=False)
    assert "Too quiet begins in 10 days and nobody can see it." in page(organizer)


def test_applications_wait_for_a_decision(organizer):
    event = events.cohort()
    registrations.applied(event, people.person("Iria", "Castellanos"))
    assert "1 to decide" in page(organizer)


def test_past_event_without_awards_waits(organizer, frozen):
    event = events.workshop()
    frozen.move_to(events.sessions(event)[0].ends_at)
    frozen.shift(3600)
    assert "its hours are not awarded" in page(organizer)


def test_list_costs_the_same_with_one_event_and_with_thirty(organizer, query_count):
    events.workshop("First")
    page(organizer)
    with query_count() as one:
        page(organizer)
    for number in range(29):
        events.workshop(f"Event {number}")
    with query_count() as thirty:
        page(organizer)
    assert len(one) == len(thirty) <= 14


def test_stranger_does_not_find_it(client, sign_in):
    sign_in(client, people.person())
    assert client.get("/manage").status_code == 404
    db.session.rollback()


def test_presenter_finds_her_sessions_with_their_rosters_and_no_money(client, sign_in):
    event = events.workshop(capacity=20)
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    sign_in(client, people.person(roles=[("presenter", {"event_id": event.id})]))
    html = page(client)
    roster = f"/manage/events/{event.slug}/attendance/{events.sessions(event)[0].id}"
    assert roster in html and "1 booked" in html and "$150.00" not in html


def test_presenter_of_a_conference_finds_only_what_she_presents(client, sign_in):
    event = events.conference()
    first, second = events.sessions(event)[:2]
    hers, other = Presenter(name="Marisol Eriksen"), Presenter(name="Somebody Else")
    db.session.add_all([hers, other])
    db.session.flush()
    db.session.add_all(SessionPresenter(session_id=one.id, presenter_id=who.id) for one, who in ((first, hers), (second, other)))
    marisol = people.person("Marisol", "Eriksen", roles=[("presenter", {"event_id": event.id})])
    hers.person_id = marisol.id
    sign_in(client, marisol)
    html = page(client)
    assert f"/attendance/{first.id}" in html and f"/attendance/{second.id}" not in html


def test_finance_finds_what_is_expected_and_each_event_leads_to_its_orders(client, sign_in):
    event = events.workshop()
    registrations.registered(event, people.person("Maren", "Kowalczyk"))
    sign_in(client, people.person(roles=["finance"]))
    html = page(client)
    assert "$150.00 in 1 order not yet due" in html and f"/manage/finance/orders?event={event.id}" in html


def test_finance_finds_what_is_overdue(client, sign_in, frozen):
    registrations.registered(events.workshop(), people.person("Maren", "Kowalczyk"))
    frozen.shift(100 * 86400)
    sign_in(client, people.person(roles=["finance"]))
    assert "$150.00 in 1 order. <a" in page(client)


def test_reviewer_is_led_to_the_transcripts(client, sign_in):
    sign_in(client, people.person(roles=["reviewer"]))
    answer = client.get("/manage")
    assert (answer.status_code, answer.location) == (303, "/manage/transcripts")
