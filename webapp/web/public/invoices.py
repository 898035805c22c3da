"""Invoices at their own unguessable address: read, print, keep as PDF, pay by card. No account is needed."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

from webapp.core import clock, times
from webapp.core.db import db
from webapp.payments import balances, invoice_pdf, invoices
from webapp.payments.rules.standing import Balance
from webapp.web import access
from webapp.web.public.pay import to_stripe

pages = Blueprint("invoices", __name__)


@pages.get("/invoices/<ref>")
@access.by_secret
def invoice(ref: str) -> str:
    """The invoice as issued, what was credited since, and what is still open on the order."""
    bill = invoices.by_ref(ref)
    balance = _balance(bill)
    return render_template(
        "public/invoice.html", bill=bill, balance=balance, to_pay=to_pay(bill, balance), zone=_zone(), remit=remit_to()
    )


@pages.get("/invoices/<ref>.pdf")
@access.by_secret
def pdf(ref: str) -> Response:
    """The same as a file."""
    bill = invoices.by_ref(ref)
    open_cents = to_pay(bill, _balance(bill))
    issued_on = times.local(bill.invoice.issued_at, _zone()).date()
    db.session.rollback()
    body = invoice_pdf.make(bill, issued_on=issued_on, open_cents=open_cents, remit=remit_to(), site=_site())
    return Response(
        body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{bill.invoice.number}.pdf"'}
    )


@pages.post("/invoices/<ref>/pay")
@access.by_secret
def pay(ref: str) -> Response:
    """Pays what is open by card."""
    bill = invoices.by_ref(ref)
    return to_stripe(bill.invoice.order_id, back=f"/invoices/{ref}", whole=True)


def to_pay(bill: invoices.Bill, balance: Balance) -> int:
    """What this invoice still asks for: never more than its rest, never more than the order's."""
    return max(min(bill.rest_cents, balance.open_cents - balance.processing_cents), 0)


def remit_to() -> list[str]:
    """Where a check goes: the association's name and address, line by line."""
    settings = current_app.config["SETTINGS"]
    return [settings.association_name, *(line.strip() for line in settings.association_address.split(";") if line.strip())]


def _balance(bill: invoices.Bill) -> Balance:
    return balances.of_order(bill.invoice.order_id, clock.today(_zone()))


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)


def _site() -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    return {"name": settings.association_name, "address": f"{settings.base_url}"}
