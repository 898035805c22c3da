"""What becomes of the parts others carry when a place is given back or handed on: the fund has its money first, then other payers.

A fund's money never goes to a person: what comes back of the price is the fund's until it has all it gave, and nothing of it becomes a
balance of hers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core import money
from webapp.core.db import db
from webapp.registration.cancellation import Outcome, kept_words
from webapp.registration.funds import reading, rules, sharing
from webapp.registration.funds.models import Fund, PlaceShare
from webapp.registration.funds.sharing import Part
from webapp.registration.models import Order, Registration
from webapp.registration.pricing import Line


@dataclass(frozen=True)
class Shares:
    """What others carry of a place: funds first."""

    rows: Sequence[PlaceShare] = ()

    @property
    def cents(self) -> int:
        """In all."""
        return sum(one.cents for one in self.rows)


NONE = Shares()


@dataclass(frozen=True)
class Parted:
    """A cancellation's outcome, for each who carried a part: `own` is that of who ordered, `kept` what stays with each share."""

    own: Outcome
    shares: Shares
    kept: Sequence[int]

    @property
    def kept_cents(self) -> int:
        """What is kept of the place in all."""
        return self.own.fee_cents + sum(self.kept)

    def carried(self, fee: Line) -> list[Line]:
        """The lines by which the others still carry their part of what is kept."""
        return [rules.lowering(one.name, [(fee, self.kept_cents)], [cents])[0]
                for one, cents in zip(self.shares.rows, self.kept, strict=True) if cents]


def of(order_id: int, registration_ids: Collection[int]) -> Shares:
    """What others carry of these places; asked only where the order says that there is any."""
    is_split = db.session.scalar(select(Order.is_split).where(Order.id == order_id))
    return Shares(sharing.standing(registration_ids)) if is_split else NONE


def parted(whole: Outcome, shares: Shares) -> Parted:
    """The outcome of the whole price in parts. What comes back, or would be a balance, is the funds' first, then other payers'."""
    if not shares.rows:
        return Parted(whole, shares, ())
    back = whole.refund_cents + whole.balance_cents
    kept = rules.kept([one.cents for one in shares.rows], back)
    own_back = back - (shares.cents - sum(kept))
    refund = own_back if whole.refund_cents else 0
    own = Outcome(refund, whole.fee_cents - sum(kept), own_back - refund, "", whole.balance_until)
    return Parted(replace(own, sentence=_sentence(own, shares, kept)), shares, kept)


def give_back(done: Parted, one: Registration, at: datetime, *, reason: str, by_id: int | None) -> tuple[tuple[int, int], ...]:
    """The parts end, what stays of them stands as kept. Returns the orders that carried them, with what comes back to their payers."""
    rows = done.shares.rows
    if not rows:
        return ()
    sharing.close(rows, at, reason=reason, by_id=by_id)
    sharing.hold_on([_part(old, one.id, cents) for old, cents in zip(rows, done.kept, strict=True) if cents], rows, at)
    sharing.charge([one.id], at, kind="cancellation_fee")
    return _others(rows, done.kept)


def not_passed_on(registration_ids: Collection[int]) -> frozenset[str]:
    """The names of the funds whose part does not go to who takes the place over."""
    return frozenset(db.session.scalars(
        select(PlaceShare.name).join(Fund, Fund.id == PlaceShare.fund_id)
        .where(PlaceShare.registration_id.in_(registration_ids), PlaceShare.ended_at.is_(None), Fund.passes_on.is_(False))))


def not_for(registration_ids: Collection[int], *, event_id: int, type_id: int) -> frozenset[str]:
    """The names of the funds whose part does not go along to a place of this type in this event: another organization's, too."""
    funds = {one.fund_id: one.name for one in sharing.standing(registration_ids) if one.fund_id is not None}
    home = set(db.session.scalars(select(Fund.id).join(Event, Event.organization_id == Fund.organization_id)
                                  .where(Event.id == event_id, Fund.id.in_(funds))))
    read = [reading.by_id(fund_id) for fund_id in funds]
    return frozenset(funds[one.id] for one in read if one.id not in home or (
        (one.event_ids or one.type_ids) and event_id not in one.event_ids and type_id not in one.type_ids))


def hand_on(registration_id: int, new: Registration, cents: Mapping[str, int], at: datetime, *, reason: str) -> tuple[tuple[int, int], ...]:
    """A colleague has the place: each part goes with it as far as the new lines say (by name), the rest is back where it came from.

    Returns the orders that carried them, with what comes back to their payers.
    """
    rows = sharing.standing([registration_id])
    sharing.close(rows, at, reason=reason, by_id=None)
    sharing.hold_on([_part(old, new.id, cents[old.name]) for old in rows if cents.get(old.name)], rows, at)
    sharing.charge([new.id], at)
    return _others(rows, [cents.get(old.name, 0) for old in rows])


def _others(rows: Sequence[PlaceShare], stays: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The orders that carried parts, with what comes back to who pays there: of a grant nothing, the fund has it."""
    return tuple((old.order_id, 0 if old.fund_id else old.cents - cents)
                 for old, cents in zip(rows, stays, strict=True) if old.order_id is not None)


def _part(old: PlaceShare, registration_id: int, cents: int) -> Part:
    return Part(registration_id, cents, old.name, old.fund_id, old.order_id, old.account_code, by_id=old.given_by_id, reason=old.reason)


def _sentence(own: Outcome, shares: Shares, kept: Sequence[int]) -> str:
    """`$100.00 go back to the Smith fund. $20.00 come back to you.`"""
    said = [f"{money.written(one.cents - stays)} go back to {one.name}."
            for one, stays in zip(shares.rows, kept, strict=True) if one.cents > stays]
    if own.refund_cents:
        said.append(f"{money.written(own.refund_cents)} come back to who paid the rest.")
    if own.balance_cents:
        said.append(kept_words(own.balance_cents, own.balance_until))
    if own.fee_cents:
        said.append(f"{money.written(own.fee_cents)} are kept by the rules of the event.")
    return " ".join(said) or "Nothing comes back: the last day for a refund has passed."
