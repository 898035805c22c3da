"""What public lists say of prices, for many events at once."""

from collections.abc import Sequence

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.registration.models import Instalment, RegistrationType


def parts(event_ids: Sequence[int]) -> dict[int, int]:
    """In how many instalments a place of each event is paid, where in more than one. One statement."""
    rows = db.session.execute(
        select(RegistrationType.event_id, func.max(Instalment.position) - func.min(Instalment.position) + 1)
        .join(Instalment, Instalment.type_id == RegistrationType.id)
        .where(RegistrationType.event_id.in_(event_ids), RegistrationType.retired_at.is_(None)).group_by(RegistrationType.event_id))
    return {event_id: count for event_id, count in rows if count > 1}
