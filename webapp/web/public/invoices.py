"""Invoices at their own unguessable address: read, print, keep as PDF, pay by card. No account is needed."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, render_template
from wtforms.validators import Optional

from webapp.core import clock, times
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances, invoice_pdf, invoices, papers
from webapp.payments.pages import CameFrom
from webapp.payments.rules.standing import Balance
from webapp.web import access, downloads
from webapp.web.forms import Form, Line, again, see
from webapp.web.public.pay import to_stripe
from webapp.web.security import limiter

pages = Blueprint("invoices", __name__)


class PoForm(Form):
    """The payer's own number for the invoice."""

    po_number = Line("Purchase order number", 60, [Optional()])


@pages.get("/invoices/<ref>")
@access.by_secret
def invoice(ref: str) -> str:
    """The invoice as issued, what was credited since, and what is still open on the order."""
    return render_template("public/invoice.html", **_page(ref))


@pages.get("/invoices/<ref>.pdf")
@access.by_secret
def pdf(ref: str) -> Response:
    """The same as a file."""
    bill = invoices.by_ref(ref)
    open_cents = to_pay(bill, _balance(bill))
    issued_on, number = times.local(bill.invoice.issued_at, _zone()).date(), invoices.po_number(bill)
    db.session.rollback()
    body = invoice_pdf.make(bill, issued_on=issued_on, open_cents=open_cents, remit=remit_to(), site=_site(), po_number=number)
    return Response(
        body, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{bill.invoice.number}.pdf"'}
    )


@pages.post("/invoices/<ref>/pay")
@access.by_secret
def pay(ref: str) -> Response:
    """Pays what is open by card."""
    bill = invoices.by_ref(ref)
    return to_stripe(bill.invoice.order_id, back=f"/invoices/{ref}", whole=True, came_from=CameFrom(invoice_id=bill.invoice.id))


@pages.post("/invoices/<ref>/po")
@access.by_secret
@limiter.limit("60 per hour")
def po_number(ref: str) -> str | Response:
    """The payer adds or corrects the purchase order number, until the invoice is paid."""
    form, by_id = PoForm(), access.viewer().person_id or None
    try:
        if not form.validate():
            return again("public/invoice.html", **_page(ref, form))
        with transaction():
            number = invoices.set_po_number(ref, form.po_number.data or "", today=clock.today(_zone()), by_id=by_id)
        flash(f"The purchase order number is {number} now." if number else "The purchase order number is taken off.")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return again("public/invoice.html", **_page(ref, form))
    return see(f"/invoices/{ref}")


@pages.get("/invoices/<ref>/w9")
@access.by_secret
def w9(ref: str) -> Response:
    """The association's W-9, for whoever has an invoice."""
    invoices.by_ref(ref)
    found = papers.w9()
    if found is None:
        raise NotFound
    return downloads.answer(found)


def to_pay(bill: invoices.Bill, balance: Balance) -> int:
    """What this invoice still asks for: never more than its rest, never more than the order's."""
    return bill.to_pay_cents(balance)


def remit_to() -> list[str]:
    """Where a check goes: the association's name and address, line by line."""
    settings = current_app.config["SETTINGS"]
    return [settings.association_name, *(line.strip() for line in settings.association_address.split(";") if line.strip())]


def _page(ref: str, form: PoForm | None = None) -> dict[str, Any]:
    bill = invoices.by_ref(ref)
    balance, number = _balance(bill), invoices.po_number(bill)
    return {"bill": bill, "balance": balance, "to_pay": to_pay(bill, balance), "zone": _zone(), "remit": remit_to(), "po_number": number,
            "form": form or PoForm(formdata=None, data={"po_number": number}), "has_w9": papers.w9() is not None}


def _balance(bill: invoices.Bill) -> Balance:
    return balances.of_order(bill.invoice.order_id, clock.today(_zone()))


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)


def _site() -> dict[str, Any]:
    settings = current_app.config["SETTINGS"]
    return {"name": settings.association_name, "address": f"{settings.base_url}"}
