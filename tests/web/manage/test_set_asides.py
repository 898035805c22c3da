"""Places set aside, for organizers: made, seen, changed, given back, given to somebody; by whom."""

import pytest

from tests.factories import events, people, setasides, waitlists
from tests.factories import registrations as places
from webapp.accounts import agencies
from webapp.catalog.models import Session
from webapp.core import clock
from webapp.core.db import db
from webapp.registration import entering, offers, seats
from webapp.registration.offers import PriceSpec, TypeSpec
from webapp.registration.queries import setasides as queries
from webapp.registration.setasides.models import SetAside

NEW = {"kind": "presenters", "seats": "3", "label": "keynote team", "returns_on": "2026-08-01", "reason": "The speakers come by train."}


@pytest.fixture
def event(frozen, db_session):
    return events.workshop("Sleep", capacity=5, types=[TypeSpec("Guest", [PriceSpec(0)])])


@pytest.fixture
def organizer(client, sign_in, event):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def only():
    return db.session.query(SetAside).one()


def test_places_are_set_aside(organizer, event):
    answer = organizer.post("/manage/events/sleep/set-asides/new", data=NEW)
    one = only()
    assert answer.location == f"/manage/events/sleep/set-asides/{one.id}"
    assert (one.seats, one.returns_at.isoformat(), setasides.event_pool(event)) == (3, "2026-08-01T05:00:00+00:00", (3, 3, 0))
    page = organizer.get("/manage/events/sleep/set-asides").text
    assert "Presenters: keynote team" in page and "returns to sale on Sat 1 Aug 2026" in page and "2 places are open to everybody" in page
    assert "The speakers come by train." in organizer.get("/manage/events/sleep/history").text


@pytest.mark.parametrize(("change", "field"), [
    ({"seats": "6"}, "seats"), ({"seats": "0"}, "seats"), ({"seats": "-2"}, "seats"), ({"seats": "many"}, "seats"),
    ({"seats": ""}, "seats"),
    ({"returns_on": "2026-06-01"}, "returns_on"), ({"returns_on": "soon"}, "returns_on"), ({"reason": " "}, "reason"),
    ({"kind": "agency"}, "agency"), ({"kind": "agency", "agency": "999"}, "agency"), ({"kind": "nobody"}, "kind"),
    ({"kind": "other", "label": ""}, "label"), ({"type": "99999"}, "type"), ({"mode": "online"}, "mode")])
def test_what_cannot_be_set_aside_comes_back_with_what_was_typed(organizer, event, change, field):
    answer = organizer.post("/manage/events/sleep/set-asides/new", data=NEW | {"label": "keynote team"} | change)
    assert (answer.status_code, db.session.query(SetAside).count()) == (422, 0)
    assert (f'id="{field}-error"' in answer.text or field == "mode") and ("The speakers come by train." in answer.text or field == "reason")


def test_an_agency_gets_a_pool_and_the_page_says_who_has_its_places(organizer, event):
    ours = agencies.create("Lakeshore Home Visiting", actor_id=None)
    organizer.post("/manage/events/sleep/set-asides/new", data=NEW | {"kind": "agency", "agency": str(ours.id), "label": ""})
    entering.enter(event.id, places.type_of(event).id, given="Pat", family="Visitor", email="pat@lakeshore.example",
                   by_id=people.person().id, set_aside_id=only().id)
    page = organizer.get(f"/manage/events/sleep/set-asides/{only().id}").text
    assert "Lakeshore Home Visiting" in page and "1 of 3 used" in page and "Pat Visitor" in page


def test_it_is_changed_and_given_back_with_a_reason(organizer, event):
    one = setasides.aside(event, 3)
    here = f"/manage/events/sleep/set-asides/{one}"
    organizer.post(here, data={"seats": "4", "returns_on": "", "reason": "One speaker more."})
    larger = setasides.counts(one)
    refused = organizer.post(f"{here}/give-back", data={"why": ""})
    back = organizer.post(f"{here}/give-back", data={"why": "They come online."}, follow_redirects=True)
    assert (larger, refused.status_code, setasides.counts(one), seats.recount()) == ((4, 0), 422, (0, 0), [])
    assert "4 places are back on sale" in back.text and "Returned" in back.text and "Give it back now" not in back.text


def test_a_change_that_is_refused_keeps_what_was_typed(organizer, event):
    one = setasides.aside(event, 3)
    answer = organizer.post(f"/manage/events/sleep/set-asides/{one}", data={"seats": "9", "returns_on": "", "reason": "Many speakers."})
    assert (answer.status_code, "Many speakers." in answer.text, setasides.counts(one)) == (422, True, (3, 0))
    assert "The places that are open to everybody are down to 2, and 6 were asked for." in answer.text


def test_somebody_is_registered_into_a_place_that_is_set_aside(organizer, event):
    one = setasides.aside(event, 5)
    form = organizer.get(f"/manage/events/sleep/people/new?set_aside={one}").text
    typed = {"given_name": "Pat", "family_name": "Speaker", "email": "pat@talks.example", "type": str(places.type_of(event).id)}
    refused = organizer.post("/manage/events/sleep/people/new", data=typed)
    organizer.post("/manage/events/sleep/people/new", data=typed | {"set_aside": str(one)})
    assert "Presenters: 5 left" in form and refused.status_code == 422
    assert (setasides.counts(one), setasides.event_pool(event)) == ((5, 1), (5, 4, 0))


def test_an_event_without_any_asks_nothing_when_registering(organizer, event):
    assert "Open sale" not in organizer.get("/manage/events/sleep/people/new").text


def test_the_overview_tells_sold_kept_and_set_aside_apart(organizer, event):
    setasides.aside(event, 2)
    places.registered(event, people.person())
    page = organizer.get("/manage/events/sleep").text
    assert "2 of 5 seats left" in page and "1 taken, 2 set aside" in page


def test_the_public_page_and_the_list_do_not_count_them_as_left(client, event):
    setasides.aside(event, 2)
    page = client.get("/events/sleep").text
    assert "3 of 5 seats left" in page and "0 taken, 2 set aside" in page and "3 of 5 seats left" in client.get("/events").text


def test_another_event_has_another_list(organizer, event):
    one = setasides.aside(events.workshop("Feeding"), 1)
    assert organizer.get(f"/manage/events/sleep/set-asides/{one}").status_code == 404
    assert organizer.post(f"/manage/events/sleep/set-asides/{one}/give-back", data={"why": "No."}).status_code == 404


def test_the_list_asks_the_same_for_one_and_for_thirty(organizer, event, query_count):
    event = events.workshop("Large", capacity=100)
    counted = []
    for more in (1, 29):
        for _ in range(more):
            setasides.aside(event, 1)
        db.session.commit()
        with query_count() as statements:
            assert organizer.get("/manage/events/large/set-asides").status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_the_waitlist_says_what_is_set_aside(organizer, event):
    setasides.aside(event, 5)
    waitlists.waits(event)
    assert "0 of 5 taken or offered, 5 set aside." in organizer.get("/manage/events/sleep/waitlist").text


def test_a_price_that_is_set_aside_keeps_its_places(organizer, event):
    type_ = places.type_of(event)
    setasides.aside(event, 2, type_id=type_.id)
    offers.replace(event.id, offers.Offers([TypeSpec("Other", [PriceSpec(0)])]), actor_id=None)
    assert places.type_of(event, "Other").retired_at is None and db.session.get_one(type(type_), type_.id).retired_at is not None


@pytest.fixture
def conference(organizer):
    return events.conference("Breakouts", rooms=(2, 20))


def a1_of(event):
    return db.session.query(Session).filter_by(event_id=event.id, title="Breakout A1").one().id


def test_seats_of_breakouts_are_kept_with_them(organizer, conference):
    a1 = a1_of(conference)
    page = organizer.get("/manage/events/breakouts/set-asides/new").text
    assert "Seats of breakouts kept with them" in page and "Breakout A1" in page and "Keynote" not in page and "2 open to everybody" in page
    answer = organizer.post("/manage/events/breakouts/set-asides/new", data=NEW | {f"session_{a1}": "2"})
    assert answer.status_code == 303
    shown = organizer.get(answer.location).text
    assert "0 of 2 used" in shown and f'name="session_{a1}"' in shown
    organizer.post(answer.location, data={"seats": "3", "returns_on": "", "reason": "One is enough.", f"session_{a1}": "1"})
    assert "0 of 1 used" in organizer.get(answer.location).text
    assert organizer.get("/manage/events/breakouts/set-asides").text.count("Presenters: keynote team") == 1
    assert "Breakout A1: 1" in organizer.get("/manage/events/breakouts/history").text


@pytest.mark.parametrize("typed", ["-1", "4", "many", "99999999999999999999"])
def test_what_cannot_be_kept_of_a_breakout_comes_back_beside_it(organizer, conference, typed):
    field = f"session_{a1_of(conference)}"
    answer = organizer.post("/manage/events/breakouts/set-asides/new", data=NEW | {field: typed})
    assert (answer.status_code, db.session.query(SetAside).count()) == (422, 0)
    assert f'id="{field}-error"' in answer.text and "The speakers come by train." in answer.text


def test_more_than_a_breakout_has_left_is_said_beside_it(organizer, conference):
    field = f"session_{a1_of(conference)}"
    answer = organizer.post("/manage/events/breakouts/set-asides/new", data=NEW | {field: "3"})
    assert answer.status_code == 422 and "down to 2, and 3 were asked for" in answer.text and f'id="{field}-error"' in answer.text


def test_an_event_without_breakouts_does_not_ask(organizer):
    assert "Seats of breakouts" not in organizer.get("/manage/events/sleep/set-asides/new").text


def test_the_agencys_page_counts_places_and_not_seats_of_breakouts(organizer, conference):
    ours = agencies.create("Lakeshore Home Visiting", actor_id=None)
    setasides.allotment(conference, ours, 3, sessions={a1_of(conference): 2})
    assert queries.left_of_agency(ours.id, [conference.id], clock.now()) == {conference.id: 3}
    assert [one.capacity for one in queries.of_agency(ours.id, clock.now())] == [3]
