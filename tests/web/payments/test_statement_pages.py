"""Statements on pages: finance's for every payer, a supervisor's for her agency, nobody's for another."""

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import html, sheets
from tests.support import till as tills
from webapp.accounts import agencies
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.payments import checks
from webapp.registration import orders
from webapp.registration.models import Order
from webapp.registration.orders import BillTo


@pytest.fixture
def agency():
    """An agency that owes $150.00: its id and the id of its payer."""
    with transaction():
        found = agencies.create("Lakeshore Home Visiting", actor_id=None)
        order_id = registrations.held(events.workshop(), people.person()).order_id
        orders.place(order_id, "invoice", bill_to=BillTo(found.name, "office@lakeshore.example", "", found.id))
        return found.id, db.session.get_one(Order, order_id).payer_id


def signed_in(client, sign_in, role):
    with transaction():
        person = people.person(roles=[role])
    sign_in(client, person)
    return client


def test_finance_sees_what_each_payer_owes(client, sign_in, agency):
    signed_in(client, sign_in, "finance")
    page = client.get("/manage/finance/payers?q=lakeshore").get_data(as_text=True)
    assert (f"/manage/finance/payers/{agency[1]}" in page, "$150.00" in page) == (True, True)
    page = client.get(f"/manage/finance/payers/{agency[1]}").get_data(as_text=True)
    assert ("Open at the end" in page, "$150.00" in page) == (True, True)
    assert "Statement, Thu 1 Jan 2026 to Wed 15 Jul 2026" in page  # printed it says so too, where the form is left out


def test_a_supervisor_has_the_statement_of_her_agency_and_of_no_other(client, sign_in, agency):
    signed_in(client, sign_in, ("supervisor", {"agency_id": agency[0]}))
    at = f"/agency/{agency[0]}/statement"
    assert "$150.00" in client.get(at).get_data(as_text=True)
    rows = sheets.csv_rows(client.get(f"{at}/statement.csv").get_data(as_text=True))
    assert (rows[0][0], rows[-1][1], rows[-1][-1]) == ("Day", "Open at the end", "150.00")
    assert client.get(f"{at}/statement.pdf").data[:5] == b"%PDF-"
    with transaction():
        other = agencies.create("Another", actor_id=None).id
    assert [client.get(f"/agency/{other}/statement{end}").status_code for end in ("", "/statement.csv", "/statement.pdf")] == [404] * 3
    assert client.get(f"/manage/finance/payers/{agency[1]}").status_code == 404


def test_a_check_over_two_orders_is_one_line_with_its_parts_and_a_row_of_the_file_for_each(client, sign_in, agency):
    at = f"/manage/finance/payers/{agency[1]}"
    with transaction():
        held = registrations.held(events.workshop(), people.person()).order_id
        orders.place(held, "invoice", bill_to=BillTo("Lakeshore Home Visiting", "office@lakeshore.example", "", agency[0]))
        ours = {one.id: 15_000 for one in db.session.scalars(select(Order))}
        refs = sorted(db.session.scalars(select(Order.ref)))
        checks.record(checks.Paper("2041", 30_000, clock.today(tills.ZONE), tills.ZONE), ours, by_id=people.person().id)
    signed_in(client, sign_in, "finance")
    [row] = [row for row in html.parse(client.get(at).text).one("tbody").all("tr") if "check" in row.text]
    assert [link.attributes["href"] for link in row.all("a")] == [f"/manage/finance/orders/{ref}" for ref in refs]
    assert row.one("th").text.count("$150.00") == 2 and "$300.00" in row.text
    rows = [row for row in sheets.csv_rows(client.get(f"{at}/statement.csv").text) if "check" in row[1]]
    assert [(row[2], row[5], bool(row[6])) for row in rows] == [(refs[0], "150.00", False), (refs[1], "150.00", True)]
    assert client.get(f"{at}/statement.pdf").data[:5] == b"%PDF-"


@pytest.mark.parametrize("query", ["from_on=2026-08-01&to_on=2026-07-01", "from_on=x&to_on=y", "from_on=2026-07-01", "to_on=0001-01-01"])
def test_days_that_make_no_sense_are_said_so(client, sign_in, agency, query):
    signed_in(client, sign_in, "finance")
    answer = client.get(f"/manage/finance/payers/{agency[1]}?{query}")
    assert (answer.status_code, "Open at the end" in answer.get_data(as_text=True)) == (200, True)
    assert client.get(f"/manage/finance/payers/{agency[1]}/statement.csv?{query}").status_code == 200


def test_a_statement_of_another_time_is_empty(client, sign_in, agency):
    signed_in(client, sign_in, "finance")
    rows = sheets.csv_rows(client.get(f"/manage/finance/payers/{agency[1]}/statement.csv?from_on=2020-01-01&to_on=2020-12-31")
                           .get_data(as_text=True))
    assert [row[-1] for row in rows[1:]] == ["0.00", "0.00"]


def test_a_list_of_payers_costs_the_same_with_many(client, sign_in, agency, query_count):
    signed_in(client, sign_in, "finance")
    with query_count() as few:
        assert client.get("/manage/finance/payers").status_code == 200
    with transaction():
        event = events.workshop(capacity=None)
        for _ in range(12):
            registrations.registered(event, people.person(), method="card")
    with query_count() as many:
        assert client.get("/manage/finance/payers").status_code == 200
    assert len(many) == len(few)
