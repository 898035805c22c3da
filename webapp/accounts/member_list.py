"""The member list taken over from a file: all of it or nothing, and the same file again changes nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.accounts.member_file import Member
from webapp.accounts.models import EmailAddress, Membership
from webapp.core import audit, clock
from webapp.core.db import db, insert_all_new

AT_ONCE = 500  # numbers or addresses asked for in one statement


@dataclass(frozen=True)
class Imported:
    """What a file did: how many lines were new, how many changed a membership that was there, how many said what is known."""

    added: int
    changed: int
    same: int


def take_over(members: Sequence[Member], *, by_id: int) -> Imported:
    """Puts the members of a file on the list. A number with the same first day is the same membership: its last day, name and address
    become those of the file. Who has proved the address has the membership at once, others when they prove it.
    """
    known = {(row.number, row.from_on): row for row in _known({one.number for one in members})}
    fresh = [one for one in members if (one.number, one.from_on) not in known]
    owners = dict(_owners({one.email for one in members}))
    changed = sum(_change(known[one.number, one.from_on], one, owners) for one in members if (one.number, one.from_on) in known)
    now = clock.now()
    rows = [{"person_id": owners.get(one.email), "number": one.number, "name": one.name, "email": one.email, "from_on": one.from_on,
             "until_on": one.until_on, "source": "import", "created_at": now} for one in fresh]
    added = insert_all_new(Membership, on=("number", "from_on"), rows=rows)  # the same file may come twice at one moment
    done = Imported(added, changed, len(members) - added - changed)
    if added or changed:
        audit.record("memberships.imported", "memberships", actor_id=by_id, after={"added": done.added, "changed": done.changed})
    return done


def _change(row: Membership, one: Member, owners: Mapping[str, int]) -> bool:
    if row.person_id is None:
        row.person_id = owners.get(one.email)
    before, after = (row.until_on, row.name, row.email), (one.until_on, one.name or row.name, one.email)
    row.until_on, row.name, row.email = after
    return before != after


def _known(numbers: Collection[str]) -> Iterator[Membership]:
    for part in _parts(numbers):
        yield from db.session.scalars(select(Membership).where(Membership.number.in_(part)).with_for_update())


def _owners(addresses: Collection[str]) -> Iterator[tuple[str, int]]:
    for part in _parts(addresses):
        rows = db.session.execute(select(EmailAddress.address, EmailAddress.person_id)
                                  .where(EmailAddress.address.in_(part), EmailAddress.verified_at.is_not(None)))
        yield from ((row.address, row.person_id) for row in rows)


def _parts(found: Collection[str]) -> Iterator[list[str]]:
    whole = sorted(found)
    return (whole[at:at + AT_ONCE] for at in range(0, len(whole), AT_ONCE))
