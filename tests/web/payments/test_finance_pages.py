"""Finance's pages: figures open into lists, acts keep what was typed, and lists cost the same for 1 and 30 rows."""

import csv
import io
from decimal import Decimal

import pytest

from tests.factories import events, people, registrations
from tests.support import html, sheets
from tests.support import till as tills
from webapp.core import clock
from webapp.core.db import transaction
from webapp.payments import invoices, receipts
from webapp.payments.queries import desk

TODAY = "America/Chicago"
LISTS = [
    "/manage/finance",
    "/manage/finance/orders",
    "/manage/finance/orders?money=owed&q=lakes",
    "/manage/finance/unmatched",
    "/manage/finance/refunds",
    "/manage/finance/inbox?outcome=",
    "/manage/finance/export",
    "/manage/finance/months",
    "/manage/finance/income",
    "/manage/finance/funds",
    "/manage/finance/payouts",
    "/manage/finance/disputes",
]


@pytest.fixture
def finance(client, sign_in):
    """A client signed in as finance."""
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(client, person)
    return client


def order(event=None, **person):
    with transaction():
        return registrations.registered(event or events.workshop(), people.person(**person)).order_id


def cheque(order_id, cents, number="20418"):
    with transaction():
        receipts.record(
            order_id, receipts.Received("cheque", cents, clock.today(TODAY), TODAY, number=number), by_id=people.person().id
        )


@pytest.mark.parametrize("path", LISTS)
def test_lists_answer_and_cost_the_same_with_many_rows(finance, query_count, path):
    with transaction():
        event = events.workshop(capacity=None)
    cheque(order(event), 20_000)
    with query_count() as few:
        assert finance.get(path).status_code == 200
    for number in range(12):
        cheque(order(event), 20_000, number=str(number))
    with query_count() as many:
        assert finance.get(path).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "query", ["money=owed", "money=overdue", "money=paid", "q=lakeshore", "q=20418", "due_by=2099-01-01", "method=invoice"]
)
def test_a_filter_finds_exactly_its_orders(client, sign_in, query, frozen):
    from datetime import timedelta

    open_ref, paid_id = tills.ref(order()), order()
    cheque(paid_id, 15_000)
    paid_ref = tills.ref(paid_id)
    frozen.shift(timedelta(days=60))
    with transaction():
        person = people.person(roles=["finance"])
    sign_in(client, person)
    body = client.get(f"/manage/finance/orders?{query}").get_data(as_text=True)
    expected = {
        "money=owed": (1, 0),
        "money=overdue": (1, 0),
        "money=paid": (0, 1),
        "q=20418": (0, 1),
        "due_by=2099-01-01": (1, 0),
    }
    assert (open_ref in body, paid_ref in body) == tuple(map(bool, expected.get(query, (1, 1))))


@pytest.mark.parametrize(
    "query",
    ["money=nonsense", "event=99999999999999", "due_by=tomorrow", "page=-1", "page=x", "q=%00%F0%9F%A6%A9", "q=" + "x" * 5000],
)
def test_filters_that_make_no_sense_are_left_out(finance, query):
    order()
    assert finance.get(f"/manage/finance/orders?{query}").status_code == 200


def test_a_cheque_is_recorded_from_the_form(finance):
    order_id = order()
    at = f"/manage/finance/orders/{tills.ref(order_id)}"
    assert "150.00" in finance.get(f"{at}/payment").get_data(as_text=True)
    answer = finance.post(
        f"{at}/payment",
        data={"method": "cheque", "amount": "150.00", "number": "20418", "received_on": "2026-07-15", "submit_key": "k"},
    )
    assert (answer.status_code, answer.location, tills.balance(order_id).word[0]) == (303, at, "Paid")
    assert "Recorded a payment, $150.00" in finance.get(at).get_data(as_text=True)


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "1,5,0"},
        {"amount": "-5"},
        {"amount": ""},
        {"amount": "99999999999999999999"},
        {"number": ""},
        {"number": "\x00"},
        {"number": "9" * 10_000},
        {"received_on": "2026-13-45"},
        {"received_on": "2099-01-01"},
        {"method": "barter"},
        {"note": "\U0001f9a9" * 300},
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(finance, typed):
    order_id = order()
    data = {
        "method": "cheque",
        "amount": "150.00",
        "number": "20418",
        "received_on": "2026-07-15",
        "deposit_slip": "SLIP-9",
    } | typed
    answer = finance.post(f"/manage/finance/orders/{tills.ref(order_id)}/payment", data=data)
    body = answer.get_data(as_text=True)
    assert (answer.status_code, "SLIP-9" in body, "error-summary" in body, tills.payments(order_id)) == (422, True, True, [])


def test_a_form_sent_twice_does_its_work_once(finance):
    order_id = order()
    cheque(order_id, 15_000)
    at = f"/manage/finance/orders/{tills.ref(order_id)}/refund"
    form = html.filled(html.parse(finance.get(at).text).all("form", method="post")[-1]) | {"amount": ["500"], "reason": ["Half a day"]}
    assert finance.post(at, data=form).status_code == 422  # refused, so nothing was done: the corrected one is done
    for _ in range(2):
        assert finance.post(at, data=form | {"amount": ["40"]}).status_code == 303
    assert "its work was done once" in finance.get("/manage/finance/refunds").text
    assert tills.balance(order_id).in_flight_cents == 4_000
    assert finance.post(at, data=form | {"amount": ["30"]}).status_code == 303  # another amount is another refund
    assert tills.balance(order_id).in_flight_cents == 7_000


def test_a_refund_lowers_what_is_owed_unless_told_otherwise(finance):
    order_id = order()
    cheque(order_id, 15_000)
    at = f"/manage/finance/orders/{tills.ref(order_id)}"
    assert finance.post(f"{at}/refund", data={"amount": "40", "reason": "Half a day", "lowers": "1"}).status_code == 303
    assert (tills.balance(order_id).owed_cents, tills.balance(order_id).in_flight_cents) == (11_000, 4_000)
    answer = finance.post(f"{at}/refund", data={"amount": "111", "reason": "Too much", "lowers": "1"})
    assert (answer.status_code, "At most $110.00 can still be refunded." in answer.get_data(as_text=True)) == (422, True)


def test_unmatched_money_offers_its_choices(finance):
    order_id = order()
    cheque(None, 15_000)
    [row] = desk.unmatched()
    at = f"/manage/finance/unmatched/{row.payment.id}"
    refused = finance.post(f"{at}/attach", data={"order_ref": "NOBODY", "reason": "A guess"})
    assert (refused.status_code, "A guess" in refused.get_data(as_text=True)) == (422, True)
    answer = finance.post(f"{at}/attach", data={"order_ref": tills.ref(order_id), "reason": "Name on the envelope"})
    assert (answer.status_code, tills.balance(order_id).word[0], finance.get(at).status_code) == (303, "Paid", 404)


def test_the_export_adds_up_and_no_cell_is_a_formula(finance):
    order_id = order(given="=HYPERLINK(1)", family="Evil")
    cheque(order_id, 10_000, number="@SUM(1)")
    answer = finance.get("/manage/finance/movements.csv?from_on=2026-01-01&to_on=2026-12-31")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert (answer.mimetype, sum(float(row["Owed"] or 0) for row in rows), sum(float(row["Received"] or 0) for row in rows)) == (
        "text/csv",
        150,
        100,
    )
    assert [row["Number"] for row in rows if row["Kind"] == "payment"] == ["'@SUM(1)"]


def test_the_excel_file_says_what_the_csv_says_and_both_what_the_books_say(finance):
    order_id = order(given="=HYPERLINK(1)", family="Evil")
    cheque(order_id, 10_000, number="@SUM(1)")
    days = "from_on=2026-01-01&to_on=2026-12-31"
    rows = sheets.csv_rows(finance.get(f"/manage/finance/movements.csv?{days}").get_data(as_text=True))
    [(title, cells)] = sheets.xlsx_sheets(finance.get(f"/manage/finance/movements.xlsx?{days}").get_data())
    assert (title, len(cells), [content for _, content in cells[0]]) == ("Movements", len(rows), rows[0])
    amounts = [Decimal(content) for row in cells[1:] for kind, content in row if kind == "number" and "." in content][1::2]
    found = tills.balance(order_id)
    assert sum(amounts) * 100 == found.owed_cents + found.paid_cents == 25_000
    assert {kind for row in cells for kind, _ in row} == {"text", "number"}
    assert [content for _, content in cells[-1] if content.endswith("SUM(1)")] == ["@SUM(1)"]


@pytest.mark.parametrize("days", ["", "from_on=2026-02-30&to_on=x", "from_on=2026-05-01&to_on=2026-04-01"])
def test_an_export_of_days_that_make_no_sense_asks_again(finance, days):
    assert [finance.get(f"/manage/finance/movements.{kind}?{days}").status_code for kind in ("csv", "xlsx")] == [422, 422]


@pytest.mark.parametrize(
    "path", ["orders/NOBODY", "orders/NOBODY/refund", "unmatched/99", "refunds/99/returned", "orders/NOBODY/charges/1/void"]
)
def test_what_is_not_there_is_not_found(finance, path):
    assert finance.get(f"/manage/finance/{path}").status_code == 404


def test_the_invoice_page_and_file_need_no_account(client):
    order_id = order()
    with transaction():
        ref = invoices.issue(order_id).ref
    body = client.get(f"/invoices/{ref}").get_data(as_text=True)
    assert ("Pay $150.00 by card" in body, "INV-00001" in body, client.get("/invoices/NOBODY").status_code) == (True, True, 404)
    pdf = client.get(f"/invoices/{ref}.pdf")
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")


def test_the_file_says_what_is_owed_in_every_script(client):
    from pypdf import PdfReader

    order_id = order(given="文英", family="Nguyễn")
    with transaction():
        ref = invoices.issue(order_id, po_number="PO-4471").ref
    text = PdfReader(io.BytesIO(client.get(f"/invoices/{ref}.pdf").data)).pages[0].extract_text()
    assert all(part in text for part in ("INV-00001", "PO-4471", "$150.00", "Lakeshore Home Visiting", "Nguyễn"))
