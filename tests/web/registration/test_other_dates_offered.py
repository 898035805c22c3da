"""Another date and putting off are offered where the act would accept them, on every page; many places cost no more statements."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.actions.registration.test_transferring import dates
from tests.factories import events, people
from tests.factories import registrations as places
from tests.flows.payments.test_approvals import asked, question, token
from tests.support import till as tills
from tests.support.counting import query_count
from tests.web.registration.test_deferring import POLICY, TODAY, paid
from webapp.accounts import agencies, roles
from webapp.attendance import presences
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import approvals, balance, receipts
from webapp.payments.receipts import Received
from webapp.registration import orders
from webapp.registration.models import Order, Registration, Seat
from webapp.registration.offers import GroupRuleSpec
from webapp.registration.orders import Buyer

DEFER, MOVE = "Put it off to a later date", "Move to another date"


def pay(order_id, cents):
    with transaction():
        receipts.record(order_id, Received("cheque", cents, TODAY, tills.ZONE, "1"), by_id=None)


def ruled(event, **rules):
    """The event's policy says this too."""
    policy = db.session.get_one(CancellationPolicy, event.cancellation_policy_id)
    policy.rules = policy.rules | rules


def offers(client, *pages):
    """What of the two each page offers: all say the same."""
    found = {tuple(words for words in (DEFER, MOVE) if words in client.get(page).text) for page in pages}
    assert len(found) == 1, found
    return found.pop()


@pytest.fixture
def seen(client, sign_in):
    """What the pages of a person's place offer, the order's and her own."""
    def at(person, place):
        sign_in(client, person)
        return offers(client, f"/orders/{tills.ref(place.order_id)}", f"/me/registrations/{place.id}")
    return at


def test_a_paid_place_of_a_course_is_offered_both(seen):
    person, place, _, _ = paid()
    assert seen(person, place) == (DEFER, MOVE)


@pytest.mark.parametrize("cents", [0, 6_000])
def test_what_is_not_paid_in_full_is_not_put_off(seen, cents):
    person, place, _, _ = paid(cents=cents)
    assert seen(person, place) == (MOVE,)


def test_what_costs_nothing_is_not_put_off(seen):
    with transaction():
        one, _ = dates(events.workshop("Sleep", policy=POLICY, member=0, non_member=0), events.workshop("Again", starts=events.at(60)))
        person = people.person()
        place = places.registered(one, person, method="free")
    assert seen(person, place) == (MOVE,)


def test_what_was_put_off_as_often_as_can_be_is_not_again(client, sign_in, seen):
    person, place, other, order = paid(later=15_000)
    with transaction():
        policy = db.session.get_one(Event, place.event_id).cancellation_policy_id
        db.session.get_one(Event, other.id).cancellation_policy_id = policy
    client.post(f"{order}/defer/{place.id}")
    with transaction():
        again = places.held(other, person)
    with transaction():
        balance.use(again.order_id, None, today=TODAY, by_id=None)
    assert seen(person, again) == (MOVE,)


def test_an_event_of_no_course_has_no_other_date(seen):
    with transaction():
        person = people.person()
        place = places.registered(events.workshop("Alone", policy=POLICY), person, method="card")
    pay(place.order_id, 15_000)
    assert seen(person, place) == ()


def test_where_no_other_date_is_open_the_place_may_wait_and_not_move(client, seen):
    person, place, other, order = paid()
    with transaction():
        db.session.execute(update(Event).where(Event.id == other.id).values(closes_at=clock.now()))
    assert seen(person, place) == (DEFER,)
    assert client.get(f"{order}/transfer/{place.id}").location == order
    assert "No other date of this course is open for registration now." in client.get(order).text


def test_a_place_that_was_attended_stays_where_it_is(client, seen, frozen):
    person, place, _, order = paid()
    with transaction():
        event = db.session.get_one(Event, place.event_id)
        ruled(event, transfer={"until_days": 0}, deferral={"until_days": 0, "times": 1, "months": 12, "then_months": 0})
    frozen.move_to(event.starts_at - timedelta(hours=2))
    assert seen(person, place) == (DEFER, MOVE)
    with transaction():
        session_id = db.session.scalars(select(Seat.session_id).filter_by(registration_id=place.id)).first()
        presences.record(person.id, session_id, event.starts_at, event.ends_at, source="roster", by_id=None)
    assert seen(person, place) == ()
    for act in ("transfer", "defer"):
        client.get(f"{order}/{act}/{place.id}")
        assert "A session was attended on this place already" in client.get(order).text


def grouped(count, below="reprice"):
    """A paid order of so many places at a group price from three, in a course whose policy puts off."""
    with transaction():
        one = events.workshop("Sleep", policy=POLICY, group_rules=[GroupRuleSpec(3, 1_000)], capacity=60)
        one, _ = dates(one, events.workshop("Sleep again", starts=events.at(60)))
        ruled(one, group_below=below)
        held = orders.hold(one.id, [places.attendee(one, people.person("P", str(at))) for at in range(count)],
                           Buyer("Joan", "joan@home.example"))
        orders.place(held.order_id, "card")
    pay(held.order_id, count * 13_500)
    return held.order_id


@pytest.mark.parametrize(("count", "below", "offered"), [(3, "reprice", 0), (3, "keep", 3), (4, "reprice", 4)])
def test_who_would_cost_the_others_their_group_price_is_not_put_off_while_nothing_pays_for_that(client, count, below, offered):
    assert client.get(f"/orders/{tills.ref(grouped(count, below))}").text.count(DEFER) == offered


def approved(count):
    """A paid order of places in a course, which Dane County approved: its number."""
    with transaction():
        one = events.workshop(f"Sleep {count}", policy=POLICY, capacity=60)
        one, _ = dates(one, events.workshop(f"Sleep again {count}", starts=events.at(60)))
        held = orders.hold(one.id, [places.attendee(one, people.person("P", str(at))) for at in range(count)],
                           Buyer("Joan", "joan@home.example"))
    asked(held.order_id)
    with transaction():
        approvals.approve(question(held.order_id).id)
    return held.order_id


def test_the_approvers_page_offers_it_once_it_is_paid(client):
    order_id = approved(2)
    page = f"/approve/{token(order_id)}"
    assert offers(client, page) == (MOVE,)
    pay(order_id, 30_000)
    assert client.get(page).text.count(DEFER) == 2


def test_a_supervisor_is_offered_on_the_orders_page_what_its_agency_decides(client, sign_in):
    with transaction():
        agency = agencies.create("Dane County", actor_id=None, billing_email="dana@dane.example")
        boss = people.person()
        roles.grant(boss.id, "supervisor", agency_id=agency.id, actor_id=None)
    order_id = approved(1)
    page = f"/orders/{tills.ref(order_id)}"
    sign_in(client, boss)
    assert offers(client, page) == (MOVE,)
    pay(order_id, 15_000)
    assert offers(client, page) == (DEFER, MOVE)


def test_who_was_there_is_asked_once_for_both(client):
    page = f"/orders/{tills.ref(grouped(4))}"
    with query_count() as statements:
        text = client.get(page).text
    assert DEFER in text and MOVE in text
    assert sum("FROM presence" in one for one in statements) == 1


@pytest.mark.parametrize("make", [lambda many: f"/orders/{tills.ref(grouped(many))}",
                                  lambda many: f"/approve/{token(approved(many))}"], ids=["order", "approver"])
def test_many_places_cost_no_more_statements_than_a_few(client, make):
    counted = []
    for many in (4, 14):
        page = make(many)
        client.get(page)
        with query_count() as statements:
            assert client.get(page).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_her_own_page_costs_no_more_when_its_order_has_many(client, sign_in):
    counted = []
    for many in (4, 14):
        with transaction():
            joan = people.person("Joan", f"Tate {many}")
        order_id = grouped(many)
        with transaction():
            db.session.execute(update(Order).where(Order.id == order_id).values(placed_by_id=joan.id))
        sign_in(client, joan)
        page = f"/me/registrations/{db.session.scalars(select(Registration.id).filter_by(order_id=order_id)).first()}"
        client.get(page)
        with query_count() as statements:
            assert DEFER in client.get(page).text
        counted.append(len(statements))
    assert counted[0] == counted[1]
