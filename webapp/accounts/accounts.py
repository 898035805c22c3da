"""Accounts: the means to sign in of a person, found by address, opened, and signed out everywhere."""

from sqlalchemy import select

from webapp.accounts import people
from webapp.accounts.models import Account, EmailAddress
from webapp.core import clock
from webapp.core.db import db


def of_person(person_id: int) -> Account | None:
    """The account of a person or of those merged into her; of two, the root's own."""
    root = people.root_id(person_id)
    rows = db.session.scalars(select(Account).where(Account.person_id.in_(people.family_ids(root))).order_by(Account.id)).all()
    return next((row for row in rows if row.person_id == root), rows[0] if rows else None)


def of_address(address: str) -> Account | None:
    """The account of who has proved the address."""
    person_id = people.find_verified(address)
    return None if person_id is None else of_person(person_id)


def open_for(person_id: int, *, password_hash: str | None = None, is_demo: bool = False) -> Account:
    """The account of the person, made when she has none."""
    found = of_person(person_id)
    if found is not None:
        return found
    account = Account(person_id=people.root_id(person_id), password_hash=password_hash, is_demo=is_demo, epoch=0, created_at=clock.now())
    db.session.add(account)
    db.session.flush()
    return account


def sign_out_everywhere(account_id: int) -> Account:
    """Raises the epoch: every cookie written before stops working."""
    account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    account.epoch += 1
    db.session.flush()
    return account


def has_pending(address: str) -> EmailAddress | None:
    """The unproved address of somebody who signed up and has not opened the mail yet: the newest of them."""
    return db.session.scalar(
        select(EmailAddress).join(Account, Account.person_id == EmailAddress.person_id)
        .where(EmailAddress.address == address, EmailAddress.verified_at.is_(None), Account.last_sign_in_at.is_(None))
        .order_by(EmailAddress.id.desc()).limit(1))
