"""Funds as money: what was granted is seated, held or came back, and the grantor owes what the ledger says."""

from datetime import date

import pytest

from tests.factories import events, funds, people
from tests.factories import registrations as places
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import giving_back, receipts, sharing
from webapp.payments.queries import funds as queries
from webapp.payments.queries import movements
from webapp.registration import registrations
from webapp.registration.funds import giving
from webapp.registration.funds.models import Fund

TODAY = date(2026, 7, 15)


@pytest.fixture
def event():
    """A workshop of $150.00, of which the funds pay $40.00."""
    with transaction():
        return events.workshop(policy="seven-days-less-20")


def staff():
    with transaction():
        return people.person(roles=["finance"]).id


def made(event, *names, **terms):
    with transaction():
        return funds.fund(event, *names, **terms)


def given(event, fund_id, hold=False):
    """A place of which the fund pays its part."""
    by_id = staff()
    with transaction():
        place = (places.held if hold else places.registered)(event, people.person())
        sharing.after(giving.give(place.id, fund_id, by_id=by_id, reason="Asked"), reason="Asked", by_id=by_id, today=TODAY)
    return place


def given_back(place):
    with transaction():
        done = registrations.cancel(place.id, by_id=None, reason="Ill")
        giving_back.after([done], reason="Ill", by_id=None, today=TODAY)


def money():
    return {one.fund.name: (one.places, one.granted_cents, one.seated_cents, one.held_cents, one.back_cents, one.left_cents)
            for one in queries.listing(TODAY)}


def test_what_is_granted_is_seated_held_or_came_back(event):
    fund = made(event, amount_cents=4_000, budget_cents=20_000)
    given(event, fund)
    given(event, fund, hold=True)
    given_back(given(event, fund))
    assert money() == {"Smith fund": (2, 12_000, 4_000, 4_000, 4_000, 12_000)}


def test_a_hold_that_came_to_nothing_was_granted_nothing(event):
    fund = made(event, amount_cents=4_000)
    place = given(event, fund, hold=True)
    with transaction():
        registrations.cancel(place.id, by_id=None, reason="Let go")
    assert money() == {"Smith fund": (0, 0, 0, 0, 0, 100_000)}


def test_what_the_rules_keep_of_a_place_stays_seated(event):
    fund = made(event, budget_cents=20_000)  # pays all of it, so the fee is kept of its part
    given_back(given(event, fund))
    assert money() == {"Smith fund": (1, 15_000, 2_000, 0, 13_000, 18_000)}


def test_a_grantor_owes_what_is_seated_and_the_ledger_says_so(event):
    fund = made(event, grantor=funds.GRANTOR, amount_cents=4_000, account_code="4200")
    given(event, fund)
    given(event, fund)
    given_back(given(event, fund))
    order_id = db.session.get_one(Fund, fund).order_id
    by_id = staff()
    with transaction():
        receipts.record(order_id, receipts.Received("cash", 5_000, TODAY, tills.ZONE), by_id=by_id)
    [one] = queries.listing(TODAY)
    assert (one.grantor.owed_cents, one.grantor.paid_cents, one.grantor.open_cents) == (one.seated_cents, 5_000, 3_000)
    assert one.grantor == tills.balance(order_id)


def test_the_movements_of_a_fund_are_what_is_seated(event):
    ours = made(event, "Ours", amount_cents=4_000, account_code="5200")
    theirs = made(event, "Theirs", grantor=funds.GRANTOR, amount_cents=3_000)
    for fund in (ours, theirs):
        given(event, fund)
        given_back(given(event, fund))
    found = list(movements.read(movements.table(clock.now().replace(year=2027)).select()))
    grants = db.session.get_one(Fund, theirs).order_id
    orders = {tills.ref(grants)}
    assert sum(-one.owed_cents for one in found if one.fund == "Ours") == money()["Ours"][2] == 4_000
    assert sum(one.owed_cents for one in found if one.fund == "Theirs" and one.order_ref in orders) == money()["Theirs"][2] == 3_000
    assert sum(-one.owed_cents for one in found if one.fund == "Theirs" and one.order_ref not in orders) == 3_000



def test_it_costs_the_same_however_many(event, query_count):
    given(event, made(event, "First", grantor=funds.GRANTOR, amount_cents=1_000))
    with query_count() as few:
        queries.listing(TODAY)
    for n in range(4):
        given(event, made(event, f"Fund {n}", grantor=funds.GRANTOR, amount_cents=1_000))
    with query_count() as many:
        queries.listing(TODAY)
    assert (len(few), len(many)) == (3, 3)
