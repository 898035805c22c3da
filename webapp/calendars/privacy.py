"""A person's own data in calendars: her feeds. Erasing her withdraws them; their addresses answer 410 from then on."""

from sqlalchemy import delete, select, update

from webapp.calendars.models import CalendarChoice, FeedKey, Invitation
from webapp.core import clock, records
from webapp.core.db import db
from webapp.core.records import Records
from webapp.registration.models import Registration, Seat


def personal_data(person_ids: frozenset[int]) -> Records:
    """The feeds she made and when they were last read; how she wants sessions in her calendar, and what mail put there."""
    return {
        "calendar_feeds": records.of(
            select(FeedKey.kind, FeedKey.name, FeedKey.created_at, FeedKey.last_used_at, FeedKey.withdrawn_at)
            .where(FeedKey.person_id.in_(person_ids)).order_by(FeedKey.id)),
        "calendar_choice": records.of(
            select(CalendarChoice.way).where(CalendarChoice.person_id.in_(person_ids)).order_by(CalendarChoice.person_id)),
        "calendar_invitations": records.of(
            select(Seat.ical_uid, Invitation.state, Invitation.sequence, Invitation.told_at).join(Seat, Seat.id == Invitation.seat_id)
            .join(Registration, Registration.id == Seat.registration_id).where(Registration.person_id.in_(person_ids)).order_by(Seat.id)),
    }


def erase(person_ids: frozenset[int]) -> None:
    """Withdraws her feeds and forgets their names and her choice."""
    mine = update(FeedKey).where(FeedKey.person_id.in_(person_ids))
    db.session.execute(mine.values(name=""))
    db.session.execute(mine.where(FeedKey.withdrawn_at.is_(None)).values(withdrawn_at=clock.now()))
    db.session.execute(delete(CalendarChoice).where(CalendarChoice.person_id.in_(person_ids)))
