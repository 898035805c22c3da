"""Memberships of the association: number and days of validity. The member price is decided on the day."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from webapp.accounts import addresses, names, people
from webapp.accounts.models import EmailAddress, Membership, Person
from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Unacceptable

LONGEST = 40  # letters and digits of a number


def valid_on(person_id: int, day: date) -> Membership | None:
    """The membership of the person, or of one merged into her, that is valid on the day (both ends included); the longest."""
    return db.session.scalar(
        select(Membership).where(Membership.person_id.in_(people.family_ids(person_id)), _stands(day))
        .order_by(Membership.until_on.desc(), Membership.id).limit(1))


def by_number(number: str, address: str, day: date) -> bool:
    """Whether the number is that of a membership valid on the day, of who has this address: who only knows a number has no member price."""
    return bool(number.strip()) and db.session.scalar(
        select(Membership.id).outerjoin(EmailAddress, EmailAddress.person_id == Membership.person_id).where(
            Membership.number == number.strip(), _stands(day),
            or_(Membership.email == address, EmailAddress.address == address)).limit(1)) is not None


def valid_among(person_ids: Collection[int], day: date) -> set[int]:
    """Those of the persons who hold a membership that is valid on the day. One statement."""
    return {one for one in db.session.scalars(select(Membership.person_id).where(
        Membership.person_id.in_(person_ids), _stands(day))) if one is not None}


def numbers_valid(pairs: Collection[tuple[str, str]], day: date) -> set[tuple[str, str]]:
    """Those of (number, address) that `by_number` finds valid on the day. One statement at most."""
    if not pairs:
        return set()
    rows = db.session.execute(
        select(Membership.number, Membership.email, EmailAddress.address).outerjoin(
            EmailAddress, EmailAddress.person_id == Membership.person_id)
        .where(Membership.number.in_({one[0] for one in pairs}), _stands(day))).all()
    return set(pairs) & {(row.number, address) for row in rows for address in (row.email, row.address)}


def add(person_id: int | None, number: str, *, from_on: date, until_on: date, actor_id: int | None, name: str = "", email: str = "",
        source: str = "staff") -> Membership:
    """A membership of a person, or of a name on the list who is not known as a person yet (`person_id` None)."""
    number = text.clean(number, field="number", limit=LONGEST)
    if not number:
        raise Unacceptable("Write the membership number.", field="number")
    if until_on < from_on:
        raise Unacceptable("The last day is before the first.", field="until_on")
    if db.session.scalar(select(Membership.id).where(Membership.number == number, Membership.from_on == from_on)) is not None:
        raise AlreadyDone(f"Number {number} is on the list from that day already.", field="number")
    row = Membership(person_id=person_id, number=number, from_on=from_on, until_on=until_on, source=source, created_at=clock.now(),
                     name=text.clean(name, field="name", limit=200), email=names.address(email) if email else "")
    db.session.add(row)
    db.session.flush()
    audit.record("membership.added", f"person:{person_id}" if person_id else f"membership:{row.id}", actor_id=actor_id,
                 after={"number": number, "from_on": from_on.isoformat(), "until_on": until_on.isoformat()})
    return row


def numbered(number: str) -> Membership | None:
    """The latest membership of this number on the list, whosever it is; none that was withdrawn."""
    return db.session.scalar(
        select(Membership).where(Membership.number == number.strip(), Membership.number != "", Membership.withdrawn_at.is_(None))
        .order_by(Membership.until_on.desc(), Membership.id).limit(1))


def give(person_id: int, number: str, *, from_on: date, until_on: date, actor_id: int, email: str) -> Membership:
    """Staff know whose membership this is: that of the list with this number and first day becomes hers, else one is added.

    Refused where the one on the list is somebody else's.
    """
    name = people.get(person_id).name
    row = db.session.scalar(select(Membership).where(Membership.number == number, Membership.from_on == from_on).with_for_update())
    if row is None:
        return add(person_id, number, from_on=from_on, until_on=until_on, actor_id=actor_id, name=name, email=email, source="claim")
    if row.person_id is not None and row.person_id not in people.family_ids(person_id):
        raise Unacceptable(f"Number {number} is that of {people.get(row.person_id).name}.", field="number")
    row.person_id, row.until_on, row.withdrawn_at = person_id, until_on, None
    audit.record("membership.given", f"person:{person_id}", actor_id=actor_id, after={"number": number, "until_on": until_on.isoformat()})
    return row


def reinstate(membership_id: int) -> None:
    """One that was withdrawn decides again. A second time changes nothing."""
    row = db.session.get_one(Membership, membership_id)
    if row.withdrawn_at is not None:
        row.withdrawn_at = None
        audit.record("membership.reinstated", f"person:{row.person_id}", actor_id=None, after={"number": row.number})


def withdraw(membership_id: int, *, reason: str) -> None:
    """It decides nothing any more. A second time changes nothing."""
    row = db.session.get_one(Membership, membership_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        audit.record("membership.withdrawn", f"person:{row.person_id}", actor_id=None, reason=reason, before={"number": row.number})


def latest(person_id: int) -> Membership | None:
    """The membership of the person, or of one merged into her, that runs or ran longest; none that was withdrawn."""
    return db.session.scalar(
        select(Membership).where(Membership.person_id.in_(people.family_ids(person_id)), Membership.withdrawn_at.is_(None))
        .order_by(Membership.until_on.desc(), Membership.id).limit(1))


def free_number(wanted: str, from_on: date | None = None) -> str:
    """The number, or one like it, not longer than numbers may be: that nobody has from that day, without a day that nobody has or had."""
    stem = wanted[:LONGEST - 5]
    taken = set(db.session.scalars(select(Membership.number).where(
        Membership.number.startswith(stem, autoescape=True), *([Membership.from_on == from_on] if from_on else []))))
    return next(one for one in (wanted, *(f"{stem}-{count}" for count in range(2, len(taken) + 3))) if one not in taken)


def attach(person_id: int) -> int:
    """Gives the person the memberships on the list that carry an address she has proved; returns how many."""
    proved = {row.address for row in addresses.of(person_id) if row.verified_at is not None}
    rows = db.session.scalars(select(Membership).where(Membership.person_id.is_(None), Membership.email.in_(proved))).all()
    for row in rows:
        row.person_id = person_id
    return len(rows)


def of_person(person_id: int) -> list[Membership]:
    """Every membership of a person, the latest first."""
    return list(db.session.scalars(select(Membership).where(Membership.person_id.in_(people.family_ids(person_id)))
                                   .order_by(Membership.until_on.desc(), Membership.id)))


def listed(*, words: str = "", limit: int = 50, offset: int = 0) -> list[Any]:
    """The membership list, those valid longest first: rows of membership and the person's names."""
    statement = (select(Membership, Person.given_name, Person.family_name).outerjoin(Person, Person.id == Membership.person_id)
                 .order_by(Membership.until_on.desc(), Membership.number).limit(limit).offset(offset))
    for word in text.clean(words, field="q", limit=200).split():
        like = f"%{word}%"
        statement = statement.where(Membership.number.ilike(like) | Membership.name.ilike(like) | Person.given_name.ilike(like)
                                    | Person.family_name.ilike(like))
    return list(db.session.execute(statement).all())


def _stands(day: date) -> ColumnElement[bool]:
    """Valid on the day, both ends included, and not withdrawn."""
    return (Membership.from_on <= day) & (Membership.until_on >= day) & Membership.withdrawn_at.is_(None)
