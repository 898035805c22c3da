"""Funds for staff: made, seen, changed, given to a place, billed, asked for; by whom."""

import pytest
from sqlalchemy import select

from tests.factories import events, funds, people
from tests.factories import registrations as places
from webapp.core.db import db
from webapp.payments import invoices
from webapp.registration import ledger, orders
from webapp.registration.funds import giving, sharing
from webapp.registration.funds.models import Fund, FundRequest, PlaceShare
from webapp.registration.models import Order

NEW = {"name": "Rural Access Fund", "whose": "scholarship", "kind": "percent", "off": "50", "budget": "5,000.00",
       "max_per_person": "200.00", "word": "rural-26", "account_code": "5200", "note": "From the spring gala"}
GRANT = NEW | {"whose": "grant", "grantor": "Smith Foundation", "grantor_email": "grants@smith.example"}


@pytest.fixture
def event(db_session):
    return events.workshop()


@pytest.fixture
def organizer(client, sign_in):
    sign_in(client, people.person("Joan", "Tate", roles=["organizer"]))
    return client


@pytest.fixture
def finance(client, sign_in):
    sign_in(client, people.person("Fay", "Mint", roles=["finance"]))
    return client


def payers_page(event, place):
    return f"/manage/events/{event.slug}/people/{place.id}/payers"


def test_a_fund_is_made_and_stands_in_the_list(organizer, event):
    answer = organizer.post("/manage/funds/new", data=NEW)
    fund = db.session.query(Fund).one()
    assert answer.location == f"/manage/funds/{fund.id}"
    assert (fund.kind, fund.word, fund.percent_basis_points, fund.budget_cents, fund.max_per_person_cents) == (
        "scholarship", "RURAL-26", 5_000, 500_000, 20_000)
    page = organizer.get("/manage/funds").text
    assert "Rural Access Fund" in page and "$5,000.00" in page and "Gives" in page and "Ours" in page


@pytest.mark.parametrize(("change", "field"), [
    ({"name": ""}, "name"), ({"budget": ""}, "budget"), ({"budget": "much"}, "budget"), ({"off": ""}, "off"), ({"off": "101"}, "off"),
    ({"kind": "amount", "off": "0"}, "off"), ({"whose": "grant"}, "grantor"), ({"word": "é"}, "word"), ({"on_request": "1"}, "events"),
    ({"events": "99999"}, "events"), ({"last_on": "2026-07-01", "first_on": "2026-08-01"}, "last_on")])
def test_what_no_fund_can_be_comes_back_beside_its_field(organizer, event, change, field):
    answer = organizer.post("/manage/funds/new", data=NEW | change)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and "From the spring gala" in answer.text
    assert db.session.query(Fund).count() == 0


def test_an_empty_list_teaches(organizer, event):
    assert "No funds yet" in organizer.get("/manage/funds").text


def test_a_fund_is_changed_withdrawn_and_gives_again(organizer, event):
    fund = funds.fund(event, budget_cents=10_000)
    changed = {"kind": "rest", "budget": "200.00", "note": "More"}
    assert organizer.post(f"/manage/funds/{fund}", data=changed).status_code == 303
    assert db.session.get_one(Fund, fund).budget_cents == 20_000
    organizer.post(f"/manage/funds/{fund}/withdraw")
    assert "Withdrawn" in organizer.get(f"/manage/funds/{fund}").text
    organizer.post(f"/manage/funds/{fund}/give-out")
    assert db.session.get_one(Fund, fund).withdrawn_at is None


def test_what_a_grant_owes_is_billed_once(finance, event):
    fund = funds.fund(event, grantor=funds.GRANTOR, word="GRANT")
    held = orders.hold(event.id, [places.stranger(event)], orders.Buyer("Ana", "ana@home.example"), code="GRANT")
    places.place(held.order_id)
    finance.post(f"/manage/funds/{fund}/bill")
    order = db.session.get_one(Order, db.session.scalars(select(Fund.order_id)).one())
    assert [bill.rest_cents for bill in invoices.of_order(order.id)] == [15_000]
    assert "Nothing is to be billed" in finance.post(f"/manage/funds/{fund}/bill", follow_redirects=True).text
    page = finance.get(f"/manage/funds/{fund}").text
    assert "Owed by the grantor" in page and "Ana Silva" in page
    shown = finance.get(f"/orders/{order.ref}").text
    assert finance.get(f"/orders/{order.ref}/calendar").status_code == 404  # it has no place of its own
    assert "What Smith Foundation pays" in shown and "$150.00" in shown and "Silva" not in shown
    assert finance.get(f"/manage/finance/orders/{order.ref}").status_code == 200


def test_staff_give_from_a_fund_and_take_it_back(organizer, event):
    fund, place = funds.fund(event, amount_cents=4_000), places.registered(event, people.person())
    answer = organizer.post(payers_page(event, place), data={"who": "fund", "fund": str(fund), "reason": "Travels far"})
    assert (answer.status_code, ledger.owed(place.order_id)) == (303, 11_000)
    page = organizer.get(payers_page(event, place)).text
    assert "Smith fund" in page and "Travels far" in page and "$40.00" in page
    share = db.session.scalars(select(PlaceShare.id)).one()
    organizer.post(f"{payers_page(event, place)}/{share}/take-back", data={"reason": "Her agency pays"})
    assert (ledger.owed(place.order_id), db.session.get_one(Fund, fund).used_cents) == (15_000, 0)


def test_an_agency_gets_an_invoice_for_its_part(organizer, event):
    place = places.registered(event, people.person())
    organizer.post(payers_page(event, place), data={"who": "agency", "amount": "100.00", "name": "Lakeshore", "reason": "Half",
                                                    "email": "office@lakeshore.example", "po_number": "PO-7"})
    [share] = sharing.standing([place.id])
    assert [(bill.rest_cents, bill.invoice.po_number, bill.invoice.bill_to["name"]) for bill in invoices.of_order(share.order_id)] == [
        (10_000, "PO-7", "Lakeshore")]
    assert ledger.owed(place.order_id) == 5_000


@pytest.mark.parametrize(("typed", "field"), [
    ({"who": "fund", "fund": "", "reason": "x"}, "fund"), ({"who": "agency", "amount": "999.00", "name": "L", "email": "a@b.example",
                                                            "reason": "x"}, "amount"),
    ({"who": "fund", "fund": "1", "reason": ""}, "reason"), ({"who": "agency", "amount": "1.00", "name": "", "reason": "x"}, "name")])
def test_a_part_that_cannot_be_comes_back_with_what_was_typed(organizer, event, typed, field):
    place = places.registered(event, people.person())
    answer = organizer.post(payers_page(event, place), data=typed | {"po_number": "PO-KEPT"})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and "PO-KEPT" in answer.text
    assert ledger.owed(place.order_id) == 15_000


def test_who_asks_on_the_form_is_answered(organizer, event):
    fund = funds.fund(event, on_request=True, event_ids=(event.id,))
    form = organizer.get(f"/events/{event.slug}/register").text
    assert "I ask for help with the price" in form
    orders.hold(event.id, [places.stranger(event, fund_words="A small program")], orders.Buyer("Ana", "ana@home.example"))
    asked = db.session.query(FundRequest).one()
    assert "A small program" in organizer.get("/manage/funds/requests").text
    assert "Somebody asks for help with the price." in organizer.get("/manage").text
    at = f"/manage/funds/requests/{asked.id}"
    assert organizer.post(at, data={"what": "decline", "answer": ""}).status_code == 422
    assert organizer.post(at, data={"what": "grant", "fund": str(fund), "amount": "50.00"}).location == "/manage/funds/requests"
    assert (asked.state, db.session.get_one(Fund, fund).used_cents) == ("granted", 5_000)
    assert organizer.get(at).status_code == 404 and "Nobody waits" in organizer.get("/manage/funds/requests").text
    assert "for help with the price" not in organizer.get("/manage").text


def test_the_form_of_other_events_asks_nothing(organizer, event):
    funds.fund(event)
    assert "I ask for help with the price" not in organizer.get(f"/events/{event.slug}/register").text


@pytest.mark.parametrize("path", ["/manage/funds", "/manage/funds/new", "/manage/funds/requests"])
def test_strangers_have_no_funds(client, sign_in, event, path):
    sign_in(client, people.person())
    assert client.get(path).status_code == 404


def test_a_list_of_one_and_of_thirty_asks_the_same(organizer, event, query_count):
    funds.fund(event, "Fund 0")
    with query_count() as one:
        organizer.get("/manage/funds")
    for number in range(1, 30):
        funds.fund(event, f"Fund {number}")
    with query_count() as thirty:
        organizer.get("/manage/funds")
    assert len(one) == len(thirty)


def test_the_uses_of_one_and_of_thirty_ask_the_same(organizer, event, query_count):
    fund, by = funds.fund(event, amount_cents=100), people.person(roles=["finance"]).id
    giving.give(places.registered(event, people.person()).id, fund, by_id=by, reason="Far")
    with query_count() as one:
        organizer.get(f"/manage/funds/{fund}")
    for _ in range(10):
        giving.give(places.registered(event, people.person()).id, fund, by_id=by, reason="Far")
    with query_count() as many:
        organizer.get(f"/manage/funds/{fund}")
    assert len(one) == len(many)
