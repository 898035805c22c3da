"""Reminders of invoices: a week before, on the day, and two weeks after an amount is due. Each once; none of what is paid."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core import clock, times
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.notifications.outbox import Letter
from webapp.payments import balances, invoices, messages
from webapp.payments.models import Invoice
from webapp.payments.rules import unpaid
from webapp.registration.models import Order, Payer, Registration

OLDEST = timedelta(days=400)


def remind(today: date, zone: str, limit: int = 2000) -> int:
    """Writes the reminders that are due on this day of the association; returns how many are new. Three statements."""
    rows = _open(today, limit)
    bills = invoices.with_notes([row.Invoice for row in rows])
    letters = [letter for row, bill in zip(rows, bills, strict=True) for letter in _letters(row, bill, today, zone)]
    return outbox.write_all(letters)


def build(facts: dict[str, Any]) -> dict[str, Any] | Withdrawn:
    """For `invoice_reminder`: what of an invoice is due on a day, was due, or is overdue; nothing of what is paid by now."""
    found = db.session.get(Invoice, facts["invoice_id"])
    context = messages.build_invoice(facts)
    if found is None or isinstance(context, Withdrawn):
        return Withdrawn("There is no such invoice.")
    order = db.session.get_one(Order, found.order_id)
    today, due_on = clock.now().date(), date.fromisoformat(facts["due_on"])
    cents = asked(invoices.with_notes([found])[0], balances.of_order(order.id, today), due_on)
    if order.state != "placed" or cents <= 0:
        return Withdrawn("It is paid, a bank is confirming the payment, or the order was cancelled.")
    return {**context, "due_on": due_on, "asked_cents": cents, "days": (due_on - today).days,
            "consequences": consequences(order.id), "po_number": order.po_number or found.po_number}


def asked(bill: invoices.Bill, balance: Any, due_on: date) -> int:
    """Cents of the invoice that should be paid by the end of the day and are not."""
    return unpaid.asked_by(bill.invoice.lines, due_on, bill.invoice.total_cents, bill.to_pay_cents(balance))


def consequences(order_id: int) -> list[str]:
    """What the events of an order do with places whose invoice stays open."""
    rows = db.session.execute(
        select(Event.unpaid_at_start, Event.unpaid_release).join(Registration, Registration.event_id == Event.id)
        .where(Registration.order_id == order_id, Registration.state == "confirmed").distinct())
    return list(dict.fromkeys(words for row in rows for words in unpaid.sentences(row.unpaid_at_start, row.unpaid_release)))


def _open(today: date, limit: int) -> list[Any]:
    books = balances.books(today, Order.method == "invoice", Order.state == "placed")
    is_open = books.c.owed_cents > books.c.received_cents - books.c.refunded_cents + books.c.processing_cents
    return list(db.session.execute(
        select(Invoice, Payer, books).join(books, books.c.order_id == Invoice.order_id).join(Order, Order.id == Invoice.order_id)
        .join(Payer, Payer.id == Order.payer_id)
        .where(is_open, Invoice.due_on <= today + unpaid.SOON, Invoice.due_on >= today - OLDEST)
        .order_by(Invoice.id).limit(limit)).all())


def _letters(row: Any, bill: invoices.Bill, today: date, zone: str) -> list[Letter]:
    invoice, payer, balance = bill.invoice, row.Payer, balances.balance(row)
    issued_on, found = times.local(invoice.issued_at, zone).date(), []
    for due_on in unpaid.due_dates(invoice.lines):
        stage = unpaid.stage(due_on, issued_on, today)
        if stage and payer.email and asked(bill, balance, due_on):
            found.append(Letter(
                fact=f"invoice:{invoice.id}:{stage}:{due_on.isoformat()}", kind="invoice_reminder", to_address=payer.email,
                to_name=payer.name, person_id=payer.person_id, subject_of=f"order:{invoice.order_id}",
                facts={"invoice_id": invoice.id, "due_on": due_on.isoformat()}))
    return found
