"""Balances on pages: the payer uses hers by the secret address, nobody else's; finance keeps, uses and gives back."""

from datetime import date

import pytest

from tests.factories import codes, events, people, registrations
from tests.support import till as tills
from tests.support.html import parse
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import balance, receipts
from webapp.payments.models import BalanceLot
from webapp.payments.queries import desk
from webapp.registration.models import Order, Payer

UNTIL = date(2027, 7, 15)


def paid(person, cents, method="card"):
    with transaction():
        order_id = registrations.registered(events.workshop(), person, method=method).order_id
        receipts.record(order_id, receipts.Received("cash", cents, clock.today(tills.ZONE), tills.ZONE), by_id=people.person().id)
    return order_id


def kept(person, cents=4_000, method="card"):
    order_id = paid(person, 15_000 + cents, method)
    with transaction():
        balance.keep(order_id, cents, expires_on=UNTIL, reason="Paid too much", by_id=None)
    return tills.ref(order_id)


def held(person):
    with transaction():
        return registrations.held(events.workshop(), person).order_id


@pytest.fixture
def payer():
    with transaction():
        return people.person()


@pytest.fixture
def finance(client, sign_in):
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(client, person)
    return client


def test_a_balance_pays_by_the_secret_address_of_the_order(client, payer):
    kept(payer)
    order_id = held(payer)
    at = f"/orders/{tills.ref(order_id)}"
    page = client.get(f"{at}/balance").get_data(as_text=True)
    assert ("$40.00 until Thu 15 Jul 2027" in page, "Use $40.00" in page) == (True, True)
    assert client.post(f"{at}/balance", data={}).location == f"{at}/review"
    assert (tills.balance(order_id).paid_cents, tills.state(order_id)) == (4_000, "held/held")


def test_after_a_part_of_the_balance_the_review_says_what_is_left_to_pay(client, payer):
    kept(payer)
    at = f"/orders/{tills.ref(held(payer))}"
    assert "Left to pay" not in client.get(f"{at}/review").text
    client.post(f"{at}/balance", data={})
    page = parse(client.get(f"{at}/review").text)
    lines = {row.one("dt").text: row.one("dd").text for one in page.all("dl", class_="sum") for row in one.all("div")}
    assert lines | {"In all": "$150.00", "Paid from your balance": "$40.00", "Left to pay": "$110.00"} == lines
    assert "Place the order, $110.00" in page.text


def test_a_balance_that_covers_all_leads_to_the_placed_order(client, payer):
    kept(payer, 20_000)
    order_id = held(payer)
    at = f"/orders/{tills.ref(order_id)}"
    assert (client.post(f"{at}/balance", data={}).location, tills.state(order_id)) == (at, "placed/confirmed")


def test_a_guest_names_the_order_her_balance_came_from(client):
    with transaction():
        first, again = (people.guest(email="ana@home.example") for _ in range(2))
        other = people.guest(email="other@home.example")
    ref, mine, others = kept(first), held(again), held(other)
    at = f"/orders/{tills.ref(others)}/balance"
    refused = client.post(at, data={"from_order": ref})
    assert (refused.status_code, "No order of yours has this number" in refused.get_data(as_text=True)) == (422, True)
    client.post(f"/orders/{tills.ref(mine)}/balance", data={"from_order": ref.lower(), "amount": "12.50"})
    assert (tills.balance(mine).paid_cents, tills.balance(others).paid_cents) == (1_250, 0)


def test_an_agencys_balance_is_not_used_by_whoever_has_the_address(client, payer):
    kept(payer, method="invoice")
    with transaction():
        order_id = registrations.registered(events.workshop(), payer).order_id
    at = f"/orders/{tills.ref(order_id)}/balance"
    assert "$40.00" not in client.get(at).get_data(as_text=True)
    assert (client.post(at, data={}).status_code, tills.balance(order_id).paid_cents) == (422, 0)


@pytest.mark.parametrize("typed", ["abc", "-4", "0", "40.01", "1,5,0", "99999999999"])
def test_an_amount_that_cannot_be_is_refused_and_kept_on_the_page(client, payer, typed):
    kept(payer)
    order_id = held(payer)
    answer = client.post(f"/orders/{tills.ref(order_id)}/balance", data={"amount": typed})
    assert (answer.status_code, typed in answer.get_data(as_text=True), tills.payments(order_id)) == (422, True, [])


def test_an_address_nobody_has_is_not_found(client):
    assert client.get("/orders/NOBODY/balance").status_code == 404


def test_finance_keeps_what_was_paid_too_much_and_uses_it(finance, payer):
    first, order_id = paid(payer, 19_000), held(payer)
    at = f"/manage/finance/orders/{tills.ref(first)}/keep"
    assert "40.00" in finance.get(at).get_data(as_text=True)
    finance.post(at, data={"amount": "40.00", "until": "2027-07-15", "reason": "Paid too much"})
    at = f"/manage/finance/orders/{tills.ref(order_id)}/balance"
    assert "40.00" in finance.get(at).get_data(as_text=True)
    finance.post(at, data={"amount": "40.00"})
    assert (tills.balance(first).unplaced_cents, tills.balance(order_id).paid_cents) == (0, 4_000)


def test_finance_keeps_unmatched_money_for_the_payer_of_an_order(finance, payer):
    ref = tills.ref(held(payer))
    with transaction():
        lost = receipts.record(None, receipts.Received("cash", 2_500, clock.today(tills.ZONE), tills.ZONE), by_id=payer.id).id
    at = f"/manage/finance/unmatched/{lost}"
    assert "Keep $25.00 as a balance" in finance.get(at).get_data(as_text=True)
    assert finance.post(f"{at}/keep", data={"keep-reason": "Said on the phone"}).status_code == 422
    assert finance.post(f"{at}/keep", data={"keep-reason": "On the phone", "keep-order_ref": ref}).location == "/manage/finance/balances"
    payer_id = db.session.query(Order.payer_id).filter_by(ref=ref).scalar()
    assert (sum(lot.left_cents for lot in balance.of(payer_id, clock.today(tills.ZONE))), desk.unmatched()) == (2_500, [])


def test_finance_gives_a_balance_back(finance, payer):
    kept(payer)
    payer_id = db.session.query(Payer.id).filter_by(person_id=payer.id).order_by(Payer.id.desc()).first()[0]
    at = f"/manage/finance/balances/{payer_id}"
    assert "A balance of $40.00" in finance.get(at).get_data(as_text=True)
    assert finance.post(f"{at}/refund", data={"back-amount": "40.01", "back-reason": "Moved"}).status_code == 422
    assert finance.post(f"{at}/refund", data={"back-amount": "40.00", "back-reason": "Moved"}).location == "/manage/finance/refunds"
    assert "Send it by hand" in finance.get("/manage/finance/refunds").get_data(as_text=True)


def test_a_lot_is_taken_back_from_its_page(finance, payer):
    kept(payer)
    at = f"/manage/finance/balances/lots/{db.session.query(BalanceLot.id).scalar()}/back"
    assert finance.get(at).status_code == 200
    finance.post(at, data={"reason": "A card refund instead"})
    assert [row.free_cents for row in desk.unmatched()] == [4_000]


@pytest.mark.parametrize("path", ["/manage/finance/balances", "/manage/finance/balances?show=expired", "/manage/finance/balances/{payer}"])
def test_lists_cost_the_same_with_many_rows(finance, payer, query_count, path):
    kept(payer)
    payer_id = db.session.query(Payer.id).filter_by(person_id=payer.id).first()[0]
    path = path.format(payer=payer_id)
    with query_count() as few:
        assert finance.get(path).status_code == 200
    for _ in range(6):
        kept(payer)
    with query_count() as many:
        assert finance.get(path).status_code == 200
    assert len(many) == len(few)


def test_an_order_that_costs_no_more_than_its_balance_paid_is_placed_by_it(client, payer):
    kept(payer, 10_000)
    order_id = held(payer)
    at = f"/orders/{tills.ref(order_id)}"
    with transaction():
        codes.code(events.workshop(), "HALF", percent=5_000)
    client.post(f"{at}/balance", data={})
    client.post(f"{at}/code", data={"code": "HALF"})
    assert client.post(f"{at}/place", data={"method": "card", "total": "7500"}).location == at
    assert (tills.state(order_id), tills.balance(order_id).paid_cents, tills.balance(order_id).owed_cents) == (
        "placed/confirmed", 10_000, 7_500)
