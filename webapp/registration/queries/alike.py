"""Places of an event that look like one person's: registered twice, or entered by somebody who knew another name or address of hers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.accounts.models import EmailAddress, Person
from webapp.core import text
from webapp.core.db import db
from webapp.registration.models import ACTIVE, Registration


@dataclass(frozen=True)
class Alike:
    """Another place, and who has it."""

    registration_id: int
    name: str


def of_event(event_id: int) -> dict[int, list[Alike]]:
    """By place that stands, the others with the same name (as names are compared) or an address of hers: the one her mails go to, or one
    she proved. Places without any are left out. One statement."""
    rows = db.session.execute(
        select(Registration.id, Registration.email, EmailAddress.address, Person.given_name, Person.family_name)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(EmailAddress, (EmailAddress.person_id == Person.id) & EmailAddress.verified_at.is_not(None))
        .where(Registration.event_id == event_id, Registration.state.in_(ACTIVE), Person.erased_at.is_(None))
        .order_by(Registration.id)).all()
    names = {row.id: f"{row.given_name} {row.family_name or ''}".strip() for row in rows}
    by_sign: dict[tuple[str, str], dict[int, None]] = {}
    for row in rows:
        for sign in _signs(row):
            by_sign.setdefault(sign, {})[row.id] = None
    found: dict[int, set[int]] = {}
    for ids in by_sign.values():
        for one in ids if len(ids) > 1 else ():
            found.setdefault(one, set()).update(ids.keys() - {one})
    return {one: [Alike(other, names[other]) for other in sorted(others)] for one, others in found.items()}


def _signs(row: Any) -> Iterable[tuple[str, str]]:
    """What tells who she is: her name, and each address."""
    signs = [("name", text.searchable(row.given_name, row.family_name)), *(("address", one) for one in (row.email, row.address))]
    return [(kind, value) for kind, value in signs if value]
