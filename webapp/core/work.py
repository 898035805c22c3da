"""Work that waits in tables: said inside the transaction that writes it, announced after its commit.

`waits("mail")` only leaves a name on the session; `webapp.jobs` is told after the commit and wakes a worker. Losing the
announcement loses nothing, because the timetable looks into the tables every minute anyway.
"""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from webapp.core.db import db

_WAITING = "attune_waiting"
_listeners: list[Callable[[set[str]], None]] = []


def waits(queue: str) -> None:
    """Says that work of this kind waits once the current transaction has been committed."""
    db.session().info.setdefault(_WAITING, set()).add(queue)


def on_commit(tell: Callable[[set[str]], None]) -> None:
    """`tell` is called with the kinds of work that wait, after each commit that left some. Once, however often it is asked."""
    if tell not in _listeners:
        _listeners.append(tell)


@event.listens_for(db.session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: nobody else sees the rows yet
    if queues := session.info.pop(_WAITING, None):
        for tell in _listeners:
            tell(queues)


@event.listens_for(db.session, "after_soft_rollback")
def _rolled_back(session: Session, previous: SessionTransaction) -> None:
    if previous.parent is None:
        session.info.pop(_WAITING, None)
