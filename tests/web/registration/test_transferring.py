"""A place moves to another date: by who pays, on the order's page; by staff, on the page of the place."""

from datetime import date
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.actions.payments import test_deferring as deferrals
from tests.actions.registration.test_transfer_pools import drawn
from tests.actions.registration.test_transferring import dates, moved
from tests.factories import events, hours, people, setasides
from tests.factories import registrations as places
from tests.web.registration.test_places import address, ordered
from tests.web.registration.test_substituting import paid_by_cheque
from webapp.accounts import agencies
from webapp.accounts.models import Person
from webapp.catalog import parts
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import balances, invoices
from webapp.payments.models import Refund
from webapp.registration.models import Order, Registration


def page_of(place: Registration) -> str:
    return f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def form_of(place: Registration) -> str:
    return f"{page_of(place)}/transfer/{place.id}"


def state(place: Registration) -> str:
    return db.session.get_one(Registration, place.id, populate_existing=True).state


def dearer() -> tuple[Event, Event]:
    return dates(events.workshop(), events.workshop("Later", starts=events.at(60), non_member=18_000))


def test_the_dates_then_the_money_then_the_move(client: FlaskClient) -> None:
    _, later = dearer()
    place = places.registered(_, people.person())
    assert form_of(place) in client.get(page_of(place)).text
    assert "Later, Madison" in client.get(form_of(place)).text
    review = client.post(form_of(place), data={"event": str(later.id)}).text
    assert "$30.00 more is owed." in review and "$180.00" in review and state(place) == "confirmed"
    done = client.post(form_of(place), data={"event": str(later.id), "seen": "3000"})
    assert (done.status_code, done.location, state(place)) == (303, page_of(place), "transferred")
    page = client.get(page_of(place)).text
    assert "Moved to another date" in page and page.count("Later") > 0 and "$180.00" in page


def test_more_is_billed_by_an_invoice_of_its_own(client: FlaskClient) -> None:
    one, later = dearer()
    place = places.registered(one, people.person())
    invoices.issue(place.order_id)
    client.post(form_of(place), data={"event": str(later.id), "seen": "3000"})
    assert [bill.invoice.total_cents for bill in invoices.of_order(place.order_id)] == [15_000, 3_000]


def test_what_is_paid_beyond_goes_back_and_the_rest_pays_the_new_lines(client: FlaskClient) -> None:
    one, other = dates(events.workshop(), events.workshop("Later", starts=events.at(60), non_member=11_000))
    place = places.registered(one, people.person())
    paid_by_cheque(place)
    client.post(form_of(place), data={"event": str(other.id), "seen": "-4000"})
    balance = balances.of_order(place.order_id, clock.today("America/Chicago"))
    assert db.session.scalars(select(Refund.amount_cents)).all() == [4_000]
    assert (balance.owed_cents, balance.allocated_cents, balance.unplaced_cents) == (11_000, 11_000, 0)


def test_a_full_date_is_shown_with_its_waitlist_and_refused(client: FlaskClient) -> None:
    one, other = dates(capacity=1)
    place = places.registered(one, people.person())
    places.registered(other, people.person("Bo", "Berg"))
    page = client.get(form_of(place)).text
    assert f'href="/events/{other.slug}/waitlist"' in page and "Full." in page
    refused = client.post(form_of(place), data={"event": str(other.id), "seen": "0"})
    assert refused.status_code == 422 and "are full" in refused.text and state(place) == "confirmed"


def test_without_another_date_the_page_says_so(client: FlaskClient) -> None:
    place = places.registered(events.workshop(), people.person())
    assert client.get(form_of(place)).location == page_of(place)
    assert "No other date of this course" in client.get(page_of(place)).text
    sent = client.post(form_of(place), data={})
    assert (sent.status_code, "No other date of this course" in sent.text) == (422, True)


def test_another_price_than_the_one_shown_is_shown_first(client: FlaskClient) -> None:
    one, later = dearer()
    place = places.registered(one, people.person())
    answer = client.post(form_of(place), data={"event": str(later.id), "seen": "0"})
    assert "The price changed since you opened this page." in answer.text and state(place) == "confirmed"


def test_the_old_page_of_an_attendee_closes_and_her_new_one_opens(client: FlaskClient) -> None:
    one, other = dates(mode="online", online_url="https://meet.example/old", link_opens_minutes=100_000)
    ana, = ordered(one, "Ana")
    new = db.session.get_one(Registration, moved(ana, other).registration_id)
    assert "meet.example" not in client.get(address(ana)).text and "Moved" in client.get(address(ana)).text
    assert "meet.example" in client.get(address(new)).text


def test_who_was_present_does_not_move(client: FlaskClient, sign_in: Any, frozen: time_machine.Traveller) -> None:
    one, other = dates(days=2)
    place = places.registered(one, people.person())
    frozen.move_to(events.sessions(one)[0].starts_at)
    hours.present(db.session.get_one(Person, place.person_id), events.sessions(one)[0])
    sign_in(client, people.person("Olga", "Ruiz", roles=["organizer"]))
    answer = client.post(f"/manage/events/{one.slug}/people/{place.id}/transfer", data={"event": str(other.id), "reason": "Ill"})
    assert answer.status_code == 422 and "hours go to who was present" in answer.text and state(place) == "confirmed"


def test_a_stranger_finds_nothing(client: FlaskClient) -> None:
    place = places.registered(events.workshop(), people.person())
    other = places.registered(events.workshop("Other"), people.person("Bo", "Berg"))
    assert client.get(f"/orders/AAAA/transfer/{place.id}").status_code == 404
    assert client.get(f"{page_of(other)}/transfer/{place.id}").status_code == 404


def test_staff_move_a_place_to_any_event_of_theirs_with_a_reason(client: FlaskClient, sign_in: Any) -> None:
    one, other = events.workshop(), events.workshop("Elsewhere", starts=events.at(60), non_member=18_000)
    place = places.registered(one, people.person())
    sign_in(client, people.person("Olga", "Ruiz", roles=["organizer"]))
    here = f"/manage/events/{one.slug}/people/{place.id}"
    assert f"{here}/transfer" in client.get(here).text
    wanted = {"slug": f"https://attune.test/events/{other.slug}", "same_price": "y"}
    assert client.post(f"{here}/transfer", data=wanted).status_code == 422
    assert "Nothing changes about the money." in client.post(f"{here}/transfer", data={**wanted, "reason": "Phone"}).text
    done = client.post(f"{here}/transfer", data={**wanted, "reason": "Phone", "seen": "0"})
    new = db.session.scalars(select(Registration).filter_by(replaces_id=place.id)).one()
    assert (done.location, state(place)) == (f"/manage/events/{other.slug}/people/{new.id}", "transferred")


def test_staff_read_that_money_put_off_does_not_go_along_to_another_course(client: FlaskClient, sign_in: Any) -> None:
    _, later, before = deferrals.course()
    deferrals.put_off(before)
    order_id = deferrals.wanted(later, before)
    deferrals.use(order_id)
    place = db.session.scalars(select(Registration).filter_by(order_id=order_id)).one()
    elsewhere = deferrals.other_event()
    sign_in(client, people.person("Olga", "Ruiz", roles=["organizer"]))
    to, words = f"/manage/events/{later.slug}/people/{place.id}/transfer", "$150.00 of what is paid was put off once"
    there = {"slug": elsewhere.slug, "reason": "Phone"}
    page = client.post(to, data=there).text
    assert words in page and "Nothing changes" not in page
    assert words not in client.post(to, data={**there, "slug": db.session.get_one(Event, before.event_id).slug}).text
    client.post(to, data={**there, "seen": "0"})
    assert (state(place), balances.of_order(order_id, date(2026, 7, 15)).open_cents) == ("transferred", 15_000)
    assert deferrals.lots(order_id)[-1][0] == 15_000


@pytest.mark.parametrize("slug", ["", "no-such-event"])
def test_staff_are_told_when_there_is_no_such_event(client: FlaskClient, sign_in: Any, slug: str) -> None:
    one = events.workshop()
    place = places.registered(one, people.person())
    sign_in(client, people.person("Olga", "Ruiz", roles=["organizer"]))
    answer = client.post(f"/manage/events/{one.slug}/people/{place.id}/transfer", data={"slug": slug, "reason": "Phone"})
    assert answer.status_code == 422 and "Choose one of the dates." in answer.text


def test_the_page_costs_the_same_with_1_and_with_20_dates(client: FlaskClient, query_count: Any) -> None:
    one, _ = dates()
    page, course = form_of(places.registered(one, people.person())), parts.course("SLEEP", "Sleep")
    with query_count() as few:
        client.get(page)
    for number in range(19):
        events.workshop(f"Date {number}", starts=events.at(70 + number)).course_id = course.id
    db.session.flush()
    with query_count() as many:
        client.get(page)
    assert len(few) == len(many)


def test_a_full_date_can_be_chosen_where_the_agencys_pool_has_a_seat(client: FlaskClient) -> None:
    one, other = dates(capacity=1)
    ours = agencies.create("Lakeshore Home Visiting", actor_id=None)
    setasides.allotment(one, ours, 1)
    setasides.allotment(other, ours, 1)
    place = drawn(one, ours)
    page = client.get(form_of(place)).text
    assert "Full, 1 kept for Lakeshore Home Visiting." in page and f"/events/{other.slug}/waitlist" not in page
    review = client.post(form_of(place), data={"event": str(other.id)}).text
    assert "The place there is one of those kept for Lakeshore Home Visiting." in review and 'value="k0"' in review
    assert "The seat here goes back to those kept for Lakeshore Home Visiting." in review
    done = client.post(form_of(place), data={"event": str(other.id), "seen": "k0"})
    assert (done.status_code, state(place)) == (303, "transferred")


def test_a_kept_seat_that_went_meanwhile_is_said_before_anything_happens(client: FlaskClient) -> None:
    one, other = dates()
    ours = agencies.create("Lakeshore Home Visiting", actor_id=None)
    setasides.allotment(one, ours, 1)
    place = drawn(one, ours)
    answer = client.post(form_of(place), data={"event": str(other.id), "seen": "k0"}).text
    assert "What is kept for the agency at the other date changed" in answer and state(place) == "confirmed"
    assert "it is taken from those open to everybody" in answer and 'value="0"' in answer


def test_staff_see_where_the_seat_comes_from(client: FlaskClient, sign_in) -> None:
    one, other = dates()
    ours = agencies.create("Lakeshore Home Visiting", actor_id=None)
    setasides.allotment(one, ours, 1)
    setasides.allotment(other, ours, 1)
    place = drawn(one, ours)
    sign_in(client, people.person("Olga", "Ruiz", roles=["organizer"]))
    form = f"/manage/events/{one.slug}/people/{place.id}/transfer"
    assert "1 kept for Lakeshore Home Visiting" in client.get(form).text
    review = client.post(form, data={"event": str(other.id), "reason": "She asked"}).text
    assert "The place there is one of those kept for Lakeshore Home Visiting." in review
    assert client.post(form, data={"event": str(other.id), "reason": "She asked", "seen": "k0"}).status_code == 303
