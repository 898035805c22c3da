"""A person's own data in calendars: her feeds. Erasing her withdraws them; their addresses answer 410 from then on."""

from sqlalchemy import select, update

from webapp.calendars.models import FeedKey
from webapp.core import clock, records
from webapp.core.db import db
from webapp.core.records import Records


def personal_data(person_ids: frozenset[int]) -> Records:
    """The feeds she made and when they were last read."""
    return {"calendar_feeds": records.of(
        select(FeedKey.kind, FeedKey.name, FeedKey.created_at, FeedKey.last_used_at, FeedKey.withdrawn_at)
        .where(FeedKey.person_id.in_(person_ids)).order_by(FeedKey.id))}


def erase(person_ids: frozenset[int]) -> None:
    """Withdraws her feeds and forgets their names."""
    mine = update(FeedKey).where(FeedKey.person_id.in_(person_ids))
    db.session.execute(mine.values(name=""))
    db.session.execute(mine.where(FeedKey.withdrawn_at.is_(None)).values(withdrawn_at=clock.now()))
