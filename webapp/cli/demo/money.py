"""How the places were paid: by card long ago, by invoice with check or transfer, or not yet."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from webapp.cli.demo.people import Cast, Somebody
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import arrivals, balances, giving_back, invoices, receipts, refunds, returned
from webapp.payments.arrivals import Arrival
from webapp.payments.models import CheckoutPage, Payment, Refund
from webapp.registration import orders
from webapp.registration.models import Charge, Order
from webapp.registration.orders import BillTo, Held
from webapp.registration.registrations import Cancelled

ZONE = "America/Chicago"
CHANGED = "Something else came up."
BY_HAND = timedelta(days=5)  # until finance writes the check


def pay(story: Story, cast: Cast, held: Held, buyer: Somebody, *, by_agency: bool, is_over: bool) -> None:
    """Free at once; past editions mostly by card; the rest by invoice, of which some are still open.

    No coming place is paid by card: Stripe's stand-in does not know these cards, so nothing could be refunded to them.
    """
    if held.total_cents == 0:
        orders.place(held.order_id, "free")
    elif is_over and not by_agency and story.dice.random() < 0.7:
        _by_card(held)
    else:
        _by_invoice(story, cast, held.order_id, buyer, is_over=is_over)


def receive(cast: Cast, order_id: int, method: str, *, in_parts: bool) -> None:
    """Finance books what an agency sent: the whole bill, or of one in parts what is due by now."""
    today = clock.today(ZONE)
    standing = balances.of_order(order_id, today)
    open_cents = standing.due_now_cents if in_parts else standing.open_cents
    if db.session.get_one(Order, order_id, populate_existing=True).state == "placed" and open_cents > 0:
        number = f"{4000 + order_id}" if method == "cheque" else ""
        receipts.record(order_id, receipts.Received(method, open_cents, today, ZONE, number=number), by_id=cast.staff("finance"))


def give_back(story: Story, cast: Cast, cancelled: Cancelled, *, by_id: int | None) -> None:
    """What comes back after a cancellation: Stripe's word follows at once, what goes by hand finance notes some days later."""
    giving_back.after([cancelled], reason=CHANGED, by_id=by_id, today=clock.today(ZONE))
    for one in db.session.execute(
            select(Refund.id, Refund.amount_cents, Refund.idempotency_key, Payment.provider_charge_id).join(Payment)
            .where(Payment.order_id == cancelled.order_id, Refund.state == "requested").order_by(Refund.id)):
        if one.provider_charge_id:
            returned.apply({"id": f"re_demo_{one.id:06d}", "status": "succeeded", "amount": one.amount_cents,
                            "charge": one.provider_charge_id, "metadata": {"attune_refund": one.idempotency_key}})
        else:
            story.at(clock.now() + BY_HAND, partial(_by_hand, cast, one.id))


def _by_hand(cast: Cast, refund_id: int) -> None:
    refunds.note_returned(refund_id, cheque_number=f"{7000 + refund_id}", on=clock.today(ZONE), by_id=cast.staff("finance"))


def _by_card(held: Held) -> None:
    """The page the buyer paid on, as it was left behind, and what Stripe told of it."""
    orders.place(held.order_id, "card")
    number = f"{held.order_id:06d}"
    db.session.add(CheckoutPage(
        order_id=held.order_id, state="open", amount_cents=held.total_cents, idempotency_key=f"demo-{number}", created_at=clock.now(),
        provider_session_id=f"cs_demo_{number}", expires_at=clock.now() + timedelta(minutes=35)))
    db.session.flush()
    arrivals.apply(Arrival(
        intent_id=f"pi_demo_{number}", state="succeeded", amount_cents=held.total_cents, currency="USD", order_ref=held.ref,
        page_key=f"demo-{number}", charge_id=f"ch_demo_{number}", method="card"))


def _by_invoice(story: Story, cast: Cast, order_id: int, buyer: Somebody, *, is_over: bool) -> None:
    agency = next((one for one in cast.agencies if one.id == buyer.agency_id), None)
    bill_to = BillTo(agency.name, agency.billing_email, agency.billing_address, agency.id) if agency else None
    number = f"PO-{story.dice.randrange(1000, 9999)}" if agency and agency.po_required else ""
    orders.place(order_id, "invoice", po_number=number, bill_to=bill_to)
    invoices.issue(order_id)
    if is_over or story.dice.random() < 0.6:
        method = "cheque" if agency else "bank_transfer"
        in_parts = db.session.scalar(select(Charge.id).filter_by(order_id=order_id, kind="instalment").limit(1)) is not None
        for days in (story.dice.randrange(6, 28), *((120, 240, 330) if in_parts else ())):
            story.at(clock.now() + timedelta(days=days), lambda: receive(cast, order_id, method, in_parts=in_parts))
