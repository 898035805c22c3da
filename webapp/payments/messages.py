"""What payers are told about money: written in the transaction of the fact, worded from what is true when it is sent."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db
from webapp.notifications import outbox
from webapp.notifications.contents import Withdrawn
from webapp.payments import balances, debts
from webapp.payments.models import CreditNote, Invoice, Payment, Refund
from webapp.payments.rules import methods
from webapp.registration import messages as registration_messages
from webapp.registration.models import Charge, Order, Payer

Context = dict[str, Any]
METHODS = methods.WORDS | {"balance": "your balance"}


def receipt(payment_id: int, order: Order) -> None:
    """The payer's receipt for a payment that has arrived."""
    _tell(order, f"receipt:payment:{payment_id}", "receipt", {"payment_id": payment_id})


def late_payment(payment_id: int, order: Order) -> None:
    """Money came for places that are gone: a person decides, and the payer knows it."""
    _tell(order, f"late:payment:{payment_id}", "late_payment", {"payment_id": payment_id})


def payment_failed(payment_id: int, order: Order) -> None:
    """The bank returned a payment that was being confirmed, or a check bounced."""
    _tell(order, f"failed:payment:{payment_id}", "payment_failed", {"payment_id": payment_id})


def refund(refund_id: int, payment: Payment, order: Order | None) -> None:
    """Money has gone back. Nobody is told of money that belonged to no order."""
    if order is not None and payment.order_id == order.id:
        _tell(order, f"refund:{refund_id}", "refund", {"refund_id": refund_id})


def invoice(invoice_id: int, order: Order) -> None:
    """An invoice was issued; the mail carries its link."""
    _tell(order, f"invoice:{invoice_id}", "invoice", {"invoice_id": invoice_id})


def credit_note(credit_note_id: int, order: Order) -> None:
    """An invoice, or part of it, was taken back."""
    _tell(order, f"credit_note:{credit_note_id}", "credit_note", {"credit_note_id": credit_note_id})


def build_event_cancelled(facts: dict[str, Any]) -> Context | Withdrawn:
    """The event does not take place. `was_paid`: something came in for the order, or a bank is about to confirm it."""
    place = registration_messages.event_cancelled(facts)
    if isinstance(place, Withdrawn):
        return place
    balance = balances.of_order(place["order_id"], clock.now().date())  # what came in hangs on no day
    return place | {"was_paid": bool(balance.received_cents or balance.processing_cents)}


def build_payment(facts: dict[str, Any]) -> Context | Withdrawn:
    """For `receipt`, `late_payment` and `payment_failed`."""
    row: Any = db.session.execute(
        select(Payment, Order, Payer)
        .join(Order, Order.id == Payment.order_id)
        .join(Payer, Payer.id == Order.payer_id)
        .where(Payment.id == facts["payment_id"])
    ).first()
    if row is None:
        return Withdrawn("The payment was moved to no order.")
    payment, order, payer = row
    return {
        **_order(order, payer),
        "amount_cents": payment.amount_cents,
        "currency": payment.currency,
        "method": METHODS[payment.method],
        "paper_number": payment.paper_number,
        "reason": payment.note,
        "received_at": payment.received_at or payment.created_at,
        "state": payment.state,
        "by_balance": payment.method == "balance",
        "sent_cents": debts.of_order(order.id),
    }


def build_refund(facts: dict[str, Any]) -> Context | Withdrawn:
    """For `refund`."""
    row: Any = db.session.execute(
        select(Refund, Payment, Order, Payer)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .join(Payer, Payer.id == Order.payer_id)
        .where(Refund.id == facts["refund_id"])
    ).first()
    if row is None or row.Refund.state != "succeeded":
        return Withdrawn("The money did not go back after all.")
    found, payment, order, payer = row
    return {
        **_order(order, payer),
        "amount_cents": found.amount_cents,
        "currency": payment.currency,
        "reason": found.reason,
        "method": METHODS[payment.method],
        "cheque_number": found.cheque_number,
        "by_hand": payment.method not in methods.AT_STRIPE,
    }


def build_invoice(facts: dict[str, Any]) -> Context | Withdrawn:
    """For `invoice`."""
    row = _invoice_row(facts["invoice_id"])
    if row is None:
        return Withdrawn("There is no such invoice.")
    found, order, payer = row
    return {**_order(order, payer), **_bill(found)}


def build_credit_note(facts: dict[str, Any]) -> Context | Withdrawn:
    """For `credit_note`."""
    note = db.session.get(CreditNote, facts["credit_note_id"])
    row = _invoice_row(note.invoice_id) if note else None
    if note is None or row is None:
        return Withdrawn("There is no such credit note.")
    found, order, payer = row
    return {
        **_order(order, payer),
        **_bill(found),
        "note_number": note.number,
        "note_cents": note.total_cents,
        "reason": note.reason,
    }


def _tell(order: Order, fact: str, kind: str, facts: dict[str, Any]) -> None:
    payer = db.session.get_one(Payer, order.payer_id)
    outbox.write(
        fact=fact,
        kind=kind,
        to_address=payer.email,
        to_name=payer.name,
        person_id=payer.person_id,
        subject_of=f"order:{order.id}",
        facts=facts,
    )


def _order(order: Order, payer: Payer) -> Context:
    balance = balances.of_order(order.id, clock.now().date())
    return {
        "name": payer.name,
        "order_id": order.id,
        "events": titles(order.id),
        "owed_cents": balance.owed_cents,
        "paid_cents": balance.paid_cents,
        "open_cents": balance.open_cents,
    }


def titles(order_id: int) -> list[str]:
    """The events an order was for, the first to begin first."""
    return list(
        db.session.scalars(
            select(Event.title)
            .where(Event.id.in_(select(Charge.event_id).where(Charge.order_id == order_id)))
            .order_by(Event.starts_at)
        )
    )


def _invoice_row(invoice_id: int) -> Any:
    return db.session.execute(
        select(Invoice, Order, Payer)
        .join(Order, Order.id == Invoice.order_id)
        .join(Payer, Payer.id == Order.payer_id)
        .where(Invoice.id == invoice_id)
    ).first()


def _bill(found: Invoice) -> Context:
    due_on: date = found.due_on
    issued_at: datetime = found.issued_at
    return {
        "number": found.number,
        "invoice_link": f"/invoices/{found.ref}",
        "total_cents": found.total_cents,
        "due_on": due_on,
        "currency": found.currency,
        "po_number": found.po_number,
        "issued_at": issued_at,
    }
