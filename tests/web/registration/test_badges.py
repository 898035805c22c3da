"""An exhibitor's table from the form of registering to the door: names now or later, and what the organizer sees of them."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.actions.registration.test_badges import BO, KIT, STAND, fair, on, stand, table, with_table
from tests.factories import events, hours, people
from tests.factories import registrations as places
from tests.support import sheets
from tests.support.html import filled as as_shown
from tests.support.html import parse
from tests.web.registration.test_register import filled, held, orders, send
from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration import offers
from webapp.registration.badges import reading
from webapp.registration.badges.rules import Written
from webapp.registration.models import AddOn, Order, Registration
from webapp.registration.offers import AddOnSpec, PriceSpec


def address_of(place: Registration) -> str:
    return f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def read(client: FlaskClient, address: str) -> str:
    """The page's text, with names as they are read: in one line with what stands around them."""
    return parse(re.sub("</?bdi>", "", client.get(address).text)).text


def form_at(client: FlaskClient, address: str) -> dict[str, Any]:
    """What a browser would send of the page of badges."""
    return shown(client.get(address).text)


def shown(text: str) -> dict[str, Any]:
    """The same of a page that is here already."""
    return dict(as_shown(next(one for one in parse(text).all("form") if one.attributes.get("aria-label") == "Badges")))


def test_a_table_without_a_seat_is_bought_with_one_name_and_the_other_follows(client: FlaskClient) -> None:
    event = fair()
    typed = {"badge_type_1_name": "Kit Ray", "badge_type_1_organization": "Bright Books", "badge_type_1_email": "kit@books.example"}
    address = held(client, event, of="Exhibitor", **typed)
    assert client.post(f"{address}/place", data={"total": 35_000, "method": "invoice", "agency": "Bright Books"}).location == address
    page = read(client, address)
    assert "Kit Ray (Bright Books), 1 name to follow, until" in page
    place = orders()[0]
    [row] = [one for one in reading.of_event(event.id) if not one.name]
    here = f"{address}/badges/{row.registration_id}"
    second = reading.of_places([row.registration_id])[1].id
    assert client.post(here, data=form_at(client, here) | {f"badge_{second}_name": "Bo Day"}).location == address
    assert "Kit Ray (Bright Books), Bo Day." in read(client, address) and place.state == "placed"


@pytest.mark.parametrize("of", ["Exhibitor", "Non-member"])
def test_the_review_shows_the_badges_before_anybody_pays(client: FlaskClient, of: str) -> None:
    event = fair()
    key = "type" if of == "Exhibitor" else table(event)
    typed = {f"badge_{key}_1_name": "Kit Ray", f"badge_{key}_1_organization": "Bright Books"}
    address = held(client, event, of=of, **typed, **({} if of == "Exhibitor" else {f"add_on_{key}": "1"}))
    assert "Badges: Kit Ray (Bright Books), 1 name to follow." in read(client, f"{address}/review")


def test_a_table_without_a_seat_is_spoken_of_as_an_order(client: FlaskClient) -> None:
    address = held(client, fair(), of="Exhibitor")
    review = read(client, f"{address}/review")
    assert "Your order is kept until" in review and "Exhibitor, without a seat" in review and "Let the order go" in review
    assert not re.search(r"(?i)your (seat|place) is|the seat go|the seat is", review)
    assert "Your order is kept" in read(client, address)
    client.post(f"{address}/place", data={"total": 35_000, "method": "invoice", "agency": "Bright Books"})
    assert "Your order is confirmed" in read(client, address) and "Your place is confirmed" not in read(client, address)


def test_a_full_event_still_sells_a_table_that_takes_no_seat(client: FlaskClient) -> None:
    event = fair(capacity=1)
    places.registered(event, people.person(), "Non-member")
    page = client.get(f"/events/{event.slug}/register")
    assert page.status_code == 200 and "All places of this kind are taken." in page.text and "without a seat" in page.text
    assert held(client, event, of="Exhibitor").startswith("/orders/")
    assert "are full" in send(client, event, filled(client, event, of="Non-member", email="b@home.example")).text
    stand(event)
    assert client.get(f"/events/{event.slug}/register").location == f"/events/{event.slug}/waitlist"


@pytest.mark.parametrize(("typed", "words"), [
    ({"badge_type_1_name": "Kit"}, "The price you chose does not come with this badge. Choose Exhibitor, or take the name out."),
    ({"badge_{table}_2_name": "Kit"}, "Write above how many of “Exhibitor table” you want, or take the name out."),
    ({"add_on_{table}": "1", "badge_{table}_1_organization": "Books"}, "Write the name for this badge too."),
    ({"add_on_{table}": "1", "badge_{table}_1_name": "Kit", "badge_{table}_1_email": "kit at"}, "Write the whole address"),
    ({"add_on_{table}": "1", "badge_{table}_1_name": "K" * 101}, "100 characters")])
def test_what_cannot_stand_on_a_badge_is_said_beside_it_and_nothing_is_lost(
        client: FlaskClient, typed: dict[str, str], words: str) -> None:
    event = fair()
    more = {key.format(table=table(event)): value for key, value in typed.items()}
    answer = send(client, event, filled(client, event, of="Non-member", **more))
    assert answer.status_code == 422 and words in answer.text and orders() == []
    assert all(f'value="{value}"' in answer.text for value in more.values()) and "<details open>" in answer.text


LANYARD = AddOnSpec("Sponsor kit", [PriceSpec(2_000)], is_required=True, badges=2)


def test_a_name_for_what_comes_with_a_seat_is_not_dropped_with_a_table(client: FlaskClient) -> None:
    event = events.workshop(types=[*events.member_prices(12_000, 15_000), STAND], add_ons=[LANYARD])
    key = f"badge_{db.session.scalars(select(AddOn.id).filter_by(event_id=event.id)).one()}_1_name"
    answer = send(client, event, filled(client, event, of="Exhibitor", **{key: "Kit Ray"}))
    words = "“Sponsor kit” comes with a seat, and the price you chose is without one. Take the name out."
    assert (answer.status_code, words in answer.text, 'value="Kit Ray"' in answer.text, orders()) == (422, True, True, [])
    with_seat = held(client, event, of="Non-member", **{key: "Kit Ray"})
    assert "Kit Ray" in client.get(f"{with_seat}/review").text


def test_names_come_back_when_the_hold_ran_out(client: FlaskClient) -> None:
    event = fair()
    key = f"badge_{table(event)}_1_name"
    address = held(client, event, of="Non-member", **{f"add_on_{table(event)}": "1", key: "Kit Ray"})
    client.post(f"{address}/release")
    page = client.get(f"/events/{event.slug}/register?again={address.rsplit('/', 1)[1]}").text
    assert parse(page).one("input", name=key).attributes["value"] == "Kit Ray"


@pytest.mark.parametrize(("part", "typed", "words"), [
    ("organization", "Books", "Write the name for this badge too."), ("email", "kit at", "Write the name for this badge too."),
    ("name", "K" * 101, "100 characters")])
def test_a_badge_that_cannot_be_kept_comes_back_as_typed(client: FlaskClient, part: str, typed: str, words: str) -> None:
    place = stand(fair(), KIT)
    here = f"{address_of(place)}/badges/{place.id}"
    second = reading.of_places([place.id])[1].id
    answer = client.post(here, data=form_at(client, here) | {f"badge_{second}_{part}": typed})
    assert answer.status_code == 422 and words in answer.text and f'value="{typed}"' in answer.text
    assert on(place) == [(1, 1, "Kit Ray"), (1, 2, "")]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_and_saving_once_more_does(client: FlaskClient) -> None:
    place = stand(fair())
    here, first = f"{address_of(place)}/badges/{place.id}", reading.of_places([place.id])[0].id
    old = form_at(client, here) | {f"badge_{first}_name": "Bo Day"}
    client.post(here, data=form_at(client, here) | {f"badge_{first}_name": "Kit Ray"})
    answer = client.post(here, data=old)
    assert (answer.status_code, on(place)[0]) == (422, (1, 1, "Kit Ray")) and "Somebody wrote on these badges" in answer.text
    assert "Kit Ray stands on it now." in parse(answer.text).text
    assert client.post(here, data=shown(answer.text)).status_code == 303 and on(place)[0] == (1, 1, "Bo Day")


def test_two_who_name_different_badges_at_the_same_time_keep_both_names(client: FlaskClient) -> None:
    place = stand(fair())
    here, (first, second) = f"{address_of(place)}/badges/{place.id}", reading.of_places([place.id])
    old = form_at(client, here) | {f"badge_{second.id}_name": "Bo Day"}
    client.post(here, data=form_at(client, here) | {f"badge_{first.id}_name": "Kit Ray"})
    again = shown(client.post(here, data=old).text)
    assert client.post(here, data=again).status_code == 303 and on(place) == [(1, 1, "Kit Ray"), (1, 2, "Bo Day")]


def test_after_the_last_moment_the_page_says_so_and_a_place_without_badges_has_none(client: FlaskClient) -> None:
    event = fair()
    place, plain = stand(event), places.registered(event, people.person(), "Non-member")
    assert client.get(f"{address_of(plain)}/badges/{plain.id}").status_code == 404
    assert client.get(f"{address_of(plain)}/badges/{place.id}").status_code == 404
    assert event.starts_at is not None
    with time_machine.travel(event.starts_at + timedelta(minutes=1), tick=False):
        answer = client.get(f"{address_of(place)}/badges/{place.id}", follow_redirects=True)
        assert "Badges could be named until" in answer.text and "Name the badges" not in answer.text


def test_one_more_table_is_added_later_with_its_badges(client: FlaskClient) -> None:
    event = fair()
    place = with_table(event, KIT)
    here = f"{address_of(place)}/things/{place.id}"
    assert "$300.00, with 2 badges" in client.get(here).text
    assert client.post(here, data={f"add_on_{table(event)}": "1", "seen": "30000"}).status_code == 303
    assert "Kit Ray (Bright Books), 3 names to follow" in read(client, address_of(place))
    assert "Exhibitor table, no. 2" in client.get(f"{address_of(place)}/badges/{place.id}").text


@pytest.fixture
def organizer(client: FlaskClient, sign_in: Any) -> FlaskClient:
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


def seen_by_organizer() -> tuple[Event, Registration]:
    """A fair with one table: one badge is of somebody with a seat, one of somebody without, and one table to be named."""
    event = fair()
    places.registered(event, people.person("Maria", "Lopez"), "Non-member")
    place = stand(event, Written("Maria Lopez"), BO)
    with_table(event)
    return event, place


def test_the_organizer_sees_each_badge_once_counted_on_the_list_of_people(organizer: FlaskClient) -> None:
    event, _ = seen_by_organizer()
    base = f"/manage/events/{event.slug}/people"
    assert "3 confirmed (2 of 20 seats taken)" in read(organizer, base)  # the stand is confirmed, and takes none
    assert "4 badges of tables besides: 2 named, 2 to follow; 1 of the named has a place too" in parse(organizer.get(base).text).text
    page = parse(organizer.get(f"{base}/badges").text).text
    assert "2 of 4 named" in page and "Bo Day" in page and "Registered: has one by the place" in page and page.count("To follow") == 2


def test_the_files_have_the_badges_and_the_sheet_nobody_twice(organizer: FlaskClient) -> None:
    event, _ = seen_by_organizer()
    base = f"/manage/events/{event.slug}/people"
    rows = list(csv.reader(io.StringIO(organizer.get(f"{base}.csv").text.lstrip("\ufeff"))))
    badges = [(row[1], row[3], row[5], row[11]) for row in rows if row[11].startswith("Badge")]
    assert badges == [("Bo Day", "Bright Books", "Exhibitor, badge 2 of 2", "Badge"),
                      ("Maria Lopez", "", "Exhibitor, badge 1 of 2", "Badge, registered besides"),
                      ("", "", "Exhibitor table, badge 1 of 2", "Badge, name to follow"),
                      ("", "", "Exhibitor table, badge 2 of 2", "Badge, name to follow")]
    assert "Bo Day" not in organizer.get(f"{base}.csv?q=maria").text
    assert "Exhibitor, badge 2 of 2" in str(sheets.xlsx_rows(organizer.get(f"{base}.xlsx").data))
    sheet = list(csv.reader(io.StringIO(organizer.get(f"{base}/badges.csv").text.lstrip("\ufeff"))))[1:]
    assert [row[0] for row in sheet].count("Maria Lopez") == 2  # herself, and the namesake who bought the second table
    assert [row for row in sheet if row[2].startswith("Exhib")] == [
        ["Bo Day", "Bright Books", "Exhibitor"], *[["Not yet named", "", "Exhibitor table"]] * 2]


def test_staff_name_badges_on_the_page_of_the_place(organizer: FlaskClient) -> None:
    event, place = seen_by_organizer()
    here = f"/manage/events/{event.slug}/people/{place.id}"
    assert f"{here}/badges" in organizer.get(here).text
    first = reading.of_places([place.id])[0].id
    named = form_at(organizer, f"{here}/badges") | {f"badge_{first}_name": "Eva Holm"}
    assert organizer.post(f"{here}/badges", data=named).location == here
    assert on(place)[0][2] == "Eva Holm"
    wrong = organizer.post(f"{here}/badges", data=form_at(organizer, f"{here}/badges") | {f"badge_{first}_email": "eva at"})
    assert wrong.status_code == 422 and 'value="eva at"' in wrong.text


def test_the_list_of_badges_costs_the_same_with_one_and_with_many(organizer: FlaskClient, query_count: Any) -> None:
    event = events.workshop(types=[STAND, *events.member_prices(1, 1)], capacity=None)
    offers.replace(event.id, offers.Offers([offers.TypeSpec(**{**vars(one), "capacity": 40}) if one.name == "Exhibitor" else one
                                            for one in offers.of_event(event.id).types]), actor_id=None)
    stand(event, KIT)
    address = f"/manage/events/{event.slug}/people/badges"
    organizer.get(address)
    with query_count() as one:
        organizer.get(address)
    for _ in range(29):
        stand(event, KIT, BO)
    with query_count() as thirty:
        organizer.get(address)
    assert len(one) == len(thirty) <= 6


def test_the_door_lists_who_is_let_in_by_a_badge(client: FlaskClient, sign_in: Any, frozen: Any) -> None:
    event, _ = seen_by_organizer()
    frozen.move_to(hours.minute(events.sessions(event)[0], -30))
    sign_in(client, people.person(roles=[("door", {"event_id": event.id})]))
    page = parse(client.get(f"/door/{event.slug}").text)
    listed = [one.text for one in page.all("li")]
    assert "Bo Day Bright Books · Exhibitor · badge 2 of 2" in listed and not any("Maria" in one for one in listed)
    assert "of 2 are in" in page.text  # who has a seat; a stand gives none
    assert "Bo Day" in client.get(f"/door/{event.slug}?q=bright").text and "Bo Day" not in client.get(f"/door/{event.slug}?q=maria").text


def test_an_organizer_sets_badges_and_takes_the_seat_away_in_the_form_of_prices(organizer: FlaskClient) -> None:
    event = events.draft("Fair")
    typed = {"types-0-name": "Exhibitor", "types-0-price": "350", "types-0-takes_no_seat": "1", "types-0-badges": "2",
             "add_ons-0-name": "Table", "add_ons-0-prices": "300", "add_ons-0-badges": "3"}
    address = f"/manage/events/{event.slug}/prices"
    assert organizer.post(address, data=typed).status_code == 303
    sold = offers.of_event(event.id)
    assert [(one.takes_seat, one.badges) for one in sold.types] == [(False, 2)] and [one.badges for one in sold.add_ons] == [3]
    shown = parse(organizer.get(address).text)
    assert "checked" in shown.one("input", name="types-0-takes_no_seat").attributes
    assert shown.one("input", name="add_ons-0-badges").attributes["value"] == "3"
    wrong = organizer.post(address, data=typed | {"add_ons-0-badges": "11"})
    assert wrong.status_code == 422 and "Up to 10 badges come with one." in wrong.text and 'value="11"' in wrong.text


def test_a_tables_buyer_gets_no_hours_and_no_seat_in_the_calendar(client: FlaskClient) -> None:
    place = stand(fair(), KIT)
    page = client.get(address_of(place)).text
    assert "What is ahead" not in page and "without a seat" in page
    assert "In your calendar" not in page
    other = with_table(fair(title="Another"))
    assert "In your calendar" in client.get(address_of(other)).text


@pytest.mark.parametrize("typed", ["zoe", "Quill", "zoe quill", "bright", "zoe@books"])
def test_the_organizer_finds_who_bought_the_badge_by_what_stands_on_it(client: FlaskClient, sign_in: Any, typed: str) -> None:
    event = fair()
    place = stand(event, KIT, Written("Zoe Quill", "Bright & Co", "zoe@books.example"))
    places.registered(event, people.person("Some", "Other"), "Non-member")
    sign_in(client, people.person(roles=["organizer"]))
    page = read(client, f"/manage/events/{event.slug}/people?q={typed}")
    name = db.session.get_one(Person, place.person_id).family_name
    assert name in page and "Other, Some" not in page and "Zoe Quill (Bright & Co)" in page
    assert "badge" + ("s: Kit Ray" if typed == "bright" else ": Zoe") in page


def test_nobody_is_found_by_a_badge_of_somebody_elses(client: FlaskClient, sign_in: Any) -> None:
    event = fair()
    stand(event, KIT)
    sign_in(client, people.person(roles=["organizer"]))
    assert "Nobody fits" in read(client, f"/manage/events/{event.slug}/people?q=zoe")
