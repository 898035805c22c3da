"""Who may send a message now: claims with a deadline, so that two couriers never send one message and a dead one keeps none.

Every change is one conditional UPDATE in a transaction of its own; `attempts` is the fence: a courier that overstayed its
lease cannot settle what another one has taken since.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from webapp.core.db import db, transaction
from webapp.notifications.models import Message

LEASE = timedelta(seconds=90)  # longer than the slowest conversation with a mail server (mailers.TIMEOUT for each of five steps)
MOST_ATTEMPTS = 12  # with the back-off below: a little over a day


@dataclass(frozen=True)
class Claim:
    """A message this courier alone may send until its lease ends."""

    id: int
    fact: str
    kind: str
    facts: dict[str, Any]
    to_address: str
    to_name: str
    message_id: str
    attempts: int


@dataclass(frozen=True)
class Hand:
    """A message in some courier's hand; `is_late` once the lease has ended."""

    id: int
    message_id: str
    attempts: int
    is_late: bool


def due(now: datetime, limit: int) -> list[tuple[int, str]]:
    """Ids and references of messages whose time has come, the longest waiting first."""
    statement = (select(Message.id, Message.message_id).where(Message.state == "waiting", Message.not_before <= now)
                 .order_by(Message.not_before, Message.id).limit(limit))
    found = [(row.id, row.message_id) for row in db.session.execute(statement)]
    db.session.rollback()  # no snapshot is kept open while mail is sent
    return found


def in_hand(now: datetime) -> list[Hand]:
    """Every message that some courier has claimed and not settled."""
    columns = (Message.id, Message.message_id, Message.attempts, (Message.lease_until <= now).label("is_late"))
    rows = db.session.execute(select(*columns).where(Message.state == "sending").order_by(Message.id)).all()
    db.session.rollback()
    return [Hand(*row) for row in rows]


def claim(message_id: int, now: datetime) -> Claim | None:
    """Takes a waiting message until `now` + LEASE; None when somebody else has it or it was withdrawn."""
    statement = (update(Message).where(Message.id == message_id, Message.state == "waiting", Message.not_before <= now)
                 .values(state="sending", attempts=Message.attempts + 1, lease_until=now + LEASE)
                 .returning(*(getattr(Message, name) for name in Claim.__dataclass_fields__)))
    with transaction():
        row = db.session.execute(statement).one_or_none()
    return Claim(**row._mapping) if row else None


def release(hand: Hand | Claim) -> None:
    """Gives the message of a dead courier back to those that wait."""
    _settle(_held(hand), state="waiting", lease_until=None)


def settle_sent(claim: Claim, now: datetime, subject: str) -> bool:
    """The mail server has it. False when the lease had been lost and somebody else settles it."""
    return _settle(_held(claim), state="sent", sent_at=now, subject=subject[:255], lease_until=None, last_error="")


def settle_late(hand: Hand, now: datetime) -> None:
    """The mail server had taken it before its courier died."""
    _settle(_held(hand), state="sent", sent_at=now, lease_until=None, note="Taken by the mail server just before an interruption.")


def settle_withdrawn(claim: Claim, reason: str) -> None:
    """What it announced is no longer so."""
    _settle(_held(claim), state="withdrawn", note=reason[:255], lease_until=None)


def put_off(claim: Claim, now: datetime, error: str) -> bool:
    """Later again: after 1, 2, 4 ... minutes, at most 6 hours. False when that was the last attempt and it has failed."""
    if claim.attempts >= MOST_ATTEMPTS:
        settle_failed(claim, error)
        return False
    wait = min(timedelta(minutes=2 ** (claim.attempts - 1)), timedelta(hours=6))
    _settle(_held(claim), state="waiting", not_before=now + wait, lease_until=None, last_error=error[:500])
    return True


def settle_failed(claim: Claim, error: str) -> None:
    """It will not be tried again until staff say so."""
    _settle(_held(claim), state="failed", lease_until=None, last_error=error[:500])


def _held(claim: Claim | Hand) -> Any:
    return update(Message).where(Message.id == claim.id, Message.state == "sending", Message.attempts == claim.attempts)


def _settle(statement: Any, **values: Any) -> bool:
    with transaction():
        return db.session.execute(statement.values(**values).returning(Message.id)).one_or_none() is not None

