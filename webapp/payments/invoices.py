"""Invoices and credit notes: numbered without gaps, copied when issued, never edited. A change takes back and issues anew."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select

from webapp.accounts.models import Agency, Person
from webapp.catalog.models import Event
from webapp.core import audit, clock, text, tokens
from webapp.core.db import db, insert_row, run
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import balances, messages, numbers, settlement
from webapp.payments.models import CreditNote, Invoice
from webapp.payments.rules.standing import Balance
from webapp.registration import ledger
from webapp.registration.models import Charge, Order, Payer, Registration

# Built once: every invoice asks them.
_OF_ORDERS = select(Invoice).where(Invoice.order_id.in_(bindparam("orders", expanding=True))).order_by(Invoice.id)
_NOTES = select(CreditNote).where(CreditNote.invoice_id.in_(bindparam("invoices", expanding=True))).order_by(CreditNote.id)
_PAYER = select(Payer, Agency).outerjoin(Agency, Agency.id == Payer.agency_id).where(Payer.id == bindparam("payer"))
_LINES = (  # what is owed, for which event, and whom it is for: the payer is told names only, never answers
    ledger.in_force(Charge.id, Charge.registration_id, Charge.label, Charge.amount_cents, Charge.due_on, Charge.account_code, Event.title,
                    func.trim(Person.given_name + " " + Person.family_name).label("name"))
    .outerjoin(Event, Event.id == Charge.event_id)
    .outerjoin(Registration, Registration.id == Charge.registration_id)
    .outerjoin(Person, Person.id == Registration.person_id)
)


@dataclass(frozen=True)
class Bill:
    """An invoice with what was taken back of it."""

    invoice: Invoice
    notes: list[CreditNote]

    @property
    def bill_to(self) -> list[str]:
        """Who is billed, line by line: name, address, mail. A name that the address begins with too stands once."""
        name, lines = self.invoice.bill_to["name"], self.invoice.bill_to["address"].splitlines()
        again = bool(lines) and lines[0].strip().casefold() == name.strip().casefold()
        return [name, *lines[again:], self.invoice.bill_to["email"]]

    @property
    def credited_cents(self) -> int:
        """What the credit notes take back."""
        return sum(note.total_cents for note in self.notes)

    @property
    def rest_cents(self) -> int:
        """What the invoice asks for after its credit notes."""
        return self.invoice.total_cents - self.credited_cents

    def to_pay_cents(self, balance: Balance) -> int:
        """What it still asks for: never more than its rest, never more than is open on the order and no bank confirms."""
        return max(min(self.rest_cents, balance.open_cents - balance.processing_cents), 0)


def issue(order_id: int, *, po_number: str | None = None) -> Invoice | None:
    """Bills what the order owes and no invoice asks for yet; tells the payer. None when there is nothing to bill.

    Lines and bill-to are copied as they are now. `po_number` defaults to the order's. An agency that demands a purchase
    order number is refused without one.
    """
    order = settlement.lock(order_id)
    bills, charges = of_order(order_id), run(_LINES, {"order": order_id}).all()
    total = sum(charge.amount_cents for charge in charges) - sum(bill.rest_cents for bill in bills)
    if total <= 0:
        return None
    rows = _rows(charges, bills, total)
    payer, agency = db.session.execute(_PAYER, {"payer": order.payer_id}).one()
    number = po_number if po_number is not None else order.po_number
    if agency is not None and agency.po_required and not number:
        raise Unacceptable(
            f"{agency.name} pays no invoice without a purchase order number.", field="po_number", code="po_required"
        )
    invoice = insert_row(Invoice, {
        "number": f"INV-{numbers.next_in('invoice'):05d}", "ref": tokens.readable(20), "order_id": order_id,
        "bill_to": _bill_to(payer, agency), "lines": rows, "total_cents": total, "currency": order.currency, "po_number": number,
        "issued_at": clock.now(), "due_on": min(date.fromisoformat(row["due_on"]) for row in rows)})
    messages.invoice(invoice.id, order)
    return invoice


def adjust(order_id: int, reason: str) -> list[CreditNote]:
    """After charges were taken back: credit notes over what the order's invoices ask too much, the newest first. None when they fit."""
    order = settlement.lock(order_id)
    bills = of_order(order_id)
    too_much = sum(bill.rest_cents for bill in bills) - max(ledger.owed(order_id), 0)
    notes = []
    for bill in reversed(bills):
        part = min(too_much, bill.rest_cents)
        if part > 0:
            notes.append(_note(order, bill.invoice, part, reason))
            too_much -= part
    return notes


def take_back(invoice_id: int, *, reason: str, by_id: int) -> CreditNote:
    """Takes a whole invoice back by a credit note, so that it can be issued anew (a wrong payer, a missing number)."""
    found = db.session.get(Invoice, invoice_id)
    if found is None:
        raise NotFound
    order = settlement.lock(found.order_id)
    bill = next(one for one in of_order(found.order_id) if one.invoice.id == invoice_id)
    if bill.rest_cents <= 0:
        raise AlreadyDone("This invoice is already taken back.")
    if not reason:
        raise Unacceptable("Say why it is taken back.", field="reason")
    audit.record("invoice_taken_back", f"order:{order.id}", actor_id=by_id, reason=reason, after={"number": found.number})
    return _note(order, found, bill.rest_cents, reason)


def po_number(bill: Bill) -> str:
    """The purchase order number that counts: as it was added or corrected since, else as it was issued."""
    since = db.session.scalar(select(Order.po_number).where(Order.id == bill.invoice.order_id))
    return since or bill.invoice.po_number


def set_po_number(ref: str, typed: str, *, today: date, by_id: int | None = None) -> str:
    """Adds or corrects the purchase order number of the order this invoice bills; the invoice itself stays as issued. Recorded.

    Refused once it is paid, and empty where the agency demands one.
    """
    bill = by_ref(ref)
    order = settlement.lock(bill.invoice.order_id)
    number = text.clean(typed, field="po_number", limit=60)
    if not bill.to_pay_cents(balances.of_order(order.id, today)):
        raise AlreadyDone("Nothing is to be paid on this invoice any more, so its number stays.", field="po_number")
    demands = db.session.scalar(
        select(Agency.name).join(Payer, Payer.agency_id == Agency.id).where(Payer.id == order.payer_id, Agency.po_required))
    if demands and not number:
        raise Unacceptable(f"{demands} pays no invoice without a purchase order number.", field="po_number", code="po_required")
    before = order.po_number or bill.invoice.po_number
    if number != before:
        audit.record("invoice_po", f"order:{order.id}", actor_id=by_id, before={"po_number": before}, after={"po_number": number})
        order.po_number = number
    return number


def of_order(order_id: int) -> list[Bill]:
    """The invoices of an order with their credit notes, the oldest first."""
    return of_orders([order_id]).get(order_id, [])


def of_orders(order_ids: Collection[int]) -> dict[int, list[Bill]]:
    """The same by order; those without an invoice are left out. Two statements at most."""
    found: dict[int, list[Bill]] = {}
    for bill in with_notes(list(db.session.scalars(_OF_ORDERS, {"orders": list(order_ids)}))) if order_ids else ():
        found.setdefault(bill.invoice.order_id, []).append(bill)
    return found


def by_ref(ref: str) -> Bill:
    """The invoice at its unguessable address."""
    found = db.session.scalar(select(Invoice).where(Invoice.ref == ref))
    if found is None:
        raise NotFound
    return with_notes([found])[0]


def with_notes(found: list[Invoice]) -> list[Bill]:
    """These invoices with their credit notes. One statement."""
    notes: dict[int, list[CreditNote]] = {}
    ids = [invoice.id for invoice in found]
    for note in (
        db.session.scalars(_NOTES, {"invoices": ids}) if ids else ()
    ):
        notes.setdefault(note.invoice_id, []).append(note)
    return [Bill(invoice, notes.get(invoice.id, [])) for invoice in found]


def _note(order: Order, invoice: Invoice, cents: int, reason: str) -> CreditNote:
    lines: list[Any] = [{"label": f"Taken back of {invoice.number}", "amount_cents": cents}]
    note = CreditNote(
        number=f"CN-{numbers.next_in('credit_note'):05d}",
        invoice_id=invoice.id,
        lines=lines,
        total_cents=cents,
        reason=reason,
        issued_at=clock.now(),
    )
    db.session.add(note)
    db.session.flush()
    messages.credit_note(note.id, order)
    return note


def _unbilled(charges: Iterable[Any], bills: Iterable[Bill]) -> list[dict[str, Any]]:
    """Copies of the live charges that no invoice in force lists; negative ones (discounts) go along."""
    billed = {line["charge_id"] for bill in bills if bill.rest_cents > 0 for line in bill.invoice.lines}
    return [_line(charge) for charge in charges if charge.id not in billed and charge.amount_cents]


def _rows(charges: Iterable[Any], bills: Iterable[Bill], total: int) -> list[dict[str, Any]]:
    """The lines to bill; when they are not exactly what is asked for (part was credited before), one line that is."""
    rows = _unbilled(charges, bills)
    if sum(row["amount_cents"] for row in rows) == total:
        return rows
    due_on = max((row["due_on"] for row in rows), default=clock.now().date().isoformat())
    return [
        {
            "charge_id": 0,
            "label": "Changes to the order",
            "event": "",
            "person": "",
            "amount_cents": total,
            "due_on": due_on,
            "account_code": "",
        }
    ]


def _line(charge: Any) -> dict[str, Any]:
    return {
        "charge_id": charge.id,
        "label": charge.label,
        "event": charge.title or "",
        "person": (charge.name or "Name to follow") if charge.registration_id else "",
        "amount_cents": charge.amount_cents,
        "due_on": charge.due_on.isoformat(),
        "account_code": charge.account_code,
    }


def _bill_to(payer: Payer, agency: Agency | None) -> dict[str, Any]:
    address = payer.address or (agency.billing_address if agency else "")
    return {"name": (agency.billing_name if agency else "") or payer.name, "email": payer.email, "address": address}
