"""Signing up and in. Every answer is the same whether an address is known or not; only the mail sent there differs.

Hashes come in ready (`passwords.digest`), so that nothing slow runs inside a transaction. `next` is a
local path to go on to after the link in the mail was used.
"""

from sqlalchemy import select, update

from webapp.accounts import accounts, addresses, links, names, passwords, people
from webapp.accounts.models import AccessToken, Account, EmailAddress, Person
from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.notifications import outbox

WRONG = "The address and the password do not belong together."
WRONG_WAY_OUT = "Try again, or have a link sent to you. If you have just signed up, open the link in our mail first."


def check(address: str, password: str, *, fast: bool = False) -> tuple[int, str | None]:
    """The id of the account these belong to, and the new hash to keep when the kept one is old. Reads only; takes the same
    time whatever is wrong. Refuses without saying what was wrong."""
    try:
        account = accounts.of_address(names.address(address))
    except Unacceptable:
        account = None
    usable = account is not None and account.disabled_at is None
    if not passwords.matches(account.password_hash if account and usable else None, password, fast=fast) or account is None:
        raise Unacceptable(WRONG, way_out=WRONG_WAY_OUT, field="email", code="wrong_password")
    old = passwords.is_old(account.password_hash or "", fast=fast)
    return account.id, passwords.digest(password, fast=fast) if old else None


def enter(account_id: int, *, new_hash: str | None = None) -> Account:
    """Notes the sign-in, and keeps the hash made anew."""
    account = db.session.get_one(Account, account_id)
    account.last_sign_in_at = clock.now()
    if new_hash:
        account.password_hash = new_hash
    return account


def sign_up(given: str, family: str, address: str, password_hash: str, *, browser: str = "", next: str = "") -> int | None:
    """A new person with account and a mail to prove the address; returns her id. Where the address has an owner nothing is
    made, the owner is told by mail, and None comes back: the page must not show the difference. `browser` is the digest of
    something only the browser of the sign-up holds: another must give the password to prove the address."""
    wanted = names.address(address)
    owner = people.find_verified(wanted)
    if owner is not None:
        _tell("already_registered", wanted, owner, fact=f"already_registered:{owner}:{clock.now():%Y%m%d%H}")
        return None
    person = people.create(given, family, address=wanted)
    accounts.open_for(person.id, password_hash=password_hash)
    send_verification(person.addresses[0].id, browser=browser, next=next)
    return person.id


def send_verification(address_id: int, **detail: str) -> None:
    """Writes the mail with the link that proves the address; `detail` (`next`, `browser`) is kept with the link."""
    _send("verify", "verify_address", address_id, **detail)


def send_reset(address: str) -> None:
    """Writes the mail to choose a new password, when the address has an owner; to who has not finished signing up, the
    mail to prove it; to who only has places, a link in or how to get an account."""
    wanted = names.address(address)
    row = _verified_row(wanted)
    if row is not None:
        _send("reset", "reset_password", row.id)
    else:
        _send_to_unproved(wanted)


def send_magic(address: str, *, next: str = "") -> None:
    """Writes the mail with a link that signs in. An address that only one guest gave proves itself by the same link."""
    wanted = names.address(address)
    row = _verified_row(wanted)
    if row is not None:
        _send("magic", "magic_link", row.id, next=next)
    else:
        _send_to_unproved(wanted, next=next)


def invite(address_id: int) -> None:
    """Writes the mail with a link that signs in to somebody whom staff added."""
    _send("magic", "magic_link", address_id)


def enter_by_link(typed: str, purpose: str) -> Account:
    """Uses a link up: its address is proved, and its person has an account (made now for a guest) and is signed in."""
    token = links.use(typed, purpose)
    row = addresses.verify(token.email_address_id)
    account = accounts.open_for(row.person_id)
    if account.disabled_at is not None:
        raise links.Ended
    return enter(account.id)


def forget_password(account_id: int) -> None:
    """Takes away a password that somebody else may have chosen, before the address was proved."""
    account = accounts.sign_out_everywhere(account_id)
    account.password_hash = None


def set_password(account_id: int, password_hash: str) -> Account:
    """Keeps the new password, signs out everywhere, ends open links, and tells the owner by mail."""
    account = accounts.sign_out_everywhere(account_id)
    account.password_hash = password_hash
    links.end_all(people.family_ids(account.person_id), "reset", "magic")
    audit.record("account.password", f"person:{account.person_id}", actor_id=account.person_id)
    for address in addresses.for_mail(account.person_id)[:1]:
        _tell("password_changed", address, account.person_id, fact=f"password_changed:{account.id}:{account.epoch}")
    return account


def proves_first(token: AccessToken) -> bool:
    """Whether the link proves the first address of its person: until then anybody may have typed it at the sign-up."""
    return not any(row.verified_at for row in addresses.of(person_of(token).id))


def person_of(token: AccessToken) -> Person:
    """Whom a link is for: shown on the page before its button is pressed."""
    row = db.session.get_one(EmailAddress, token.email_address_id)
    return people.get(people.root_id(row.person_id))


def address_of(token: AccessToken) -> str:
    """The address a link was sent to."""
    return db.session.get_one(EmailAddress, token.email_address_id).address


def account_of(token: AccessToken) -> Account | None:
    """The account a link leads to; None when it will be made."""
    return accounts.of_person(person_of(token).id)


def disable(account_id: int, *, actor_id: int, reason: str, disabled: bool = True) -> None:
    """Closes or opens again an account by staff; who is signed in with it is signed out."""
    account = accounts.sign_out_everywhere(account_id)
    account.disabled_at = clock.now() if disabled else None
    audit.record("account.disabled" if disabled else "account.enabled", f"person:{account.person_id}", actor_id=actor_id, reason=reason)


def _verified_row(address: str) -> EmailAddress | None:
    return db.session.scalar(select(EmailAddress).where(EmailAddress.address == address, EmailAddress.verified_at.is_not(None)))


def _send_to_unproved(address: str, *, next: str = "") -> None:
    pending = accounts.has_pending(address)
    if pending is not None:
        send_verification(pending.id, next=next)
        return
    guests = db.session.scalars(
        select(EmailAddress).join(Person, Person.id == EmailAddress.person_id)
        .where(EmailAddress.address == address, Person.merged_into_id.is_(None), Person.erased_at.is_(None), EmailAddress.is_primary)
        .order_by(EmailAddress.id).limit(2)).all()
    if len(guests) == 1:
        _send("magic", "magic_link", guests[0].id, next=next)
    elif guests:
        _tell("no_account_yet", address, None, fact=f"no_account_yet:{address}:{clock.now():%Y%m%d%H}")


def _send(purpose: str, kind: str, address_id: int, **detail: str) -> None:
    """Asks for a mail with a new link (made while it is rendered); older links of this purpose for the address end."""
    row = db.session.get_one(EmailAddress, address_id)
    db.session.execute(update(AccessToken).where(
        AccessToken.email_address_id == address_id, AccessToken.purpose == purpose, AccessToken.used_at.is_(None),
    ).values(used_at=clock.now()).execution_options(synchronize_session=False))
    facts = {"email_address_id": address_id} | {key: value for key, value in detail.items() if value}
    outbox.write(fact=f"{kind}:{address_id}:{clock.now():%Y%m%d%H%M%S}", kind=kind, to_address=row.address, person_id=row.person_id,
                 subject_of=f"person:{row.person_id}", facts=facts)


def _tell(kind: str, address: str, person_id: int | None, *, fact: str) -> None:
    outbox.write(fact=fact, kind=kind, to_address=address, person_id=person_id,
                 subject_of=f"person:{person_id}" if person_id else "", facts={"person_id": person_id})
