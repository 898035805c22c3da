"""People for tests, made through the actions of accounts."""

from datetime import date
from itertools import count
from typing import Any

from webapp.accounts import accounts, addresses, memberships, passwords, people, roles
from webapp.accounts.models import Account, Person
from webapp.core.db import db

PASSWORD = "three quiet herons"
_numbers = count(1)


def person(given: str = "Maria", family: str = "Lopez", *, email: str | None = None, verified: bool = True, account: bool = True,
           password: str = PASSWORD, roles: list[str | tuple[str, dict[str, int]]] | None = None, member: bool = False,
           member_until: date = date(2099, 12, 31), **profile: str) -> Person:
    """A person with a proved address and an account; `roles` are names or `("organizer", {"event_id": 3})`.

    Without `email` she gets one of her own. `account=False` with `verified=False` is a guest. Call it inside the test's
    session, or inside `transaction()`.
    """
    made = people.create(given, family, address=email or f"person{next(_numbers)}@home.example", **profile)
    if verified:
        addresses.verify(made.addresses[0].id)
    if account:
        accounts.open_for(made.id, password_hash=passwords.digest(password, fast=True))
    for role in roles or []:
        _grant(made.id, role)
    if member:
        memberships.add(made.id, f"M-{made.id:05}", from_on=date(2000, 1, 1), until_on=member_until, actor_id=None)
    db.session.flush()
    return made


def guest(given: str = "Maria", family: str = "Lopez", *, email: str) -> Person:
    """Who registered without an account: the address is not proved."""
    return person(given, family, email=email, verified=False, account=False)


def account_of(made: Person) -> Account:
    """The account of a person made above."""
    found = accounts.of_person(made.id)
    assert found is not None
    return found


def _grant(person_id: int, role: str | tuple[str, dict[str, int]]) -> None:
    scope: dict[str, Any]
    name, scope = (role, {}) if isinstance(role, str) else role
    roles.grant(person_id, name, actor_id=None, **scope)
