"""Who was there: presence after each session, hours a few days later, certificates when an event is over."""

from datetime import timedelta

from sqlalchemy import select

from webapp.attendance import awarding, certifying, presences
from webapp.catalog.models import Session
from webapp.cli.demo import events
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.hours.models import Award
from webapp.registration.models import Registration, Seat

SOME = 9
ABSENT, LATE, EARLY = 0.06, 0.04, 0.04


def tell(story: Story, cast: Cast, editions: list[Edition]) -> None:
    """Lays in attendance, awards and certificates of every edition that has hours or heads to count."""
    for edition in editions:
        for day in sorted({one["start"][:10] for one in edition.values["sessions"]}):
            last = max(one["end"] for one in edition.values["sessions"] if one["start"].startswith(day))
            evening = events.instant(edition, last) + timedelta(hours=2)
            story.at(evening, lambda edition=edition, day=day: _take(story, cast, edition, day))  # type: ignore[misc]
            story.at(evening + timedelta(days=2), lambda edition=edition: _award(cast, edition))  # type: ignore[misc]
        if edition.years_back > 1:
            continue
        over = events.instant(edition, max(one["end"] for one in edition.values["sessions"])) + timedelta(days=4)
        story.at(over, lambda edition=edition: _certify(cast, edition))  # type: ignore[misc]


def _take(story: Story, cast: Cast, edition: Edition, day: str) -> None:
    """The roster of a day: most for the whole session, a few late, gone early or absent. Sessions without hours have none."""
    by_id = cast.staff("door")
    rows = db.session.execute(
        select(Session.id, Session.starts_at, Session.ends_at, Registration.person_id)
        .join(Seat, Seat.session_id == Session.id).join(Registration, Registration.id == Seat.registration_id)
        .where(Session.event_id == events.of(edition).id, Session.wall_start.startswith(day), Session.status == "scheduled",
               Session.credits.any(), Seat.state == "booked", Registration.state == "confirmed", Registration.person_id.is_not(None))
        .order_by(Session.starts_at, Session.id, Registration.id)).all()
    for row in rows:
        luck, minutes = story.dice.random(), timedelta(minutes=story.dice.randrange(10, 50))
        stay = (row.starts_at, row.ends_at)
        if luck < ABSENT and row.person_id != cast.staff("maren"):
            presences.mark_absent(row.person_id, row.id, by_id=by_id)
            continue
        if luck < ABSENT + LATE:
            stay = (row.starts_at + minutes, row.ends_at)
        elif luck < ABSENT + LATE + EARLY:
            stay = (row.starts_at, row.ends_at - minutes)
        presences.settle(row.person_id, row.id, [stay], by_id=by_id)


def _award(cast: Cast, edition: Edition) -> None:
    awarding.award_event(events.of(edition).id, by_id=cast.staff("joan"))


def _certify(cast: Cast, edition: Edition) -> None:
    """Certificates for some of those who meet the event's rule; the others can still be issued by hand."""
    event_id = events.of(edition).id
    people = db.session.scalars(
        select(Award.person_id).distinct().where(Award.event_id == event_id).order_by(Award.person_id)).all()  # Maren is among the first
    for person_id in people[:SOME]:
        try:
            certifying.issue(event_id, person_id, by_id=cast.staff("joan"))
        except Refusal:  # missed too much
            continue
