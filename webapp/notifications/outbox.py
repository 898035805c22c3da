"""The outbox: a message is written in the transaction of what it announces, once for each fact and recipient.

    outbox.write(fact=f"placed:{order.id}", kind="order_placed", to_address=..., to_name=..., person_id=...,
                 subject_of=f"order:{order.id}", facts={"order_id": order.id})
    outbox.write_all([Letter(fact=..., kind=..., to_address=...), ...])  # many in one statement

`facts` holds ids and never words, secrets or times: the mail is rendered from what is true when it is sent (docs/messages.md).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from webapp.core import clock, tokens, work
from webapp.core.db import db, insert_all_new, insert_new
from webapp.notifications.models import Message


def write(*, fact: str, kind: str, to_address: str, to_name: str = "", person_id: int | None = None, subject_of: str = "",
          facts: dict[str, Any] | None = None, not_before: datetime | None = None) -> Message | None:
    """Writes the message, or does nothing and returns None when this fact has one already.

    `fact` names the thing told and to whom (at most 200 characters); `not_before` is the earliest moment of sending (default: now).
    """
    now = clock.now()
    message = insert_new(Message, on=("fact",), values={
        "fact": fact, "kind": kind, "to_address": to_address, "to_name": to_name, "person_id": person_id,
        "subject_of": subject_of, "facts": facts or {}, "not_before": not_before or now, "created_at": now,
        "message_id": tokens.uid(),
    })
    if message is not None and message.not_before <= now:
        work.waits("mail")
    return message


@dataclass(frozen=True)
class Letter:
    """What `write` is told, as a value."""

    fact: str
    kind: str
    to_address: str
    to_name: str = ""
    person_id: int | None = None
    subject_of: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


def write_all(letters: Sequence[Letter]) -> int:
    """Writes the messages whose facts have none yet, in one statement; returns how many these were."""
    now = clock.now()
    rows = [vars(letter) | {"not_before": letter.not_before or now, "created_at": now, "message_id": tokens.uid()} for letter in letters]
    written = insert_all_new(Message, on=("fact",), rows=rows)
    if written and any(row["not_before"] <= now for row in rows):
        work.waits("mail")
    return written


def withdraw(*, subject_of: str | None = None, fact: str | None = None, kinds: Collection[str] | None = None,
             note: str = "") -> int:
    """Withdraws the messages that still wait and match all that is given; returns how many. One that was sent stays sent.

    Needs `subject_of` or `fact`: nobody withdraws everything by leaving both out.
    """
    if subject_of is None and fact is None:
        raise ValueError("say which messages to withdraw: subject_of or fact")
    statement = update(Message).where(Message.state == "waiting").values(state="withdrawn", note=note[:255])
    if subject_of is not None:
        statement = statement.where(Message.subject_of == subject_of)
    if fact is not None:
        statement = statement.where(Message.fact == fact)
    if kinds is not None:
        statement = statement.where(Message.kind.in_(kinds))
    return _changed(statement)


def redate(fact: str, not_before: datetime) -> bool:
    """Moves the moment of sending of a message that still waits (a reminder of a session that moved); False when none does."""
    statement = update(Message).where(Message.fact == fact, Message.state == "waiting").values(not_before=not_before)
    if not _changed(statement):
        return False
    if not_before <= clock.now():
        work.waits("mail")
    return True


def _changed(statement: Any) -> int:
    return len(db.session.execute(statement.returning(Message.id)).all())
