"""Receipts to print: of the order with everybody on it, and of one person with nobody else."""

import pytest

from tests.factories import events, people, registrations
from tests.support import till as tills
from tests.support.html import parse
from webapp.core import clock, times
from webapp.core.db import db, transaction
from webapp.payments import receipts, refunds
from webapp.registration import orders, own_page
from webapp.registration import registrations as place_registrations
from webapp.registration.models import Registration


@pytest.fixture
def pair():
    """Ana and Bo on one order of Ana's, $150.00 each: (the order's id and reference, the places by given name)."""
    with transaction():
        people_ = [people.person("Ana", "Silva"), people.person("Bo", "Berg")]
        event = events.workshop("Sleep and feeding")
        held = orders.hold(event.id, [registrations.attendee(event, one) for one in people_], registrations.buyer(people_[0]))
        registrations.place(held.order_id)
        order_id = held.order_id
    places = {place.person_id: place.id for place in db.session.query(Registration).filter_by(order_id=order_id)}
    return order_id, tills.ref(order_id), {one.given_name: places[one.id] for one in people_}


def pay(order_id, cents, method="cash", number=""):
    received = receipts.Received(method, cents, clock.today(tills.ZONE), tills.ZONE, number=number)
    with transaction():
        receipts.record(order_id, received, by_id=people.person().id)


def sums(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    page = parse(answer.text)
    return {row.one("dt").text: row.one("dd").text for one in page.all("dl", class_="sum") for row in one.all("div")}, page.text


def links(client, ref):
    return {words: href for words, href in parse(client.get(f"/orders/{ref}").text).links().items() if words.startswith("Receipt")}


def test_the_receipt_of_an_order_says_what_came_when_and_how(client, pair):
    order_id, ref, _ = pair
    assert links(client, ref) == {}
    pay(order_id, 20_000, "cheque", "20418")
    pay(order_id, 10_000)
    lines, text = sums(client, links(client, ref)["Receipt"])
    day = times.date_words(clock.today(tills.ZONE))
    assert (lines[f"{day}, check 20418"], lines[f"{day}, cash"], lines["Paid in all"]) == ("$200.00", "$100.00", "$300.00")
    assert all(word in text for word in ("Sleep and feeding", ref, "Ana Silva", "Bo Berg"))


def test_the_receipt_of_a_person_has_her_part_and_nobody_else(client, pair):
    order_id, ref, places = pair
    pay(order_id, 30_000)
    address = links(client, ref)["Receipt for Bo Berg"]
    assert address == f"/receipts/{own_page.key(places['Bo'], ref, 'receipt')}"
    lines, text = sums(client, address)
    assert (lines["Paid in all"], "Bo Berg" in text, "Sleep and feeding" in text) == ("$150.00", True, True)
    assert [word for word in ("Ana", "Silva", ref) if word in client.get(address).text] == []


def test_what_went_back_is_on_no_receipt_as_paid(client, pair):
    order_id, ref, _ = pair
    pay(order_id, 30_000)
    with transaction():
        [refund_id] = refunds.request_by_staff(order_id, 4_000, reason="Half a day fell out", lowers=True, by_id=people.person().id)
        refunds.note_returned(refund_id, cheque_number="", on=clock.today(tills.ZONE), by_id=people.person().id)
    lines, text = sums(client, f"/orders/{ref}/receipt")
    assert (lines["Paid in all"], "given back, cash" in text) == ("$260.00", True)
    shares = [sums(client, href)[0]["Paid in all"] for words, href in links(client, ref).items() if words != "Receipt"]
    assert sum(int(one.strip("$").replace(".", "")) for one in shares) == 26_000


def test_a_receipt_nobody_was_given_the_address_of_is_not_there(client, pair):
    order_id, ref, places = pair
    pay(order_id, 30_000)
    key = own_page.key(places["Bo"], ref)
    wrong = (f"/receipts/{key}", "/receipts/1-x", "/receipts/x", "/orders/NOBODY/receipt")
    assert [client.get(at).status_code for at in wrong] == [404] * 4
    assert client.get(f"/places/{own_page.key(places['Bo'], ref, 'receipt')}").status_code == 404


def test_whose_place_somebody_else_paid_prints_a_confirmation_without_the_amount(client, pair):
    order_id, ref, places = pair
    address = f"/places/{own_page.key(places['Bo'], ref)}"
    link = parse(client.get(address).text).links()["Confirmation to print"]
    assert link == f"{address}/confirmation"
    billed = parse(client.get(link).text).text
    assert ("Billed to" in billed, "Lakeshore Home Visiting" in billed) == (True, True)
    pay(order_id, 30_000)
    page = client.get(link).text
    assert all(word in page for word in ("Bo Berg", "Sleep and feeding", "Paid by", "Lakeshore Home Visiting"))
    assert [word for word in ("Ana", "Silva", ref, "$", "150.00", "cash") if word in page] == []


def test_a_place_that_is_over_or_not_named_has_no_confirmation(client, pair):
    _, ref, places = pair
    with transaction():
        place_registrations.cancel(places["Bo"], by_id=None, reason="Ill")
    assert client.get(f"/places/{own_page.key(places['Bo'], ref)}/confirmation").status_code == 404
    assert client.get(f"/places/{own_page.key(places['Ana'], ref, 'receipt')}/confirmation").status_code == 404


def test_my_registration_links_my_receipt(client, sign_in):
    with transaction():
        person = people.person("Ana", "Silva")
        place = registrations.registered(events.workshop(), person)
    ref, place_id = tills.ref(place.order_id), place.id
    pay(place.order_id, 15_000)
    sign_in(client, person)
    found = parse(client.get(f"/me/registrations/{place_id}").text).links()
    assert found["Receipt for this place"] == f"/receipts/{own_page.key(place_id, ref, 'receipt')}"
