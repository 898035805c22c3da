"""Links in mails that prove control of an address: made while the mail is rendered, looked at, used once. Kept as a hash."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from webapp.accounts.models import AccessToken, EmailAddress
from webapp.core import clock, tokens
from webapp.core.db import db
from webapp.core.errors import Refusal

LIVES = {"verify": timedelta(days=3), "reset": timedelta(hours=2), "magic": timedelta(minutes=30), "claim": timedelta(days=3),
         "order": timedelta(days=7)}


class Ended(Refusal):
    """The link was used, or its time has passed, or there never was one: the answer is the same."""

    status = 410
    code = "link_ended"

    def __init__(self) -> None:
        super().__init__("This link has been used or its time has passed.", way_out="Ask for a new one: the newest mail counts.")


def issue(purpose: str, address_id: int, *, lives: timedelta | None = None, detail: dict[str, Any] | None = None) -> str:
    """A new link for the address: its secret, which is kept nowhere. `lives` is how long it opens (default by purpose)."""
    secret = tokens.secret()
    now = clock.now()
    db.session.add(AccessToken(token_hash=tokens.digest(secret), purpose=purpose, email_address_id=address_id, detail=detail or {},
                               created_at=now, expires_at=now + (lives or LIVES[purpose])))
    db.session.flush()
    return secret


def peek(typed: str, purpose: str) -> AccessToken:
    """The link's row while it can be used; changes nothing. Anything else is refused as `Ended`."""
    token = db.session.scalar(select(AccessToken).where(AccessToken.token_hash == tokens.digest(typed), AccessToken.purpose == purpose))
    if token is None or not is_open(token, clock.now()):
        raise Ended
    return token


def use(typed: str, purpose: str) -> AccessToken:
    """Uses the link up. Of two who use it at once only one succeeds; the other is refused as `Ended`."""
    token = peek(typed, purpose)
    now = clock.now()
    used = db.session.execute(update(AccessToken).where(AccessToken.id == token.id, AccessToken.used_at.is_(None))
                              .values(used_at=now).returning(AccessToken.id)).first()
    if used is None:
        raise Ended
    return token


def is_open(token: AccessToken, now: datetime) -> bool:
    """Whether the link can still be used."""
    return token.used_at is None and token.expires_at > now


def end_all(person_ids: frozenset[int], *purposes: str) -> None:
    """Ends the links of these purposes that are still open: after a password was set, older mails open nothing."""
    own = select(EmailAddress.id).where(EmailAddress.person_id.in_(person_ids))
    db.session.execute(update(AccessToken).where(
        AccessToken.email_address_id.in_(own), AccessToken.purpose.in_(purposes), AccessToken.used_at.is_(None),
    ).values(used_at=clock.now()).execution_options(synchronize_session=False))


def sweep(*, before: datetime) -> int:
    """Deletes the links that ended before the moment; returns how many. For the timetable of jobs."""
    return len(db.session.execute(delete(AccessToken).where(AccessToken.expires_at < before).returning(AccessToken.id)).all())
