"""The event files that come with the product load and come out as they went in; a bad file is refused whole, with reasons."""

import json

import pytest
from sqlalchemy import select

from tests.factories import events as made
from webapp.catalog import datafiles, organizations
from webapp.catalog.models import Event, EventFacet
from webapp.core.db import db
from webapp.registration import transfer
from webapp.registration.transfer import ImportRefused

HOURS = {  # the most one attendee can be awarded, as the events state it: training and reflective supervision
    "foundations-fall-2026": (24, 0), "rslc-2027": (32, 24), "dc05-mar-2027": (12, 0), "pyramid-it-2027": (20, 0),
    "pyramid-pre-2026": (18, 0), "rsc-group-a-2026": (0, 24), "rsc-group-ei-2026": (0, 12), "book-club-spring-2027": (6, 0),
    "webinar-sleep-2027": (1.5, 0), "tenets-2026": (3, 0), "rsc-provision-2027": (15, 0), "perinatal-2027": (3.5, 0),
    "trauma-2026": (5.5, 0), "preschool-2027": (5.25, 0), "endorse-hour-dec-2026": (0, 0), "ethics-2027": (4, 0),
    "celebrate-babies-2026": (0, 0), "hv-onsite-jan-2027": (0, 3.5), "conference-2027": (13, 0), "capstone-y1-2026": (74.25, 18),
    "capstone-y1-2026-north": (74.25, 18),
}


def written(slug: str) -> str:
    return (datafiles.FOLDER / "events" / f"{slug}.json").read_text(encoding="utf-8")


def loaded(slug: str) -> Event:
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    form = transfer.read(written(slug))
    for inner in form.includes:
        transfer.load(transfer.read(written(inner.event)), actor_id=None)
    return transfer.load(form, actor_id=None)


@pytest.mark.parametrize("slug", HOURS)
def test_a_file_comes_out_as_it_went_in_and_counts_its_hours(slug):
    event = loaded(slug)
    assert transfer.text(transfer.dump(event.id)) == written(slug)
    assert (event.training_minutes, event.rsc_minutes) == tuple(hours * 60 for hours in HOURS[slug])


def test_a_learning_collaborative_counts_two_days_of_the_conference_and_no_pre_conference():
    event = loaded("rslc-2027")
    assert db.session.scalar(select(EventFacet.minutes).filter_by(event_id=event.id, value="RSCP")) == (22 + 1.5) * 60


def test_an_event_with_everything_from_the_form_survives_the_journey():
    event = made.conference(mode="hybrid", online_capacity=30, room_capacity=20, opens_at=made.clock.now(), hour_regimes=["ENDORSE"])
    first = transfer.values(transfer.dump(event.id))
    again = transfer.load(transfer.of_values(first | {"slug": "elsewhere"}), actor_id=None)
    assert transfer.values(transfer.dump(again.id)) == first | {"slug": "elsewhere"}


def test_a_text_that_is_not_json_is_refused_with_its_line():
    with pytest.raises(ImportRefused) as refused:
        transfer.read('{"form": "attune-event/1",\n "slug": }')
    assert refused.value.reasons == ["line 2, column 10: Expecting value"]


def test_a_field_that_does_not_fit_is_named_with_its_place():
    raw = json.loads(written("tenets-2026"))
    raw["sessions"][0]["breaks"][0]["minutes"] = "fifteen"
    raw["colour"] = "red"
    with pytest.raises(ImportRefused) as refused:
        transfer.of_values(raw)
    assert [reason.split(":")[0] for reason in refused.value.reasons] == ["sessions[1].breaks[1].minutes", "colour"]


def test_everything_a_file_names_and_does_not_have_is_listed_at_once():
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    raw = json.loads(written("tenets-2026"))
    raw["policy"] = "no-such-policy"
    raw["sessions"][0] |= {"room": "Attic", "presenters": ["Nobody"]}
    raw["sessions"][0]["credits"][0]["areas"] = ["TF-XXX"]
    with pytest.raises(ImportRefused) as refused:
        transfer.load(transfer.of_values(raw), actor_id=None)
    assert refused.value.reasons == [
        "sessions[1].room: the file has no room called Attic", "sessions[1].presenters: the file has no presenter called Nobody",
        "sessions[1].credits[1].areas: there is no competency area TF-XXX",
        "policy: there is no cancellation policy no-such-policy, edition 1"]


def test_a_session_that_awards_more_than_its_length_is_refused_and_nothing_is_kept():
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    raw = json.loads(written("tenets-2026"))
    raw["sessions"][0]["credits"][0]["minutes"] = 181
    with pytest.raises(ImportRefused) as refused:
        transfer.load(transfer.of_values(raw), actor_id=None)
    assert refused.value.reasons == ["sessions[1].credits: It awards 3 h 1 min, but without breaks it is only 3 h long."]


def test_an_address_that_is_taken_is_refused():
    loaded("tenets-2026")
    with pytest.raises(ImportRefused) as refused:
        transfer.load(transfer.read(written("tenets-2026")), actor_id=None)
    assert refused.value.reasons == ["slug: there is an event at /events/tenets-2026 already"]


def test_a_published_file_without_a_price_is_refused_with_what_misses():
    organizations.load_reference_data("Lakes & Prairies IECMH Association")
    raw = json.loads(written("tenets-2026")) | {"types": []}
    with pytest.raises(ImportRefused) as refused:
        transfer.load(transfer.of_values(raw), actor_id=None)
    assert refused.value.reasons == ["status: Add at least one registration type, for example Member."]


