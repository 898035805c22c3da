"""Uses and budget of the codes: taken and given back by conditional updates the database guards, codes in ascending id.

Counters come last in the order of locks. The update locks the code, so that who used it how often is counted by one at a time.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, or_, select, update

from webapp.accounts import people
from webapp.core.db import db
from webapp.registration.codes import reading, rules
from webapp.registration.codes.models import CodeUse, DiscountCode
from webapp.registration.models import Registration


@dataclass(frozen=True)
class Use:
    """A code on a place that is held or confirmed; `person_id` and `email` say whose it is."""

    code_id: int
    registration_id: int
    cents: int
    person_id: int | None
    email: str


def move(ended: Collection[int], taken: Sequence[Use], at: datetime) -> None:
    """Ends the uses of these registrations and takes new ones, all or none (the caller's transaction).

    Refuses with the reason when a code was withdrawn, is used up, lacks the budget, or she had it as often as she may.
    """
    uses, cents = _given_back(ended, at)
    for one in taken:
        uses[one.code_id] += 1
        cents[one.code_id] += one.cents
    asked = {one.code_id for one in taken}
    each = {code_id: _count(code_id, uses[code_id], cents[code_id], guarded=code_id in asked) for code_id in sorted(uses)}
    if taken:
        db.session.execute(insert(CodeUse), [
            {"code_id": one.code_id, "registration_id": one.registration_id, "cents": one.cents, "created_at": at} for one in taken])
    for one in taken:
        if (most := each[one.code_id]) is not None and _hers(one) > most:
            raise rules.had_already(reading.by_id(one.code_id))


def take_again(registration_ids: Collection[int], at: datetime) -> None:
    """Money came late and the places are found again: so are the codes they were sold with, or the whole is refused."""
    latest = select(func.max(CodeUse.id)).where(CodeUse.registration_id.in_(registration_ids)).group_by(CodeUse.registration_id)
    rows = db.session.execute(
        select(CodeUse.code_id, CodeUse.registration_id, CodeUse.cents, Registration.person_id, Registration.email)
        .join(Registration, Registration.id == CodeUse.registration_id)
        .where(CodeUse.id.in_(latest), CodeUse.ended_at == Registration.ended_at).order_by(CodeUse.id))
    move((), [Use(*row) for row in rows], at)


def pass_on(registration_id: int, to_registration_id: int) -> None:
    """Somebody else has the place now: the use goes with it, whatever became of the code meanwhile."""
    db.session.execute(update(CodeUse).where(CodeUse.registration_id == registration_id, CodeUse.ended_at.is_(None))
                       .values(registration_id=to_registration_id))


def recount() -> list[tuple[int, int, int]]:
    """Codes whose counters differ from their standing uses: (code id, uses, cents) as counted. Empty when all is well."""
    standing = (select(CodeUse.code_id, func.count().label("uses"), func.sum(CodeUse.cents).label("cents"))
                .where(CodeUse.ended_at.is_(None)).group_by(CodeUse.code_id).subquery())
    uses, cents = func.coalesce(standing.c.uses, 0), func.coalesce(standing.c.cents, 0)
    return [(row[0], int(row[1]), int(row[2])) for row in db.session.execute(
        select(DiscountCode.id, uses, cents).outerjoin(standing, standing.c.code_id == DiscountCode.id)
        .where(or_(DiscountCode.uses != uses, DiscountCode.spent_cents != cents)))]


def _given_back(registration_ids: Collection[int], at: datetime) -> tuple[Counter[int], Counter[int]]:
    uses: Counter[int] = Counter()
    cents: Counter[int] = Counter()
    if registration_ids:
        for code_id, amount in db.session.execute(
                update(CodeUse).where(CodeUse.registration_id.in_(registration_ids), CodeUse.ended_at.is_(None))
                .values(ended_at=at).returning(CodeUse.code_id, CodeUse.cents)).all():
            uses[code_id] -= 1
            cents[code_id] -= amount
    return uses, cents


def _count(code_id: int, uses: int, cents: int, *, guarded: bool) -> int | None:
    """Moves the counters; returns how often each person may use the code."""
    statement = (update(DiscountCode).where(DiscountCode.id == code_id)
                 .values(uses=DiscountCode.uses + uses, spent_cents=DiscountCode.spent_cents + cents)
                 .returning(DiscountCode.max_per_person))
    if guarded:
        statement = statement.where(
            DiscountCode.withdrawn_at.is_(None), or_(DiscountCode.max_uses.is_(None), DiscountCode.uses + uses <= DiscountCode.max_uses),
            or_(DiscountCode.budget_cents.is_(None), DiscountCode.spent_cents + cents <= DiscountCode.budget_cents))
    row = db.session.connection().execute(statement).first()
    if row is None:
        code = reading.by_id(code_id)
        raise rules.exhausted(code, uses, cents) or rules.withdrawn(code)
    most: int | None = row.max_per_person
    return most


def _hers(use: Use) -> int:
    """Her standing uses of the code, this one included: of her merged doubles too, and of who gave the same address."""
    hers = Registration.email == use.email
    if use.person_id is not None:
        hers |= Registration.person_id.in_(people.family_ids(use.person_id))
    return db.session.scalar(select(func.count()).select_from(CodeUse).join(Registration, Registration.id == CodeUse.registration_id)
                             .where(CodeUse.code_id == use.code_id, CodeUse.ended_at.is_(None), hers)) or 0
