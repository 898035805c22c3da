"""What still keeps an event from being published, all of it at once."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp.catalog.models import Event, Session
from webapp.catalog.sessions.values import Break, net_minutes
from webapp.core import times
from webapp.core.db import db
from webapp.core.errors import Unacceptable


class NotReady(Unacceptable):
    """The event cannot be published yet. `reasons` are sentences, each one thing to do."""

    code = "not_ready"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("This event cannot be published yet: " + " ".join(reasons))
        self.reasons = list(reasons)


def refuse(reasons: Iterable[str]) -> None:
    """Raises NotReady with all the reasons, if there are any."""
    found = list(reasons)
    if found:
        raise NotReady(found)


def problems(event_id: int) -> list[str]:
    """What the catalog misses: sessions, a place, breaks of sessions that award hours, credit that fits. Three statements."""
    event = db.session.get_one(Event, event_id)
    sessions = db.session.scalars(
        select(Session).filter_by(event_id=event_id, status="scheduled").order_by(Session.starts_at)
        .options(selectinload(Session.breaks), selectinload(Session.credits))).all()
    found = [] if sessions else ["Add at least one session."]
    if event.mode != "online" and event.venue_id is None:
        found.append("Say where it takes place.")
    if event.mode != "in_person" and not (event.platform or event.online_url):
        found.append("Say on which platform it meets online.")
    for session in sessions:
        found.extend(_session_problems(session))
    return found


def _session_problems(session: Session) -> Iterable[str]:
    name = f"\u201c{session.title}\u201d on {times.date_words(times.local(session.starts_at, session.zone).date())}"
    if session.credits and not session.breaks and not session.no_breaks:
        yield f"{name} awards hours: state its breaks, or that it has none."
    net = net_minutes(session.length_minutes, [Break(one.offset_minutes, one.minutes) for one in session.breaks])
    awarded = sum(credit.minutes for credit in session.credits)
    if awarded > net:
        yield f"{name} awards {times.hours_words(awarded)}, but without breaks it is only {times.hours_words(net)} long."
