"""A payment page that was begun here: asked for at Stripe under its key, now or again after a crash. A courier."""

from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.catalog.models import Event
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import gateway, settlement
from webapp.payments.models import CheckoutPage, Invoice, PaymentApproval
from webapp.payments.rules.allocations import payable
from webapp.registration.models import Charge, Order, Payer


@dataclass(frozen=True)
class CameFrom:
    """The page somebody pays from, and comes back to: an invoice's, an approver's; neither is the order's own."""

    invoice_id: int | None = None
    approval_id: int | None = None


ORDER = CameFrom()


def came_from(page: CheckoutPage) -> CameFrom:
    """Where who opened it goes back to."""
    return CameFrom(page.invoice_id, page.approval_id)


def finish(page_id: int) -> str:
    """Asks Stripe for a page that was begun (perhaps before a crash) and notes its address."""
    request = _request(page_id)
    try:
        made = gateway.open_checkout(request)
    except gateway.Refused as refusal:
        with transaction():
            _given_up(page_id)
        raise Refusal(
            "The card service did not open its page.", way_out="Please try again, or choose to pay by invoice."
        ) from refusal
    with transaction():
        page = _page(page_id)
        if page.state == "opening":
            page.state, page.provider_session_id, page.url = "open", made.id, made.url[:500]
    return made.url


def _request(page_id: int) -> gateway.PageRequest:
    page = _page(page_id)
    ref, email = db.session.execute(
        select(Order.ref, func.coalesce(PaymentApproval.approver_email, Payer.email))
        .join(Payer, Payer.id == Order.payer_id)
        .outerjoin(PaymentApproval, PaymentApproval.id == page.approval_id)
        .where(Order.id == page.order_id)
    ).one()
    own, key = came_from(page) == ORDER, page.idempotency_key
    return gateway.PageRequest(
        key=key,
        order_ref=ref,
        reference=ref if own else key,
        about=_about(page, ref),
        paid_path=f"/orders/{ref}/paid?session={{CHECKOUT_SESSION_ID}}" if own else f"/paid/{key}",
        back_path=f"/orders/{ref}/review?paid=no" if own else f"/paid/{key}?paid=no",
        lines=_lines(page),
        currency=page.currency,
        expires_at=page.expires_at,
        email=email,
    )


def _about(page: CheckoutPage, ref: str) -> str:
    """What Stripe's receipt calls it. An order's number is the address of its page, so only who orders reads it."""
    if page.invoice_id is not None:
        return "Invoice " + str(db.session.scalar(select(Invoice.number).where(Invoice.id == page.invoice_id)))
    return "Registration, paid by the agency" if page.approval_id is not None else f"Order {ref}"


def _lines(page: CheckoutPage) -> tuple[tuple[str, int], ...]:
    """What the buyer reads at Stripe: each charge, when they are exactly what is asked; else one line for the order."""
    rows = db.session.execute(
        select(Charge.id, Charge.label, Event.title)
        .outerjoin(Event, Event.id == Charge.event_id)
        .where(Charge.order_id == page.order_id)
    ).all()
    names = {row.id: f"{row.title}: {row.label}" if row.title else row.label for row in rows}
    asked = [(names[charge_id], cents) for charge_id, cents in payable(settlement.lines(page.order_id)).items() if cents]
    if len(asked) <= 20 and sum(cents for _, cents in asked) == page.amount_cents:
        return tuple(asked)
    titles = sorted({row.title for row in rows if row.title})
    return ((" · ".join(titles)[:240] or "Your order", page.amount_cents),)


def _page(page_id: int) -> CheckoutPage:
    page = db.session.get(CheckoutPage, page_id, populate_existing=True)
    if page is None:
        raise NotFound
    return page


def _given_up(page_id: int) -> None:
    page = _page(page_id)
    if page.state == "opening":
        page.state = "failed"
