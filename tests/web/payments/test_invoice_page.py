"""The invoice's page, without an account: its PO number until it is paid, the association's W-9, the PDF."""

import io

import pytest
from sqlalchemy import select

from tests.factories import events, people, registrations
from tests.support import html
from tests.support.till import ZONE
from webapp.accounts import agencies
from webapp.core import clock
from webapp.core.audit import AuditEntry
from webapp.core.db import db, transaction
from webapp.payments import invoices, receipts
from webapp.registration import orders
from webapp.registration.models import Order, Payer
from webapp.registration.orders import BillTo

W9 = b"%PDF-1.4 W-9 of the association"


@pytest.fixture
def invoice():
    """An invoice of $150.00 to an agency."""
    with transaction():
        found = registrations.registered(events.workshop(), people.person())
        return invoices.issue(found.order_id)


def paid(invoice):
    with transaction():
        receipts.record(invoice.order_id, receipts.Received("cash", 15_000, clock.today(ZONE), ZONE), by_id=people.person().id)


@pytest.mark.parametrize(("address", "shown"), [
    ("1 Main Street", ["Lakeshore", "1 Main Street", "office@lakeshore.example"]), ("", ["Lakeshore", "office@lakeshore.example"]),
    ("LAKESHORE \nAccounts payable", ["Lakeshore", "Accounts payable", "office@lakeshore.example"]),
    ("Lakeshore Road 1", ["Lakeshore", "Lakeshore Road 1", "office@lakeshore.example"])])
def test_who_is_billed_stands_once_also_where_the_address_begins_with_the_name(client, address, shown):
    with transaction():
        held = registrations.held(events.workshop(), people.person())
        orders.place(held.order_id, "invoice", bill_to=BillTo("Lakeshore", "office@lakeshore.example", address))
        made = invoices.issue(held.order_id)
    found = html.parse(client.get(f"/invoices/{made.ref}").text).all("dd")[0]
    assert [one.text for one in found.all("bdi")] == shown


def test_the_payer_adds_her_number_and_it_is_recorded(client, invoice):
    address = f"/invoices/{invoice.ref}"
    assert client.post(f"{address}/po", data={"po_number": " PO 77 "}).location == address
    assert "PO 77" in client.get(address).text and client.get(f"{address}.pdf").status_code == 200
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice_po")).one()
    assert (entry.before, entry.after, invoice.po_number) == ({"po_number": ""}, {"po_number": "PO 77"}, "")


def test_the_number_of_a_paid_invoice_stays(client, invoice):
    paid(invoice)
    answer = client.post(f"/invoices/{invoice.ref}/po", data={"po_number": "PO 8"})
    assert answer.status_code == 422 and db.session.get_one(Order, invoice.order_id).po_number == ""
    assert "purchase order number" not in client.get(f"/invoices/{invoice.ref}").text


def test_an_agency_that_demands_a_number_cannot_take_it_off(client, invoice):
    with transaction():
        payer_id = db.session.get_one(Order, invoice.order_id).payer_id
        db.session.get_one(Payer, payer_id).agency_id = agencies.create("Lake", actor_id=None, po_required=True).id
    client.post(f"/invoices/{invoice.ref}/po", data={"po_number": "PO 8"})
    refused = client.post(f"/invoices/{invoice.ref}/po", data={"po_number": ""})
    assert refused.status_code == 422 and "pays no invoice without a purchase order number" in refused.text


@pytest.mark.parametrize("path", ["x", "x/po", "x/w9"])
def test_a_forged_address_finds_nothing(client, path):
    assert {client.get(f"/invoices/{path}").status_code, client.post(f"/invoices/{path}").status_code} <= {404, 405}


@pytest.fixture
def finance(app, sign_in):
    """A client of somebody in finance."""
    with transaction():
        who = people.person(roles=["finance"])
    signed = app.test_client()
    sign_in(signed, who)
    return signed


def upload(finance, content=W9, name="w9.pdf"):
    return finance.post("/manage/finance/papers", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_the_w9_that_finance_uploads_is_handed_out(client, finance, invoice):
    assert "W-9" not in client.get(f"/invoices/{invoice.ref}").text and client.get(f"/invoices/{invoice.ref}/w9").status_code == 404
    assert upload(finance).status_code == 303
    assert f"/invoices/{invoice.ref}/w9" in client.get(f"/invoices/{invoice.ref}").text
    answer = client.get(f"/invoices/{invoice.ref}/w9")
    assert (answer.data, answer.headers["Content-Disposition"]) == (W9, "attachment; filename*=UTF-8''w9.pdf")


def test_a_new_w9_takes_the_place_of_the_old_one(client, finance, invoice):
    upload(finance)
    upload(finance, W9 + b" 2027")
    assert client.get(f"/invoices/{invoice.ref}/w9").data == W9 + b" 2027"
    finance.post("/manage/finance/papers/remove")
    assert client.get(f"/invoices/{invoice.ref}/w9").status_code == 404


@pytest.mark.parametrize(("content", "name"), [(b"", "w9.pdf"), (b"just words", "w9.pdf"), (b"\x89PNG\r\n\x1a\n1", "w9.png")])
def test_what_is_no_pdf_is_refused(finance, content, name):
    assert upload(finance, content, name).status_code == 422


def test_only_finance_changes_the_papers(app, sign_in):
    with transaction():
        who = people.person(roles=["organizer"])
    client = app.test_client()
    sign_in(client, who)
    assert (client.get("/manage/finance/papers").status_code, upload(client).status_code) == (404, 404)
