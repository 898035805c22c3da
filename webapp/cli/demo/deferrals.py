"""One place of a coming event was put off: somebody could not come, and what she paid waits for another date of the course."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from webapp.catalog import events, parts
from webapp.catalog.models import Event
from webapp.cli.demo import money
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.payments import balances, deferring
from webapp.registration.models import Charge, Registration

PUT_OFF = timedelta(hours=20)  # before now
WHY = "Called: her child is ill that week, and she wants to come to the next one."


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """Staff put it off yesterday."""
    if any(edition.years_back == 0 for edition in editions):
        story.at(story.now - PUT_OFF, lambda: _put_off(cast))


def _put_off(cast: Cast) -> None:
    today = clock.today(money.ZONE)
    for one in db.session.execute(
            select(Registration.id, Registration.order_id, Registration.event_id, Event.title, Event.version)
            .join(Event, Event.id == Registration.event_id).join(Charge, Charge.registration_id == Registration.id)
            .where(Registration.state == "confirmed", Event.kind == "workshop", Event.starts_at > clock.now(), Charge.amount_cents > 0,
                   Registration.inclusion_of_id.is_(None)).order_by(Event.starts_at, Registration.id)).all():
        standing = balances.of_order(one.order_id, today)
        if standing.paid_cents and not standing.open_cents:
            events.update(one.event_id, version=one.version, actor_id=cast.staff("joan"), course_id=parts.course_named(one.title).id)
            deferring.defer(one.id, by_id=cast.staff("joan"), today=today, by_staff=True, reason=WHY)
            return
