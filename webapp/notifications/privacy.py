"""A person's own data in the outbox: what was written to her. Erasing her forgets the addresses and stops what waits."""

from sqlalchemy import select, update

from webapp.core import records
from webapp.core.db import db
from webapp.core.records import Records
from webapp.notifications.models import Message


def personal_data(person_ids: frozenset[int]) -> Records:
    """The messages to her."""
    return {"messages": records.of(
        select(Message.created_at, Message.kind, Message.subject, Message.to_address, Message.state, Message.sent_at)
        .where(Message.person_id.in_(person_ids)).order_by(Message.id))}


def erase(person_ids: frozenset[int]) -> None:
    """Withdraws what waits for her and forgets where everything went."""
    mine = update(Message).where(Message.person_id.in_(person_ids))
    db.session.execute(mine.where(Message.state.in_(("waiting", "failed"))).values(state="withdrawn", note="The account was deleted."))
    db.session.execute(mine.where(Message.state != "sending").values(to_address="", to_name="", subject=""))
