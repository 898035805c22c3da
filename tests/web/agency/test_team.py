"""What a supervisor sees of attendance and hours: what each person shares, as long as she shares it; each look is hers to read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import events, hours, people
from webapp.accounts import agencies, consents, looks
from webapp.accounts.models import Consent, ConsentLook
from webapp.core import clock
from webapp.core.db import db
from webapp.jobs import rendering
from webapp.notifications.contents import Withdrawn
from webapp.notifications.models import Message


@pytest.fixture
def office(client, sign_in, frozen):
    """An agency with Bo, who attended a workshop and has its hours, and Ana; its supervisor is signed in."""
    event, (bo,) = hours.held_event(frozen, "Bo Berg", title="Sleep and attachment")
    hours.awarded(bo, event)
    agency, ana = agencies.create("Lakeshore", actor_id=None), people.person("Ana", "Silva")
    for one in (bo, ana):
        agencies.add_member(agency.id, one.id, from_on=events.day(-100), actor_id=one.id)
    sue = people.person("Sue", "Pervisor", roles=[("supervisor", {"agency_id": agency.id})])
    sign_in(client, sue)
    return client, agency.id, sue, bo, ana


def give(person, agency_id, *scopes, days=30):
    today = clock.today("America/Chicago")
    for scope in scopes:
        consents.give(person.id, agency_id, scope, until_on=today + timedelta(days=days), today=today)


def team(client, agency_id):
    answer = client.get(f"/agency/{agency_id}/team")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def seen():
    return [tuple(row) for row in db.session.execute(
        select(ConsentLook.person_id, ConsentLook.viewer_id, ConsentLook.scope).order_by(ConsentLook.id))]


def test_without_consent_nothing_is_shown_and_nothing_is_logged(office):
    client, agency, *_ = office
    shown = team(client, agency)
    assert "Bo Berg" in shown and "Ana Silva" in shown and "Who shares nothing with you" in shown and "Ask Bo Berg" in shown
    assert "Sleep and attachment" not in shown and "2 h 45 min" not in shown
    assert seen() == []


@pytest.mark.parametrize(("scope", "trainings", "hours_"), [
    ("attendance", True, False), ("hours", False, True), ("calendar", False, False)])
def test_each_scope_shows_its_own_and_no_more(office, scope, trainings, hours_):
    client, agency, sue, bo, _ = office
    give(bo, agency, scope)
    shown = team(client, agency)
    assert ("Sleep and attachment" in shown, "2 h 45 min" in shown) == (trainings, hours_)
    assert seen() == ([(bo.id, sue.id, scope)] if trainings or hours_ else [])


def test_it_ends_with_its_day_and_at_once_when_taken_back(office, frozen, sign_in):
    client, agency, sue, bo, _ = office
    give(bo, agency, "attendance", days=3)
    give(bo, agency, "hours", days=300)
    sign_in(client, bo)
    assert client.post(f"/me/sharing/{agency}/hours", data={"stop": "1"}).status_code == 303
    sign_in(client, sue)
    shown = team(client, agency)
    assert "Sleep and attachment" in shown and "2 h 45 min" not in shown
    frozen.shift(timedelta(days=4))
    assert "Sleep and attachment" not in team(client, agency)


def test_who_leaves_is_seen_no_more_and_keeps_her_hours(office):
    client, agency, _, bo, _ = office
    give(bo, agency, "attendance", "hours")
    member = next(one.AgencyMember for one in agencies.members(agency) if one.AgencyMember.person_id == bo.id)
    agencies.end_member(member.id, until_on=clock.today("America/Chicago"), actor_id=bo.id)
    assert "Bo Berg" not in team(client, agency)
    assert consents.until(agency, clock.today("America/Chicago")) == {}


def test_a_supervisor_of_another_agency_sees_none_of_it(office, sign_in):
    client, agency, _, bo, _ = office
    give(bo, agency, "attendance", "hours")
    other = agencies.create("Other", actor_id=None)
    agencies.add_member(other.id, bo.id, from_on=events.day(-9), actor_id=bo.id)
    sign_in(client, people.person("Eve", "Other", roles=[("supervisor", {"agency_id": other.id})]))
    assert client.get(f"/agency/{agency}/team").status_code == 404
    assert client.post(f"/agency/{agency}/team/1/ask").status_code == 404
    assert "Sleep and attachment" not in team(client, other.id)


def test_she_gives_it_on_her_page_with_an_end_and_reads_who_looked(office, sign_in):
    client, agency, sue, bo, _ = office
    sign_in(client, bo)
    page = client.get("/me/sharing").get_data(as_text=True)
    assert "Sue Pervisor would see it" in page and "Nobody has looked yet." in page
    until = clock.today("America/Chicago") + timedelta(days=60)
    assert client.post(f"/me/sharing/{agency}/hours", data={"until": until.isoformat()}).status_code == 303
    assert db.session.execute(select(Consent.scope, Consent.until_on)).all() == [("hours", until)]
    sign_in(client, sue)
    team(client, agency)
    team(client, agency)
    sign_in(client, bo)
    page = client.get("/me/sharing").get_data(as_text=True)
    assert page.count("Sue Pervisor</bdi>") == 1 and "Nobody has looked yet." not in page


@pytest.mark.parametrize("typed", ["", "2020-01-01", "x", "9999-12-31", "2026-02-30"])
def test_a_day_that_makes_no_sense_is_put_right_and_nothing_is_shared(office, sign_in, typed):
    client, agency, _, bo, _ = office
    sign_in(client, bo)
    assert client.post(f"/me/sharing/{agency}/hours", data={"until": typed}).status_code == 422
    assert consents.until(agency, clock.today("America/Chicago")) == {}


def test_nobody_shares_with_an_agency_she_does_not_work_for_or_an_unknown_scope(office, sign_in):
    client, agency, _, bo, _ = office
    other = agencies.create("Other", actor_id=None)
    sign_in(client, bo)
    later = (clock.today("America/Chicago") + timedelta(days=60)).isoformat()
    assert client.post(f"/me/sharing/{other.id}/hours", data={"until": later}).status_code == 404
    assert client.post(f"/me/sharing/{agency}/everything", data={"until": later}).status_code == 404
    assert client.post(f"/me/sharing/{agency}/calendar", data={"until": later}).status_code == 404


def test_looks_within_an_hour_are_one_and_later_ones_are_new(office, frozen):
    client, agency, _, bo, _ = office
    give(bo, agency, "hours")
    team(client, agency)
    frozen.shift(timedelta(minutes=59))
    team(client, agency)
    assert len(seen()) == 1
    frozen.shift(timedelta(minutes=2))
    team(client, agency)
    assert len(seen()) == 2
    assert looks.forget(clock.now() - timedelta(minutes=30)) == 1


def test_she_is_asked_by_mail_once_a_month(office, frozen):
    client, agency, _, _, ana = office
    member = next(one.AgencyMember for one in agencies.members(agency) if one.AgencyMember.person_id == ana.id)
    for _ in range(2):
        client.post(f"/agency/{agency}/team/{member.id}/ask")
    [message] = db.session.scalars(select(Message).where(Message.kind == "consent_asked")).all()
    build = rendering.builder(rendering.KINDS["consent_asked"])
    assert build(dict(message.facts)) == {"name": "Ana", "agency": "Lakeshore", "asked_by": "Sue Pervisor", "path": "/me/sharing"}
    give(ana, agency, "hours", "attendance")
    assert isinstance(build(dict(message.facts)), Withdrawn)
    frozen.shift(timedelta(days=20))
    client.post(f"/agency/{agency}/team/{member.id}/ask")
    assert len(db.session.scalars(select(Message).where(Message.kind == "consent_asked")).all()) == 2
    assert client.post(f"/agency/{agency}/team/999/ask").status_code == 404


def test_the_page_costs_the_same_for_one_who_shares_and_for_thirty(office, query_count):
    client, agency, _, bo, _ = office
    give(bo, agency, "hours", "attendance")
    team(client, agency)
    with query_count() as one:
        team(client, agency)
    for number in range(28):
        more = people.person("More", f"Number{number}")
        agencies.add_member(agency, more.id, from_on=events.day(-10), actor_id=more.id)
        give(more, agency, "hours", "attendance")
    team(client, agency)
    with query_count() as thirty:
        team(client, agency)
    assert len(one) == len(thirty)
