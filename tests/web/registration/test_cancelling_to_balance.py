"""Before cancelling, the page says what is kept as a balance and until when; where there is a choice, she makes it there."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support import html
from tests.support import till as tills
from webapp.core.db import db, transaction
from webapp.payments import balance, receipts
from webapp.payments.models import Refund
from webapp.payments.receipts import Received
from webapp.registration.models import Order

TODAY = date(2026, 7, 15)


def paid(policy, cents=15_000, price=15_000):
    """A place at this price and the address of its order."""
    with transaction():
        place = places.registered(events.workshop(policy=policy, non_member=price), people.person())
        receipts.record(place.order_id, Received("cheque", cents, TODAY, tills.ZONE, "1"), by_id=None)
    return place, f"/orders/{db.session.get_one(Order, place.order_id).ref}/cancel/{place.id}"


def has(place):
    return [(lot.left_cents, lot.expires_on) for lot in balance.of(db.session.get_one(Order, place.order_id).payer_id, TODAY)]


def sent():
    return list(db.session.scalars(select(Refund.amount_cents).where(Refund.to_balance.is_(False))))


def test_the_page_names_the_last_day_and_it_is_that_of_the_balance(client):
    place, address = paid("balance-for-a-year")
    page = client.get(address).text
    assert "$150.00 is kept as your balance until Thu 15 Jul 2027." in page and 'name="back"' not in page
    client.post(address)
    assert (has(place), sent()) == ([(15_000, date(2027, 7, 15))], [])


def test_of_a_part_payment_the_page_says_what_is_kept(client):
    place, address = paid("balance-for-a-year", 6_000)
    page = client.get(address).text
    assert "Only a part is paid" in page and "Kept as balance until" in page and "$60.00" in page and "$90.00" in page
    client.post(address)
    assert has(place) == [(6_000, date(2027, 7, 15))]


@pytest.mark.parametrize(("chosen", "kept", "back"), [
    ("balance", [(15_000, date(2028, 7, 15))], []), ("refund", [], [13_000]), ("", [], [13_000]), ("nonsense", [], [13_000])])
def test_money_back_or_a_balance_is_hers_to_choose(client, chosen, kept, back):
    place, address = paid("seven-days-less-20")
    page = client.get(address).text
    assert "Give $130.00 back" in page and "Keep all $150.00 as a balance for a later event, until Sat 15 Jul 2028" in page
    client.post(address, data={"back": chosen})
    assert (has(place), sent()) == (kept, back)
    if kept:
        page = client.get(f"/orders/{db.session.get_one(Order, place.order_id).ref}").text
        assert "<dt>Kept as your balance</dt><dd>$150.00</dd>" in page and "Given back to you" not in page


def test_where_the_fee_takes_all_of_it_the_balance_is_offered_first(client):
    place, address = paid("seven-days-less-20", 1_500, price=1_500)
    page = html.parse(client.get(address).text)
    assert "Nothing comes back: the fee of $15.00 is all that the place cost." in page.text
    assert page.one("dl", class_="sum").text == "Paid for this place $15.00 Stays with us −$15.00 Comes back $0.00"
    assert [one.attributes["value"] for one in page.all("input", name="back") if "checked" in one.attributes] == ["balance"]
    client.post(address, data={"back": "balance"})
    assert (has(place), sent()) == ([(1_500, date(2028, 7, 15))], [])


@pytest.mark.parametrize("cents", [0, 6_000])
def test_who_has_not_paid_all_of_it_cannot_turn_the_fee_into_a_balance(client, cents):
    with transaction():
        place = places.registered(events.workshop(), people.person())
        if cents:
            receipts.record(place.order_id, Received("cheque", cents, TODAY, tills.ZONE, "1"), by_id=None)
    address = f"/orders/{db.session.get_one(Order, place.order_id).ref}/cancel/{place.id}"
    assert 'name="back"' not in client.get(address).text
    client.post(address, data={"back": "balance"})
    assert (has(place), tills.balance(place.order_id).owed_cents) == ([], 2_000)


def test_on_her_own_pages_she_chooses_too(client, sign_in):
    with transaction():
        person = people.person()
        place = places.registered(events.workshop(), person)
        receipts.record(place.order_id, Received("cheque", 15_000, TODAY, tills.ZONE, "1"), by_id=None)
    sign_in(client, person)
    address = f"/me/registrations/{place.id}/cancel"
    assert "Keep all $150.00 as a balance" in client.get(address).text
    client.post(address, data={"back": "balance"})
    assert (has(place), sent()) == ([(15_000, date(2028, 7, 15))], [])


@pytest.mark.parametrize(("method", "said"), [("cheque", "we send a check to who paid"), ("bank_transfer", "to a bank account"),
                                              ("cash", "back by hand")])
def test_the_page_says_how_the_money_goes_back(client, method, said):
    with transaction():
        place = places.registered(events.workshop(), people.person(), method="card")
        receipts.record(place.order_id, Received(method, 15_000, TODAY, tills.ZONE, "1" if method == "cheque" else ""), by_id=None)
    page = client.get(f"/orders/{db.session.get_one(Order, place.order_id).ref}/cancel/{place.id}").text
    assert said in page and "card" not in page.split("What comes back")[1].split("</form>")[0]
