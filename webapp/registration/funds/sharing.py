"""The parts of places that others carry: taken, passed on and given back; a fund's by its counter, which the database guards.

Funds are counters: after pools and codes in the order of locks, in ascending id. What a payer owes for a share is a charge on her own
order, written when the place is confirmed; charges are only added, so that order needs no lock here (payments settles it afterwards).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from webapp.accounts import people
from webapp.catalog.models import Event
from webapp.core.db import db
from webapp.registration import ledger
from webapp.registration.funds import reading, rules
from webapp.registration.funds.models import Fund, PlaceShare
from webapp.registration.models import Charge, Order, Registration
from webapp.registration.pricing import TERMS_DAYS


@dataclass(frozen=True)
class Part:
    """What one other carries of a place; a fund's names whose place it is."""

    registration_id: int
    cents: int
    name: str
    fund_id: int | None = None
    order_id: int | None = None
    account_code: str = ""
    person_id: int | None = None
    email: str = ""
    by_id: int | None = None
    reason: str = ""


def of_fund(fund: rules.Grant, one: Any, cents: int, *, by_id: int | None = None, reason: str = "") -> Part:
    """A fund's part of a place (anything with `id`, `person_id` and `email`)."""
    return Part(one.id, cents, fund.name, fund.id, fund.order_id, fund.account_code, one.person_id, one.email, by_id, reason)


def standing(registration_ids: Collection[int]) -> list[PlaceShare]:
    """The parts that are carried now, funds' first."""
    return list(db.session.scalars(
        select(PlaceShare).where(PlaceShare.registration_id.in_(registration_ids), PlaceShare.ended_at.is_(None))
        .order_by(PlaceShare.fund_id.is_(None), PlaceShare.id).execution_options(populate_existing=True)))


def take(parts: Sequence[Part], at: datetime, *, instead_of: Sequence[PlaceShare] = (), reason: str = "") -> list[int]:
    """Takes these parts in place of others, all or none; returns their ids.

    Refuses when a fund was withdrawn, lacks the budget, or she had her share of it.
    """
    close(instead_of, at, reason=reason, by_id=None)
    made: list[int] = []
    if not parts:
        move(instead_of, ())
        return made
    made = list(db.session.scalars(insert(PlaceShare).returning(PlaceShare.id, sort_by_parameter_order=True), [
        _row(one, at) for one in parts]))
    move(instead_of, parts)
    return made


def move(ended: Sequence[PlaceShare], taken: Sequence[Part]) -> None:
    """Moves the counters of the funds for parts that ended and parts that were taken (the rows are the caller's)."""
    delta = _delta(ended, taken)
    asked = {one.fund_id for one in taken}
    most = {fund_id: _count(fund_id, cents, guarded=fund_id in asked) for fund_id, cents in sorted(delta.items())}
    for one in taken:
        if one.fund_id and one.by_id is None and (limit := most[one.fund_id]) is not None and _hers(one) > limit:
            raise rules.beyond_hers(reading.by_id(one.fund_id))


def hold_on(parts: Sequence[Part], instead_of: Sequence[PlaceShare], at: datetime) -> None:
    """What stays of parts that were closed: never more than before, so no fund can refuse it, also one that gives nothing new."""
    if parts:
        db.session.execute(insert(PlaceShare), [_row(one, at) for one in parts])
    for fund_id, cents in sorted(_delta(instead_of, parts).items()):
        _count(fund_id, cents, guarded=False)


def end(shares: Sequence[PlaceShare], at: datetime, *, reason: str, by_id: int | None = None) -> None:
    """Gives parts back: to the fund's budget at once, and what their payers owed for them is taken back."""
    close(shares, at, reason=reason, by_id=by_id)
    move(shares, ())


def end_of(registration_ids: Collection[int], at: datetime, *, reason: str = "The place was given back.") -> None:
    """The same for everything that is carried of these places."""
    end(standing(registration_ids), at, reason=reason)


def close(shares: Sequence[PlaceShare], at: datetime, *, reason: str, by_id: int | None) -> None:
    """The rows end and their charges are taken back; the counters are the caller's."""
    if not shares:
        return
    db.session.execute(update(PlaceShare).where(PlaceShare.id.in_([one.id for one in shares])).values(ended_at=at))
    charged = [one.charge_id for one in shares if one.charge_id is not None]
    if charged:
        owed = db.session.scalars(select(Charge).where(Charge.id.in_(charged)).order_by(Charge.id))
        ledger.void(owed, reason=reason, by_id=by_id, at=at)


def charge(registration_ids: Collection[int], at: datetime, *, kind: str = "fee") -> None:
    """The places are confirmed: what others carry of them stands on their orders from now on."""
    rows = db.session.execute(
        select(PlaceShare, Order.payer_id, Event.id.label("event_id"), Event.title).join(Order, Order.id == PlaceShare.order_id)
        .join(Registration, Registration.id == PlaceShare.registration_id).join(Event, Event.id == Registration.event_id)
        .where(PlaceShare.registration_id.in_(registration_ids), PlaceShare.ended_at.is_(None), PlaceShare.charge_id.is_(None))
        .order_by(PlaceShare.id)).all()
    if rows:
        made = db.session.scalars(insert(Charge).returning(Charge.id, sort_by_parameter_order=True),
                                  [_owed(row, at, kind) for row in rows]).all()
        for row, charge_id in zip(rows, made, strict=True):
            row.PlaceShare.charge_id = charge_id
        db.session.flush()


def take_again(registration_ids: Collection[int], at: datetime) -> None:
    """Money came late and the places are found again: so are the parts others carried when they were lost, or the whole is refused.

    The latest of each place: on one that is only held there is one fund's at a time, and it may have been reckoned again just then.
    """
    latest = select(func.max(PlaceShare.id)).where(PlaceShare.registration_id.in_(registration_ids)).group_by(PlaceShare.registration_id)
    rows = db.session.execute(
        select(PlaceShare, Registration.person_id, Registration.email).join(Registration, Registration.id == PlaceShare.registration_id)
        .where(PlaceShare.id.in_(latest), PlaceShare.ended_at == Registration.ended_at)
        .order_by(PlaceShare.id)).all()
    take([Part(old.registration_id, old.cents, old.name, old.fund_id, old.order_id, old.account_code, person_id, email, old.given_by_id,
               old.reason) for old, person_id, email in rows], at)


def recount() -> list[tuple[int, int]]:
    """Funds whose counter differs from their standing parts: (fund id, cents) as counted. Empty when all is well."""
    sums = (select(PlaceShare.fund_id, func.sum(PlaceShare.cents).label("cents")).where(PlaceShare.ended_at.is_(None))
            .group_by(PlaceShare.fund_id).subquery())
    cents = func.coalesce(sums.c.cents, 0)
    return [(row[0], int(row[1])) for row in db.session.execute(
        select(Fund.id, cents).outerjoin(sums, sums.c.fund_id == Fund.id).where(Fund.used_cents != cents))]


def _delta(ended: Sequence[PlaceShare], taken: Sequence[Part]) -> Counter[int]:
    """By fund: what it pays more, or less."""
    found: Counter[int] = Counter()
    for old in ended:
        if old.fund_id is not None:
            found[old.fund_id] -= old.cents
    for new in taken:
        if new.fund_id is not None:
            found[new.fund_id] += new.cents
    return found


def _count(fund_id: int, cents: int, *, guarded: bool) -> int | None:
    """Moves the counter; returns what each person may have."""
    statement = (update(Fund).where(Fund.id == fund_id).values(used_cents=Fund.used_cents + cents).returning(Fund.max_per_person_cents))
    if guarded:
        statement = statement.where(Fund.withdrawn_at.is_(None) | (cents <= 0), Fund.used_cents + cents <= Fund.budget_cents)
    row = db.session.connection().execute(statement).first()
    if row is None:
        fund = reading.by_id(fund_id)
        raise rules.exhausted(fund, cents) or rules.withdrawn(fund)
    most: int | None = row.max_per_person_cents
    return most


def _hers(part: Part) -> int:
    """What she has of the fund, this part included: her merged doubles too, and who gave the same address."""
    hers = Registration.email == part.email
    if part.person_id is not None:
        hers |= Registration.person_id.in_(people.family_ids(part.person_id))
    return int(db.session.scalar(
        select(func.coalesce(func.sum(PlaceShare.cents), 0)).join(Registration, Registration.id == PlaceShare.registration_id)
        .where(PlaceShare.fund_id == part.fund_id, PlaceShare.ended_at.is_(None), hers)) or 0)


def _row(one: Part, at: datetime) -> dict[str, Any]:
    return {"registration_id": one.registration_id, "fund_id": one.fund_id, "order_id": one.order_id, "cents": one.cents,
            "name": one.name[:200], "account_code": one.account_code, "given_by_id": one.by_id, "reason": one.reason[:255],
            "created_at": at}


def _owed(row: Any, at: datetime, kind: str) -> dict[str, Any]:
    share: PlaceShare = row.PlaceShare
    of = share.registration_id if share.fund_id is None else None  # who gives a grant is told of no names
    words = "Kept after cancelling" if kind == "cancellation_fee" else share.name if share.fund_id else "A part of a place"
    return {"order_id": share.order_id, "payer_id": row.payer_id, "event_id": row.event_id, "registration_id": of, "kind": kind,
            "label": f"{words}: {row.title}"[:255], "amount_cents": share.cents, "due_on": (at + timedelta(days=TERMS_DAYS)).date(),
            "account_code": share.account_code, "explained": {"rule": rules.RULE}, "created_at": at}
