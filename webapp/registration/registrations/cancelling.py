"""Giving a place back: seats freed, charges taken back, what the policy keeps charged, everybody told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import audit, clock, states, times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound
from webapp.registration import announcing, cancellation, ledger, seats
from webapp.registration.codes import counting
from webapp.registration.models import ORDER_MOVES, REGISTRATION_MOVES, Charge, Order, Registration
from webapp.registration.orders.locking import locked
from webapp.registration.orders.releasing import release_seats
from webapp.registration.pricing import Line


@dataclass(frozen=True)
class Cancelled:
    """What a cancellation did. Payments gives back what is paid beyond what the order owes now, less `balance_cents`."""

    order_id: int
    outcome: cancellation.Outcome
    owed_cents: int


def foresee(registration_id: int, *, by_organizer: bool = False) -> cancellation.Outcome:
    """What cancelling now would bring, in dollars: shown before it is confirmed. Reads only."""
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        raise NotFound
    price = sum(charge.amount_cents for charge in ledger.live(registration.order_id, [registration.id]))
    return _outcome(registration.event_id, price, clock.now(), by_organizer)


def cancel(registration_id: int, *, by_id: int | None, reason: str = "", by_organizer: bool = False) -> Cancelled:
    """Cancels a held or confirmed place and the places it contains. By the attendee: by the policy, until the event starts.

    `by_organizer`: all charges are taken back, whatever the date, and the change is recorded with its reason. What must be
    refunded is payments' to compute from what was paid: `orders' owed` fell by it.
    """
    now = clock.now()
    order_id = db.session.scalar(select(Registration.order_id).where(Registration.id == registration_id))
    if order_id is None:
        raise NotFound
    order = locked(order_id)
    ours = with_inner(registration_id)
    registration = ours[0]
    if not by_organizer:
        _refuse_started(registration.event_id, now)
    charges = ledger.live(order_id, [one.id for one in ours])
    outcome = _outcome(registration.event_id, sum(charge.amount_cents for charge in charges), now, by_organizer)
    for one in ours:
        _end(one, reason, now)
    db.session.flush()
    release_seats([one.id for one in ours], now)
    release_seats([one.id for one in ours], now, state="held")
    seats.release(*(one.id for one in ours))
    counting.move([one.id for one in ours], [], now)
    _settle(order, registration, charges, outcome, reason, by_id, now)
    _end_order(order, now)
    announcing.cancelled(order, registration)
    if by_organizer or by_id is not None:
        audit.record("registration.cancelled", f"registration:{registration.id}", actor_id=by_id, reason=reason,
                     after={"refund_cents": outcome.refund_cents, "fee_cents": outcome.fee_cents})
    return Cancelled(order_id, outcome, ledger.owed(order_id))


def with_inner(registration_id: int) -> list[Registration]:
    """The registration first, then the active ones it contains; locked by id."""
    rows = db.session.scalars(
        select(Registration).where((Registration.id == registration_id) | (
            (Registration.inclusion_of_id == registration_id) & Registration.state.in_(("held", "confirmed"))))
        .order_by(Registration.id).with_for_update().execution_options(populate_existing=True)).all()
    return sorted(rows, key=lambda one: one.id != registration_id)


def _refuse_started(event_id: int, now: datetime) -> None:
    starts_at = db.session.scalar(select(Event.starts_at).where(Event.id == event_id))
    if starts_at is not None and starts_at <= now:
        raise Closed("The event has begun, so the place cannot be given back here any more.", way_out="Write to the organizer.",
                     code="started")


def _outcome(event_id: int, price_cents: int, now: datetime, by_organizer: bool) -> cancellation.Outcome:
    row = db.session.execute(
        select(Event.zone, Event.starts_at, CancellationPolicy.rules)
        .join(CancellationPolicy, CancellationPolicy.id == Event.cancellation_policy_id).where(Event.id == event_id)).one()
    starts_on = times.local(row.starts_at, row.zone).date() if row.starts_at else None
    return cancellation.outcome(row.rules, price_cents=price_cents, starts_on=starts_on, today=times.local(now, row.zone).date(),
                                by_organizer=by_organizer)


def _end(registration: Registration, reason: str, now: datetime) -> None:
    states.check(REGISTRATION_MOVES, "registration", registration.state, "cancelled")
    registration.state, registration.ended_at, registration.ended_reason = "cancelled", now, reason[:255]


def _settle(order: Order, registration: Registration, charges: list[Charge], outcome: cancellation.Outcome, reason: str,
            by_id: int | None, now: datetime) -> None:
    ledger.void(charges, reason=reason or "Cancelled", by_id=by_id, at=now)
    if outcome.fee_cents and charges:
        fee = Line("cancellation_fee", "Kept after cancelling", outcome.fee_cents, charges[0].due_on, charges[0].account_code,
                   {"rule": "cancellation_policy", "words": outcome.sentence})
        ledger.write([(ledger.Debtor(order.id, order.payer_id, registration.event_id, registration.id, by_id), fee)], now)
    ledger.drop_reductions(order.id, reason=reason or "Cancelled", by_id=by_id, at=now)


def _end_order(order: Order, now: datetime) -> None:
    """An order none of whose places is left is cancelled too; its ledger stays."""
    left = db.session.scalar(select(Registration.id).where(
        Registration.order_id == order.id, Registration.state.in_(("held", "confirmed"))).limit(1))
    if left is None:
        states.check(ORDER_MOVES, "order", order.state, "cancelled")
        order.state, order.ended_at, order.hold_until = "cancelled", now, None
