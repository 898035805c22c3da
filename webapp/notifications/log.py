"""The log of messages as staff read it, and another try for one that was given up.

`subjects` is a selection of `subject_of` values: the caller knows what its messages are about.
"""

from typing import Any

from sqlalchemy import func, select, update

from webapp.core import clock, work
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound
from webapp.notifications.models import Message

PAGE = 100


def listed(subjects: Any, state: str = "", offset: int = 0) -> list[Any]:
    """The messages about these subjects, the latest first; a hundred at a time. One statement."""
    statement = (
        select(Message.id, Message.subject_of, Message.kind, Message.to_address, Message.to_name, Message.subject, Message.state,
               Message.not_before, Message.sent_at, Message.last_error, Message.note, Message.attempts)
        .where(Message.subject_of.in_(subjects)).order_by(func.coalesce(Message.sent_at, Message.not_before).desc(), Message.id.desc()))
    if state:
        statement = statement.where(Message.state == state)
    return list(db.session.execute(statement.offset(offset).limit(PAGE)).all())


def counts(subjects: Any) -> dict[str, int]:
    """How many messages about these subjects are in each state. One statement."""
    rows = db.session.execute(select(Message.state, func.count()).where(Message.subject_of.in_(subjects)).group_by(Message.state))
    return {row[0]: row[1] for row in rows}


def try_again(message_id: int, subjects: Any) -> None:
    """Lets a message that was given up wait to be sent once more. Refused when it was not, or is not about these subjects."""
    found = db.session.scalar(select(Message.state).where(Message.id == message_id, Message.subject_of.in_(subjects)))
    if found is None:
        raise NotFound
    done = db.session.execute(
        update(Message).where(Message.id == message_id, Message.state == "failed")
        .values(state="waiting", attempts=0, not_before=clock.now()).returning(Message.id)).all()
    if not done:
        raise AlreadyDone("This message was not given up.", way_out="Look at its state again.")
    work.waits("mail")
