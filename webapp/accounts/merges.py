"""Two persons who are one: a reviewed decision that redirects and can be undone. Nothing is rewritten."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from webapp.accounts import accounts, people
from webapp.accounts.models import EmailAddress, Person, PersonMerge
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal

# What the web layer asks registration: the events in which these persons together hold more than one active registration.
Conflicts = Callable[[frozenset[int]], list[str]]


def none(_person_ids: frozenset[int]) -> list[str]:
    """No conflicts: for callers where no registration can exist."""
    return []


def merge(from_id: int, into_id: int, *, how: str, decided_by_id: int | None, conflicts: Conflicts, reason: str = "") -> PersonMerge:
    """Redirects one person to the other. Refused where both would hold an active place in one event, and where both have
    an account (who signs in must stay who she is). `how`: `claim`, `staff`."""
    source, target = people.root_id(from_id), people.root_id(into_id)
    _lock(source, target)
    _check(source, target, conflicts)
    people.get(source).merged_into_id = target
    row = PersonMerge(from_id=source, into_id=target, how=how, decided_by_id=decided_by_id, decided_at=clock.now())
    db.session.add(row)
    db.session.flush()
    audit.record("person.merged", f"person:{target}", actor_id=decided_by_id, reason=reason, after={"from": source, "how": how})
    return row


def undo(merge_id: int, *, actor_id: int | None, reason: str = "") -> PersonMerge:
    """Takes the decision back: both persons are as they were before. A second time is refused."""
    row = db.session.get(PersonMerge, merge_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.undone_at is not None:
        raise AlreadyDone("This was taken back already.")
    people.get(row.from_id).merged_into_id = None
    row.undone_at = clock.now()
    db.session.flush()
    audit.record("person.unmerged", f"person:{row.into_id}", actor_id=actor_id, reason=reason, before={"from": row.from_id})
    return row


def standing(person_id: int) -> list[Any]:
    """The merges in force that lead to this person: rows of the merge and the name of who was merged, the latest first."""
    other = aliased(Person)
    return list(db.session.execute(
        select(PersonMerge, other.given_name, other.family_name).join(other, other.id == PersonMerge.from_id)
        .where(PersonMerge.into_id.in_(people.family_ids(person_id)), PersonMerge.undone_at.is_(None))
        .order_by(PersonMerge.decided_at.desc(), PersonMerge.id.desc())).all())


def namesakes(person_id: int) -> list[Any]:
    """Others (roots, not erased) with the same name or a shared address, for staff to look at: rows of id, names, address."""
    person = people.get(person_id)
    shared = select(EmailAddress.address).where(EmailAddress.person_id.in_(people.family_ids(person_id)))
    holders = select(EmailAddress.person_id).where(EmailAddress.address.in_(shared))
    return list(db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, EmailAddress.address)
        .outerjoin(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.is_primary)
        .where(Person.id != person_id, Person.merged_into_id.is_(None), Person.erased_at.is_(None),
               Person.id.in_(holders) | ((func.lower(Person.family_name) == person.family_name.lower())
                                         & (func.lower(Person.given_name) == person.given_name.lower())))
        .order_by(Person.family_name, Person.given_name, Person.id).limit(20)).all())


def _lock(*person_ids: int) -> None:
    """Both rows, in the order of their ids, so that two merges in opposite directions wait for each other."""
    db.session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update()
                       .execution_options(populate_existing=True)).all()


def _check(source: int, target: int, conflicts: Conflicts) -> None:
    if people.root_id(source) == people.root_id(target):
        raise AlreadyDone("These are one person already.")
    if people.get(source).merged_into_id is not None:  # since she was chosen, at the same moment
        raise AlreadyDone("This person was put together with somebody else just now.", way_out="Look at her page again.")
    if any(people.get(person_id).erased_at for person_id in (source, target)):
        raise Refusal("One of them has deleted her data.", code="erased")
    if accounts.of_person(source) is not None and accounts.of_person(target) is not None:
        raise Refusal("Both of them have an account.", way_out="One account must be deleted by its owner first.", code="two_accounts")
    events = conflicts(people.family_ids(source) | people.family_ids(target))
    if events:
        raise Refusal(f"Both have a place in {' and in '.join(events)}.", code="two_places",
                      way_out="Cancel one of the two places first, then put them together.")
