"""Paid at the door: a helper of the event takes cash or a check once; the payer gets a receipt, finance sees who took it."""

from datetime import timedelta

import pytest

from tests.factories import events, hours, people, registrations
from tests.support import till as tills
from tests.support.html import filled, parse
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import receipts, refund_courier, refunds
from webapp.payments.models import BankCheck, Payment
from webapp.payments.queries import desk, movements


@pytest.fixture
def door(frozen, client, sign_in):
    """A helper at the door of an event that refuses who has not paid: (client, address of the door, a place that owes $150.00)."""
    event = events.workshop(unpaid_at_start="refuse")
    place = registrations.registered(event, people.person("Ana", "Silva"))
    frozen.move_to(hours.minute(events.sessions(event)[0], -30))
    sign_in(client, people.person("Dora", "Helper", roles=[("door", {"event_id": event.id})]))
    return client, f"/door/{event.slug}", place


def form_of(client, address):
    return filled(parse(client.get(address).text).form(address))


def test_cash_is_recorded_with_who_took_it_and_lets_her_in(door, sign_in):
    client, address, place = door
    order_id, at = place.order_id, f"{address}/pay/{place.id}"
    assert parse(client.get(address).text).links()["Take a payment"] == at
    answer = client.post(at, data=form_of(client, at))
    assert (answer.status_code, answer.location) == (303, address)
    page = client.get(address).text
    assert ("$150.00 taken from Ana Silva by cash" in page, "Invoice open" in page, "In now" in page) == (True, False, True)
    assert (tills.balance(order_id).word[0], tills.messages("receipt")) == ("Paid", 1)
    sign_in(client, people.person(roles=["finance"]))
    desk = parse(client.get(f"/manage/finance/orders/{tills.ref(order_id)}").text).text
    assert ("Dora Helper" in desk, "Paid at the door" in desk) == (True, True)


def test_a_check_is_kept_as_one_to_be_deposited(door):
    client, address, place = door
    at = f"{address}/pay/{place.id}"
    data = form_of(client, at) | {"method": "cheque"}
    refused = client.post(at, data=data)
    assert (refused.status_code, "Write the number of the check." in refused.text, tills.payments(place.order_id)) == (422, True, [])
    client.post(at, data=data | {"number": "20418", "amount": "100.00"})
    [check] = db.session.query(BankCheck).all()
    assert (check.number, check.amount_cents, tills.balance(place.order_id).open_cents) == ("20418", 10_000, 5_000)


def test_a_card_on_somebody_elses_terminal_is_known_by_its_slip(door):
    client, address, place = door
    at = f"{address}/pay/{place.id}"
    data = form_of(client, at) | {"method": "card_terminal"}
    refused = client.post(at, data=data)
    assert (refused.status_code, tills.payments(place.order_id)) == (422, [])
    assert "number that stands on the terminal&#39;s slip" in refused.text
    client.post(at, data=data | {"number": "T-0042"})
    [row] = [one for one in movements.between(clock.now() - timedelta(days=1), clock.now() + timedelta(1)) if one.source == "payment"]
    assert (row.method, row.number, row.received_cents, row.slip) == ("card_terminal", "T-0042", 15_000, "")
    assert (db.session.query(BankCheck).count(), tills.balance(place.order_id).open_cents) == (0, 0)


def test_money_of_a_card_terminal_goes_back_by_hand(door):
    _, _, place = door
    with transaction():
        received = receipts.Received("card_terminal", 15_000, clock.today(tills.ZONE), tills.ZONE, "T-0042", deposit_slip="S-1")
        receipts.record(place.order_id, received, by_id=people.person().id)
        refunds.request_by_staff(place.order_id, 5_000, reason="Half a day fell out", lowers=True, by_id=people.person().id)
    [row] = desk.refunds()
    assert (refund_courier.send_due(clock.now()), row.refund.state, row.payment.deposit_slip) == (0, "requested", "")
    with transaction():
        refunds.note_returned(row.refund.id, cheque_number="88", on=clock.today(tills.ZONE), by_id=people.person().id)
    assert tills.balance(place.order_id).paid_cents == 10_000


def test_a_double_click_is_one_payment(door):
    client, address, place = door
    at = f"{address}/pay/{place.id}"
    data = form_of(client, at) | {"amount": "20.00"}
    assert [client.post(at, data=data).status_code for _ in range(2)] == [303, 303]
    assert tills.payments(place.order_id) == [("succeeded", 2_000)]


def test_two_helpers_do_not_take_it_twice(door):
    client, address, place = door
    at = f"{address}/pay/{place.id}"
    first, second = form_of(client, at), form_of(client, at)
    client.post(at, data=first)
    refused = client.post(at, data=second)
    assert (refused.status_code, "Nothing is open any more." in refused.text) == (422, True)
    assert tills.payments(place.order_id) == [("succeeded", 15_000)]


@pytest.mark.parametrize(("typed", "said"), [({"amount": "150.01"}, "Only $150.00 is open."), ({"amount": "-5"}, "amount"),
                                             ({"amount": "1,5"}, "amount"), ({"method": "bank_transfer"}, "choice")])
def test_what_cannot_be_taken_is_refused(door, typed, said):
    client, address, place = door
    at = f"{address}/pay/{place.id}"
    refused = client.post(at, data=form_of(client, at) | typed)
    assert (refused.status_code, said in refused.text.lower() or said in refused.text, tills.payments(place.order_id)) == (422, True, [])


def test_who_has_paid_is_asked_for_nothing(door):
    client, address, place = door
    with transaction():
        receipts.record(place.order_id, receipts.Received("cash", 15_000, clock.today(tills.ZONE), tills.ZONE), by_id=people.person().id)
    assert "take nothing" in client.get(f"{address}/pay/{place.id}").text


def test_a_place_of_another_event_cannot_be_paid_at_this_door(door):
    client, address, place = door
    other = events.workshop("Another")
    theirs = registrations.registered(other, people.person())
    data = form_of(client, f"{address}/pay/{place.id}")
    for at in (f"{address}/pay/{theirs.id}", f"/door/{other.slug}/pay/{theirs.id}"):
        assert (client.get(at).status_code, client.post(at, data=data).status_code) == (404, 404)
    assert db.session.query(Payment).count() == 0
