"""Persons: made, found, renamed; and how a merged person leads to the one she is today."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from webapp.accounts import names
from webapp.accounts.models import EmailAddress, Person
from webapp.core import audit, clock, text, times, tokens
from webapp.core.db import db, insert_row
from webapp.core.errors import NotFound, Unacceptable

PROFILE = ("profession", "employer", "county", "zone")
_LIMITS = {"profession": 120, "employer": 200, "county": 80, "zone": 64}


def create(given: str, family: str, *, address: str | None = None, **profile: str) -> Person:
    """A new person, with `address` unverified and primary when one is given; `profile` takes the names in PROFILE.

    Always a new one, whoever may have the address already: who only knows an address never becomes its owner (docs: a
    guest is found again by verifying it).
    """
    first, last = names.person(given, family)
    now = clock.now()
    known = names.address(address) if address else ""
    person = insert_row(Person, {
        "public_id": tokens.uid(), "given_name": first, "family_name": last, "created_at": now, **_cleaned(profile)})
    first_address = {"person_id": person.id, "address": known, "is_primary": True, "created_at": now}
    set_committed_value(person, "addresses", [insert_row(EmailAddress, first_address)] if known else [])
    return person


def update(person_id: int, *, given: str, family: str, actor_id: int, reason: str = "", **profile: str) -> Person:
    """Changes the name and the profile fields given. A change made by somebody else, and every change of name, is recorded."""
    person = get(person_id)
    first, last = names.person(given, family)
    wanted = {"given_name": first, "family_name": last, **_cleaned(profile)}
    before = {name: getattr(person, name) for name, value in wanted.items() if getattr(person, name) != value}
    for name in before:
        setattr(person, name, wanted[name])
    if before and (actor_id != person_id or {"given_name", "family_name"} & before.keys()):
        audit.record("person.changed", f"person:{person.id}", actor_id=actor_id, reason=reason,
                     before=before, after={name: wanted[name] for name in before})
    return person


def rename(person_id: int, given: str, family: str, *, actor_id: int, reason: str = "") -> Person:
    """Changes the name alone; recorded in the person's history."""
    return update(person_id, given=given, family=family, actor_id=actor_id, reason=reason)


def get(person_id: int) -> Person:
    """The person's row, as it is (not its root); a number nobody has is refused."""
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def root_id(person_id: int) -> int:
    """The person this one was merged into, over any number of merges; itself when it never was."""
    chain = select(Person.id, Person.merged_into_id).where(Person.id == person_id).cte("chain", recursive=True)
    chain = chain.union_all(select(Person.id, Person.merged_into_id).join(chain, Person.id == chain.c.merged_into_id))
    found = db.session.scalar(select(chain.c.id).where(chain.c.merged_into_id.is_(None)))
    return person_id if found is None else found


def family_ids(person_id: int) -> frozenset[int]:
    """Every person that is one human being with this one: the root and all that lead to it. Places and hours hang on any."""
    return families([person_id])[person_id]


def families(person_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """`family_ids` of many persons: one statement where nobody was merged, which is nearly always, else three."""
    wanted = set(person_ids)
    if not db.session.execute(_MERGED, {"ids": list(wanted)}).first():
        return {person_id: frozenset({person_id}) for person_id in wanted}
    roots: dict[int, int] = dict(db.session.execute(_ROOTS, {"ids": list(wanted)}).all())
    members: dict[int, set[int]] = {}
    for root, member in db.session.execute(_MEMBERS, {"ids": list(set(roots.values()))}):
        members.setdefault(root, set()).add(member)
    return {start: frozenset(members[roots[start]] if start in roots else {start}) for start in wanted}


def _up_to_roots() -> Select[Any]:
    some = Person.id.in_(bindparam("ids", expanding=True))
    up = select(Person.id.label("start"), Person.id, Person.merged_into_id).where(some).cte("up", recursive=True)
    up = up.union_all(select(up.c.start, Person.id, Person.merged_into_id).join(up, Person.id == up.c.merged_into_id))
    return select(up.c.start, up.c.id).where(up.c.merged_into_id.is_(None))


def _down_to_members() -> Select[Any]:
    some = Person.id.in_(bindparam("ids", expanding=True))
    down = select(Person.id.label("root"), Person.id).where(some).cte("down", recursive=True)
    down = down.union_all(select(down.c.root, Person.id).join(down, Person.merged_into_id == down.c.id))
    return select(down.c.root, down.c.id)


def _any_merged() -> Select[Any]:
    some: BindParameter[Any] = bindparam("ids", expanding=True)
    is_merged = and_(Person.id.in_(some), Person.merged_into_id.is_not(None))
    return select(Person.id).where(or_(Person.merged_into_id.in_(some), is_merged)).limit(1)


_ROOTS, _MEMBERS, _MERGED = _up_to_roots(), _down_to_members(), _any_merged()  # made once: making them costs more than running them


def stand_still(person_ids: Collection[int]) -> None:
    """Locks these persons and everybody who is one human being with them, by id, so that two acts about the same people wait for each
    other, and for a merge."""
    ids = {one for family in families(person_ids).values() for one in family}
    db.session.execute(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)).all()


def find_verified(address: str) -> int | None:
    """The id of the person (root) who has proved the address; None when nobody has."""
    owner = db.session.scalar(select(EmailAddress.person_id).where(
        EmailAddress.address == address.strip().lower(), EmailAddress.verified_at.is_not(None)))
    return None if owner is None else root_id(owner)


def search(words: str, *, limit: int = 50, offset: int = 0) -> list[Any]:
    """People (roots, not erased) by name or address, in order of name: rows of id, names, employer and primary address."""
    statement = (
        select(Person.id, Person.given_name, Person.family_name, Person.employer, EmailAddress.address, EmailAddress.verified_at)
        .outerjoin(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.is_primary)
        .where(Person.merged_into_id.is_(None), Person.erased_at.is_(None))
        .order_by(Person.family_name, Person.given_name, Person.id).limit(limit).offset(offset)
    )
    for word in text.clean(words, field="q", limit=200).split():
        like = f"%{word.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
        any_address = aliased(EmailAddress)
        has_address = select(any_address.id).where(any_address.person_id == Person.id, any_address.address.ilike(like, escape="/"))
        statement = statement.where(or_(
            Person.given_name.ilike(like, escape="/"), Person.family_name.ilike(like, escape="/"), has_address.exists()))
    return list(db.session.execute(statement).all())


def _cleaned(profile: dict[str, str]) -> dict[str, str]:
    if unknown := profile.keys() - set(PROFILE):
        raise TypeError(f"not in a profile: {sorted(unknown)}")
    values = {name: text.clean(value, field=name, limit=_LIMITS[name]) for name, value in profile.items()}
    if "zone" in values and not times.known_zone(values["zone"]):
        raise Unacceptable("Choose a time zone from the list.", field="zone")
    return values
