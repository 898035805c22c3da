"""A place is put off: by who pays, on the order's page; by staff, on the page of the place; then a date is chosen."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import till as tills
from tests.support.html import parse
from webapp.catalog.models import Event
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.payments import balance, receipts
from webapp.payments.models import BalanceLot
from webapp.payments.receipts import Received
from webapp.registration.models import Order, Registration

TODAY, POLICY = date(2026, 7, 15), "two-weeks-then-put-off"


def paid(policy: str = POLICY, cents: int = 15_000, later: int = 18_000):
    """Two dates of a course, somebody's paid place in the first, and the address of its order."""
    with transaction():
        one, other = dates(events.workshop("Sleep", policy=policy), events.workshop("Sleep again", starts=events.at(60), non_member=later))
        person = people.person()
        place = places.registered(one, person, method="card")
        if cents:
            receipts.record(place.order_id, Received("cheque", cents, TODAY, tills.ZONE, "1"), by_id=None)
    return person, place, other, f"/orders/{db.session.get_one(Order, place.order_id).ref}"


def state(place: Registration) -> str:
    return db.session.get_one(Registration, place.id, populate_existing=True).state


def kept() -> list[int]:
    return list(db.session.scalars(select(BalanceLot.left_cents)))


def test_what_is_kept_then_the_act_then_the_dates(client: FlaskClient) -> None:
    _, place, other, order = paid()
    form = f"{order}/defer/{place.id}"
    assert form in client.get(order).text
    page = client.get(form).text
    assert "$150.00 is kept for another date of this course until Thu 15 Jul 2027." in page
    assert "What is not used by then is not paid back." in page and state(place) == "confirmed"
    done = client.post(form)
    assert (done.status_code, done.location, state(place), kept()) == (303, form, "cancelled", [15_000])
    after = client.get(form).text
    assert "$150.00 for a date of this course until Thu 15 Jul 2027." in after and f'href="/events/{other.slug}/register"' in after
    again = client.get(order).text
    assert "The place was put off." in again and form in again


def test_a_double_click_puts_off_once(client: FlaskClient) -> None:
    _, place, _, order = paid()
    codes = [client.post(f"{order}/defer/{place.id}").status_code for _ in range(2)]
    assert (codes, kept()) == ([303, 303], [15_000])


def test_a_later_date_is_paid_with_it_and_the_rest_by_card(client: FlaskClient, sign_in) -> None:
    person, place, other, order = paid()
    client.post(f"{order}/defer/{place.id}")
    sign_in(client, person)
    with transaction():
        ref = db.session.get_one(Order, places.held(other, person).order_id).ref
    page = client.get(f"/orders/{ref}/balance").text
    assert "Usable for this order" in page and "$150.00" in page
    assert client.post(f"/orders/{ref}/balance").location == f"/orders/{ref}/review"
    assert "$30.00" in client.get(f"/orders/{ref}/review").text and kept() == [0]


def test_once_a_date_is_taken_nothing_offers_to_choose_one(client: FlaskClient, sign_in) -> None:
    person, place, other, order = paid(later=15_000)
    client.post(f"{order}/defer/{place.id}")
    sign_in(client, person)
    with transaction():
        ref = db.session.get_one(Order, places.held(other, person).order_id).ref
    client.post(f"/orders/{ref}/balance")
    for page in (order, f"/me/registrations/{place.id}"):
        text = client.get(page).text
        assert "Choose a later date" not in text and "What became of it" in text
    assert "does not wait any more" in client.get(order).text and "Nothing is left of it" in client.get(f"{order}/defer/{place.id}").text


def test_once_its_time_is_over_nothing_offers_to_choose_a_date(client: FlaskClient, frozen) -> None:
    _, place, _, order = paid()
    client.post(f"{order}/defer/{place.id}")
    assert "Choose a later date" in client.get(order).text
    frozen.shift(366 * 86400)
    assert "Choose a later date" not in client.get(order).text


def test_staff_read_that_it_is_kept_and_not_that_it_was_refunded(client: FlaskClient, sign_in) -> None:
    _, place, _, order = paid()
    client.post(f"{order}/defer/{place.id}")
    with transaction():
        staff = people.person(roles=["organizer"])
    sign_in(client, staff)
    base = f"/manage/events/{db.session.get_one(Event, place.event_id).slug}/people"
    table = parse(client.get(f"{base}?state=any").text).one("tbody").text
    assert "Kept for a later date" in table and "Put off" in table and "Refunded" not in table and "Cancelled" not in table
    assert "Lopez" in client.get(f"{base}?state=any&money=kept").text
    assert "Nobody fits" in client.get(f"{base}?state=any&money=refunded").text
    page = parse(client.get(f"{base}/{place.id}").text).one("main").text
    assert "Kept for a later date" in page and "Refunded" not in page


def test_for_another_course_the_page_offers_none_of_it(client: FlaskClient, sign_in) -> None:
    person, place, _, order = paid()
    client.post(f"{order}/defer/{place.id}")
    sign_in(client, person)
    with transaction():
        ref = db.session.get_one(Order, places.held(events.workshop("Something else"), person).order_id).ref
    page = client.get(f"/orders/{ref}/balance").text
    assert "pays for a date of its course only" in page and "Use $" not in page
    assert client.post(f"/orders/{ref}/balance").status_code == 422 and kept() == [15_000]


def test_a_full_date_leads_to_its_line(client: FlaskClient) -> None:
    _, place, other, order = paid()
    with transaction():
        for _ in range(20):
            places.registered(other, people.person())
    client.post(f"{order}/defer/{place.id}")
    page = client.get(f"{order}/defer/{place.id}").text
    assert f'href="/events/{other.slug}/waitlist"' in page and f"/events/{other.slug}/register" not in page


@pytest.mark.parametrize(("policy", "cents", "words"), [
    ("seven-days-less-20", 15_000, "By the rules of this event a place cannot be put off."),
    (POLICY, 6_000, "Only a place that is paid in full can be put off."), (POLICY, 0, "Only a place that is paid in full can be put off.")])
def test_what_cannot_be_put_off_says_why(client: FlaskClient, policy, cents, words) -> None:
    _, place, _, order = paid(policy, cents)
    for method in ("GET", "POST"):
        answer = client.open(f"{order}/defer/{place.id}", method=method)
        assert (answer.status_code, answer.location) == (303, order)
        assert words in client.get(order).text
    assert (state(place), kept()) == ("confirmed", [])


def test_the_place_of_another_order_is_not_there(client: FlaskClient) -> None:
    _, place, _, _ = paid()
    with transaction():
        other = places.registered(events.workshop("Something else"), people.person())
    ref = db.session.get_one(Order, other.order_id).ref
    assert [client.open(f"/orders/{ref}/defer/{place.id}", method=one).status_code for one in ("GET", "POST")] == [404, 404]


def test_her_registrations_say_what_waits(client: FlaskClient, sign_in) -> None:
    person, place, _, order = paid()
    client.post(f"{order}/defer/{place.id}")
    sign_in(client, person)
    assert "$150.00 is kept for another date until Thu 15 Jul 2027." in client.get("/me/registrations").text
    assert "Put off" in client.get("/me/registrations?show=past").text
    assert "Choose a later date" in client.get(f"/me/registrations/{place.id}").text


def test_staff_put_off_with_a_reason_whatever_the_policy(client: FlaskClient, sign_in) -> None:
    _, place, _, _ = paid("seven-days-less-20")
    with transaction():
        staff = people.person(roles=["organizer"])
    sign_in(client, staff)
    here = f"/manage/events/{db.session.get_one(Event, place.event_id).slug}/people/{place.id}"
    assert "Put the place off" in client.get(here).text
    client.post(f"{here}/defer", data={"reason": ""})
    assert (state(place), "Say why the place is put off" in client.get(here).text) == ("confirmed", True)
    client.post(f"{here}/defer", data={"reason": "Her child is ill"})
    assert (state(place), kept()) == ("cancelled", [15_000])
    assert db.session.scalars(select(AuditEntry.reason).filter_by(action="registration.put_off")).one() == "Her child is ill"
    assert "$150.00 of it waits for another date of Sleep until" in client.get(here).text


def test_finance_sees_what_is_owed_to_later_dates(client: FlaskClient, sign_in) -> None:
    _, place, _, order = paid()
    client.post(f"{order}/defer/{place.id}")
    with transaction():
        staff = people.person(roles=["finance"])
    sign_in(client, staff)
    page = client.get("/manage/finance/balances").text
    assert "$150.00 of it for later dates of places that were put off" in page and "(only Sleep)" in page
    payer_id = db.session.get_one(Order, place.order_id).payer_id
    assert "Only for a later date of Sleep" in client.get(f"/manage/finance/balances/{payer_id}").text
    assert balance.of(payer_id, TODAY)[0].left_cents == 15_000


def test_finance_reads_of_a_part_given_back_that_it_goes_the_way_it_came(client: FlaskClient, sign_in) -> None:
    """It waits for another date of the course, and nothing of it is on its way to anybody."""
    person, place, other, order = paid(later=15_000)
    client.post(f"{order}/defer/{place.id}")
    with transaction():
        staff = people.person(roles=["finance"])
        ref = db.session.get_one(Order, places.held(other, person).order_id).ref
    client.post(f"/orders/{ref}/balance")
    sign_in(client, staff)
    said = client.post(f"/manage/finance/orders/{ref}/refund", data={"amount": "40.00", "reason": "Half of it", "lowers": "1"},
                       follow_redirects=True).text
    assert (kept(), "$40.00 goes back the way it came." in said, "on the way back" in said) == ([0, 4_000], True, False)


def test_cancelling_a_date_that_it_paid_promises_no_money(client: FlaskClient, sign_in) -> None:
    """On the order's page and on her own: it waits for the course again, and is not sent to any card."""
    person, place, other, order = paid(later=15_000)
    client.post(f"{order}/defer/{place.id}")
    sign_in(client, person)
    with transaction():
        later = places.held(other, person)
        ref = db.session.get_one(Order, later.order_id).ref
    client.post(f"/orders/{ref}/balance")
    for page in (f"/orders/{ref}/cancel/{later.id}", f"/me/registrations/{later.id}/cancel"):
        text = client.get(page).text
        assert "waits for another date of the same course again" in text and "to the card" not in text and "the way it came" not in text
    client.post(f"/orders/{ref}/cancel/{later.id}")
    assert "Choose a later date" in client.get(order).text
    assert "$130.00 for a date of this course" in client.get(f"{order}/defer/{place.id}").text


@pytest.mark.parametrize("days", [20, 5])
def test_what_cancelling_today_would_give_back_is_said_where_it_gives_back_anything(client: FlaskClient, frozen, days: int) -> None:
    """The policy gives money back until two weeks before, and puts off until three days before."""
    _, place, _, order = paid()
    starts = db.session.get_one(Event, place.event_id).starts_at
    frozen.move_to(starts - timedelta(days=days))
    page = client.get(f"{order}/defer/{place.id}").text
    assert "is kept for another date" in page and ("Cancelling today would give back $" in page) == (days == 20)


def test_an_event_of_no_course_promises_no_other_date(client: FlaskClient) -> None:
    with transaction():
        alone = places.registered(events.workshop("Alone", policy=POLICY), people.person(), method="card")
        receipts.record(alone.order_id, Received("cheque", 15_000, TODAY, tills.ZONE, "1"), by_id=None)
    _, _, _, order = paid()
    pages = [client.get(f"/orders/{db.session.get_one(Order, alone.order_id).ref}").text, client.get(order).text]
    assert ["put it off: $150.00 kept for another date" in page for page in pages] == [False, True]
