"""Payouts with what they carried, and disputes with what speaks for us."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from webapp.accounts.models import Person
from webapp.catalog.models import CancellationPolicy, Event
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.payments.models import Dispute, Payment, Payout, PayoutLine
from webapp.registration import accepted
from webapp.registration.models import Order, Payer, Registration

PAGE = 50
OPEN = ("needs_response", "warning_needs_response")
PARTS = {"charge": "charges", "refund": "refunds", "refund_failure": "refunds", "partial_capture_reversal": "refunds",
         "dispute": "disputes", "dispute_reversal": "disputes", "fee": "fees"}


@dataclass(frozen=True)
class PayoutRow:
    """A line of the bank statement and its parts in cents, signed: they add up to it when everything could be read."""

    payout: Payout
    charges: int = 0
    refunds: int = 0
    disputes: int = 0
    fees: int = 0
    other: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether the parts are the amount that came to the bank."""
        return self.charges + self.refunds + self.disputes + self.fees + self.other == self.payout.amount_cents


def payouts(offset: int = 0) -> list[PayoutRow]:
    """A page of payouts, the newest first. Two statements."""
    found = db.session.scalars(select(Payout).order_by(Payout.arrives_on.desc(), Payout.id.desc()).offset(offset).limit(PAGE)).all()
    return _rows(found)


def payout(payout_id: int) -> tuple[PayoutRow, list[Any]]:
    """One payout with its lines, the oldest first: each with the order it belongs to."""
    found = db.session.get(Payout, payout_id)
    if found is None:
        raise NotFound
    lines = db.session.execute(
        select(PayoutLine, Order.ref, Payer.name.label("payer")).outerjoin(Payment, Payment.id == PayoutLine.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
        .where(PayoutLine.payout_id == payout_id).order_by(PayoutLine.happened_at, PayoutLine.id)).all()
    return _rows([found])[0], list(lines)


def disputes() -> list[Any]:
    """Every dispute, those that wait for an answer first. One statement."""
    return list(db.session.execute(
        select(Dispute, Order.ref, Payer.name.label("payer")).outerjoin(Payment, Payment.id == Dispute.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Payment.payer_id)
        .order_by(case((Dispute.state.in_(OPEN), 0), else_=1), Dispute.opened_at.desc()).limit(200)))


def dispute(dispute_id: int) -> Any:
    """One dispute with payment, order and payer (each may be missing)."""
    row = db.session.execute(
        select(Dispute, Payment, Order, Payer).outerjoin(Payment, Payment.id == Dispute.payment_id)
        .outerjoin(Order, Order.id == Payment.order_id).outerjoin(Payer, Payer.id == Order.payer_id)
        .where(Dispute.id == dispute_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def places(order_id: int) -> list[Any]:
    """The places of an order for the evidence: who, which event, and the cancellation policy that was accepted."""
    return list(db.session.execute(
        select(Registration.id, Registration.state, func.trim(Person.given_name + " " + Person.family_name).label("who"), Event.title,
               Event.starts_at, Event.zone, CancellationPolicy.name.label("policy"), CancellationPolicy.edition,
               CancellationPolicy.sentence)
        .join(Event, Event.id == Registration.event_id)
        .join(CancellationPolicy, accepted.policy())
        .outerjoin(Person, Person.id == Registration.person_id).where(Registration.order_id == order_id).order_by(Registration.id)))


def _rows(found: Sequence[Payout]) -> list[PayoutRow]:
    sums: dict[int, dict[str, int]] = {one.id: {} for one in found}
    for row in db.session.execute(
            select(PayoutLine.payout_id, PayoutLine.kind, func.sum(PayoutLine.amount_cents), func.sum(PayoutLine.fee_cents))
            .where(PayoutLine.payout_id.in_(list(sums))).group_by(PayoutLine.payout_id, PayoutLine.kind)):
        mine, part = sums[row[0]], PARTS.get(row[1], "other")
        mine[part] = mine.get(part, 0) + int(row[2])
        mine["fees"] = mine.get("fees", 0) - int(row[3])
    return [PayoutRow(one, **sums[one.id]) for one in found]
