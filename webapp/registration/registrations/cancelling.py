"""Giving a place back: seats freed, charges taken back, what the policy keeps charged, everybody told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import CancellationPolicy, Event
from webapp.core import audit, clock, states, times
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Stale
from webapp.registration import accepted, announcing, cancellation, ledger, seats
from webapp.registration.codes import counting
from webapp.registration.funds import returning
from webapp.registration.models import ORDER_MOVES, REGISTRATION_MOVES, Charge, Order, Registration
from webapp.registration.orders import locking
from webapp.registration.orders.releasing import release_seats
from webapp.registration.pricing import Line
from webapp.registration.registrations import regrouping
from webapp.registration.registrations.regrouping import Regrouped


@dataclass(frozen=True)
class Cancelled:
    """What a cancellation did. Payments gives back what is paid beyond what the order owes now, less `balance_cents`, which it keeps.

    `outcome` is that of who ordered; `others`: the orders that carried a part of the place, and what comes back to their payers in
    cents (nothing to who gives a grant: the fund has its money back).
    """

    order_id: int
    outcome: cancellation.Outcome
    owed_cents: int
    others: tuple[tuple[int, int], ...] = ()
    more: Regrouped = regrouping.NOTHING  # what those who stay cost more, without their group price
    deferral_id: int | None = None  # the balance is for another date of the course only


def foresee(registration_id: int, *, by_organizer: bool = False, as_balance: bool = False) -> cancellation.Outcome:
    """What cancelling now would bring, in dollars: shown before it is confirmed. Reads only."""
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        raise NotFound
    price = sum(charge.amount_cents for charge in ledger.live(registration.order_id, [registration.id]))
    shares = returning.of(registration.order_id, [registration.id])
    return returning.parted(_outcome(registration, price + shares.cents, clock.now(), by_organizer, as_balance), shares).own


def cancel(registration_id: int, *, by_id: int | None, reason: str = "", by_organizer: bool = False,
           seen_group_cents: int | None = None, as_balance: bool = False) -> Cancelled:
    """Cancels a held or confirmed place and the places it contains. By the attendee: by the policy, until the event starts.

    `by_organizer`: all charges are taken back, whatever the date, and the change is recorded with its reason. What must be
    refunded is payments' to compute from what was paid: `orders' owed` fell by it. `seen_group_cents`: by who pays, who saw what those
    who stay will cost more (`regrouping`); Stale when it is another amount by now. Without it they keep their price.
    `as_balance`: who pays would rather have it kept than sent back, where the policy leaves the choice.
    """
    now = clock.now()
    giving = begin(registration_id, reason=reason, by_id=by_id, now=now, regroups=seen_group_cents is not None)
    if not by_organizer:
        _refuse_started(giving.place.event_id, now)
    done = giving.up(_outcome(giving.place, giving.price_cents, now, by_organizer, as_balance), None if by_organizer else seen_group_cents)
    if by_organizer or by_id is not None:
        audit.record("registration.cancelled", f"registration:{registration_id}", actor_id=by_id, reason=reason,
                     after={"refund_cents": done.outcome.refund_cents, "fee_cents": done.outcome.fee_cents})
    return done


def begin(registration_id: int, *, reason: str, by_id: int | None, now: datetime, regroups: bool = False) -> "Giving":
    """Locks the order with those that carry a part of it, the place and what it contains, and reads what it costs.

    `regroups`: the others of its whole may come to cost more, so their orders are locked with it.
    """
    order = locking.of_place(registration_id, *(regrouping.others_of(registration_id) if regroups else ()))
    ours = with_inner(registration_id)
    shares = returning.of(order.id, [one.id for one in ours]) if order.is_split else returning.NONE
    return Giving(order, ours, ledger.live(order.id, [one.id for one in ours]), shares, reason, by_id, now)


@dataclass(frozen=True)
class Giving:
    """A place on the way out, everything locked. `up` ends it with an outcome: seats, codes, funds, charges, order, letters."""

    order: Order
    ours: list[Registration]
    charges: list[Charge]
    shares: returning.Shares
    reason: str
    by_id: int | None
    now: datetime

    @property
    def place(self) -> Registration:
        """The place itself; those it contains follow it."""
        return self.ours[0]

    @property
    def price_cents(self) -> int:
        """What it costs, with what others carry of it."""
        return sum(charge.amount_cents for charge in self.charges) + self.shares.cents

    def up(self, outcome: cancellation.Outcome, seen_group_cents: int | None) -> Cancelled:
        """Everything that follows. `seen_group_cents`: what those who stay are priced at anew, as who pays saw it."""
        ids, registration = [one.id for one in self.ours], self.place
        parted = returning.parted(outcome, self.shares)
        for one in self.ours:
            _end(one, self.reason, self.now)
        db.session.flush()
        release_seats(ids, self.now)
        release_seats(ids, self.now, state="held")
        seats.release(*ids)
        counting.move(ids, [], self.now)
        others = returning.give_back(parted, registration, self.now, reason=self.reason or "Cancelled", by_id=self.by_id)
        _settle(self.order, registration, self.charges, parted, self.reason, self.by_id, self.now)
        more = _regroup(self.order, registration, seen_group_cents, self.by_id, self.now)
        _end_order(self.order, self.now)
        announcing.cancelled(self.order, registration)
        return Cancelled(self.order.id, parted.own, ledger.owed(self.order.id), others, more)


def with_inner(registration_id: int) -> list[Registration]:
    """The registration first, then the active ones it contains; locked by id."""
    rows = db.session.scalars(
        select(Registration).where((Registration.id == registration_id) | (
            (Registration.inclusion_of_id == registration_id) & Registration.state.in_(("held", "confirmed"))))
        .order_by(Registration.id).with_for_update().execution_options(populate_existing=True)).all()
    return sorted(rows, key=lambda one: one.id != registration_id)


def _regroup(order: Order, registration: Registration, seen_cents: int | None, by_id: int | None, now: datetime) -> Regrouped:
    """What those who stay cost more, as who pays saw it."""
    if seen_cents is None:
        return regrouping.NOTHING
    more = regrouping.reprice(order, registration.event_id, by_id=by_id, at=now)
    if more.cents != seen_cents:
        raise Stale("What the others cost changed since you opened this page.", way_out="Look at it again before you go on.",
                    code="changed_price")
    return more


def _refuse_started(event_id: int, now: datetime) -> None:
    starts_at = db.session.scalar(select(Event.starts_at).where(Event.id == event_id))
    if starts_at is not None and starts_at <= now:
        raise Closed("The event has begun, so the place cannot be given back here any more.", way_out="Write to the organizer.",
                     code="started")


def _outcome(registration: Registration, price_cents: int, now: datetime, by_organizer: bool,
             as_balance: bool) -> cancellation.Outcome:
    row = db.session.execute(
        select(Event.zone, Event.starts_at, CancellationPolicy.rules).join(Registration, Registration.event_id == Event.id)
        .join(CancellationPolicy, accepted.policy()).where(Registration.id == registration.id)).one()
    starts_on = times.local(row.starts_at, row.zone).date() if row.starts_at else None
    return cancellation.outcome(row.rules, price_cents=price_cents, starts_on=starts_on, today=times.local(now, row.zone).date(),
                                by_organizer=by_organizer, moved=registration.moved_at is not None, as_balance=as_balance)


def _end(registration: Registration, reason: str, now: datetime) -> None:
    states.check(REGISTRATION_MOVES, "registration", registration.state, "cancelled")
    registration.state, registration.ended_at, registration.ended_reason = "cancelled", now, reason[:255]


def _settle(order: Order, registration: Registration, charges: list[Charge], parted: returning.Parted, reason: str,
            by_id: int | None, now: datetime) -> None:
    ledger.void(charges, reason=reason or "Cancelled", by_id=by_id, at=now)
    if parted.kept_cents and charges:
        fee = Line("cancellation_fee", "Kept after cancelling", parted.kept_cents, charges[0].due_on, charges[0].account_code,
                   {"rule": "cancellation_policy", "words": parted.own.sentence})
        debtor = ledger.Debtor(order.id, order.payer_id, registration.event_id, registration.id, by_id)
        ledger.write([(debtor, line) for line in (fee, *parted.carried(fee))], now)
    ledger.drop_reductions(order.id, reason=reason or "Cancelled", by_id=by_id, at=now)


def _end_order(order: Order, now: datetime) -> None:
    """An order none of whose places is left is cancelled too; its ledger stays."""
    left = db.session.scalar(select(Registration.id).where(
        Registration.order_id == order.id, Registration.state.in_(("held", "confirmed"))).limit(1))
    if left is None:
        states.check(ORDER_MOVES, "order", order.state, "cancelled")
        order.state, order.ended_at, order.hold_until, order.approval_until = "cancelled", now, None, None
