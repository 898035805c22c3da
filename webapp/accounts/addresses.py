"""E-mail addresses of a person: several, one primary; which are proved, and which get mail."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from webapp.accounts import names, people
from webapp.accounts.models import EmailAddress
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Refusal


def of(person_id: int) -> list[EmailAddress]:
    """The addresses of a person and of those merged into her: primary first, one row per address (the proved one)."""
    rows = db.session.scalars(select(EmailAddress).where(EmailAddress.person_id.in_(people.family_ids(person_id)))).all()
    best: dict[str, EmailAddress] = {}
    for row in sorted(rows, key=lambda r: (r.person_id != person_id, not r.is_primary, r.verified_at is None, r.id)):
        kept = best.get(row.address)
        if kept is None or (kept.verified_at is None and row.verified_at is not None):
            best[row.address] = row
    return sorted(best.values(), key=lambda r: (not (r.is_primary and r.person_id == person_id), r.verified_at is None, r.address))


def for_mail(person_id: int) -> list[str]:
    """Where mail to the person goes: her proved addresses that get mail; before she has proved any, the one she typed."""
    rows = of(person_id)
    proved = [row.address for row in rows if row.verified_at is not None and row.gets_mail]
    return proved or [row.address for row in rows[:1]]


def add(person_id: int, typed: str) -> EmailAddress:
    """A further address, not proved yet. One the person already has is refused; one of somebody else is taken the same
    way as a free one, and only the mail sent there tells."""
    address = names.address(typed)
    if any(row.address == address for row in of(person_id)):
        raise AlreadyDone("You already have this address here.", field="email")
    row = EmailAddress(person_id=person_id, address=address, created_at=clock.now())
    db.session.add(row)
    db.session.flush()
    return row


def verify(address_id: int) -> EmailAddress:
    """The address is proved. Of two who prove the same one, the first has it and the second is refused, also in a race."""
    row = db.session.get(EmailAddress, address_id)
    if row is None:
        raise NotFound
    if row.verified_at is not None:
        return row
    taken = Refusal("This address already belongs to another account.", code="taken",
                    way_out="Sign in with it, or ask us to put the two accounts together.", field="email")
    if people.find_verified(row.address) is not None:
        raise taken
    try:
        with db.session.begin_nested():
            row.verified_at = clock.now()
    except IntegrityError as race:
        raise taken from race
    return row


def make_primary(person_id: int, address_id: int) -> EmailAddress:
    """The address written to first, and shown to organizers. Only a proved one."""
    row = own(person_id, address_id)
    if row.verified_at is None:
        raise Refusal("Open the link we sent to this address first.", way_out="You can have it sent again.", code="unverified")
    db.session.execute(update(EmailAddress).where(EmailAddress.person_id == person_id).values(is_primary=False))
    if row.person_id != person_id:
        row = _moved(row, person_id)
    row.is_primary = row.gets_mail = True
    audit.record("address.primary", f"person:{person_id}", actor_id=person_id)
    db.session.flush()
    return row


def set_mail(person_id: int, address_id: int, *, wanted: bool) -> EmailAddress:
    """Whether mail goes to the address too. The primary one always gets it."""
    row = own(person_id, address_id)
    if row.is_primary and not wanted:
        raise Refusal("Mail always goes to your main address.", way_out="Make another one the main address first.", code="primary")
    row.gets_mail = wanted
    return row


def remove(person_id: int, address_id: int) -> str:
    """Takes the address away and returns it. The primary one stays until another is made primary."""
    row = own(person_id, address_id)
    if row.is_primary and row.person_id == person_id:
        raise Refusal("This is your main address.", way_out="Make another one the main address first.", code="primary")
    address = row.address
    audit.record("address.removed", f"person:{person_id}", actor_id=person_id)
    db.session.delete(row)
    db.session.flush()
    return address


def own(person_id: int, address_id: int) -> EmailAddress:
    """The address when it is the person's own or of one merged into her; anybody else's does not exist."""
    row = db.session.get(EmailAddress, address_id)
    if row is None or row.person_id not in people.family_ids(person_id):
        raise NotFound
    return row


def _moved(row: EmailAddress, person_id: int) -> EmailAddress:
    """The address of a merged person as a row of the root, so that only one row of the root is ever primary."""
    own = db.session.scalar(select(EmailAddress).where(EmailAddress.person_id == person_id, EmailAddress.address == row.address))
    if own is None:
        own = EmailAddress(person_id=person_id, address=row.address, created_at=clock.now())
        db.session.add(own)
    proved, row.verified_at = row.verified_at, None
    db.session.flush()
    own.verified_at = proved
    return own
