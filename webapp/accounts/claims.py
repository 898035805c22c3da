"""Places booked as a guest, found again: persons without account who gave an address that somebody has now proved."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from webapp.accounts import addresses, merges, names, people
from webapp.accounts.models import Account, EmailAddress, Person, PersonMerge
from webapp.core.db import db
from webapp.core.errors import NotFound, Refusal


@dataclass(frozen=True)
class Offer:
    """Somebody who may be the same person: shown on 'Are these yours?'."""

    person_id: int
    name: str
    address: str
    is_same: bool  # the name is equal, not only alike


def offers(person_id: int) -> list[Offer]:
    """Guests with an address this person has proved and a name like hers; those with the very same name first."""
    own = people.get(person_id).name
    proved = {row.address for row in addresses.of(person_id) if row.verified_at is not None}
    rows = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, EmailAddress.address)
        .join(EmailAddress, EmailAddress.person_id == Person.id).outerjoin(Account, Account.person_id == Person.id)
        .where(EmailAddress.address.in_(proved), EmailAddress.verified_at.is_(None), Person.merged_into_id.is_(None),
               Person.erased_at.is_(None), Account.id.is_(None), Person.id != person_id, ~_refused_before(person_id))
        .order_by(Person.id)).all()
    found = [Offer(r.id, f"{r.given_name} {r.family_name}".strip(), r.address,
                   names.same(own, f"{r.given_name} {r.family_name}")) for r in rows]
    return sorted((one for one in found if names.alike(own, one.name)), key=lambda one: not one.is_same)


def claim(person_id: int, guest_id: int, *, conflicts: merges.Conflicts) -> PersonMerge:
    """The owner of the address says that the guest is herself. Only one of her offers; undone by `merges.undo`."""
    if guest_id not in {one.person_id for one in offers(person_id)}:
        raise NotFound
    return merges.merge(guest_id, person_id, how="claim", decided_by_id=person_id, conflicts=conflicts)


def claim_the_certain(person_id: int, *, conflicts: merges.Conflicts) -> Offer | None:
    """Claims at once when exactly one guest is offered and has the very same name; returns whom, else None."""
    found = offers(person_id)
    if len(found) != 1 or not found[0].is_same:
        return None
    try:
        claim(person_id, found[0].person_id, conflicts=conflicts)
    except Refusal:
        return None  # two places in one event: the page explains it and she decides
    return found[0]


def _refused_before(person_id: int) -> ColumnElement[bool]:
    """She took this merge back herself: it is not made again without being asked."""
    return select(PersonMerge.id).where(PersonMerge.from_id == Person.id, PersonMerge.into_id == person_id,
                                        PersonMerge.undone_at.is_not(None)).exists()
