"""The editions as events: written and published some months before they begin, closed when they are over."""

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.catalog import events
from webapp.catalog.models import Event
from webapp.cli.demo import calendar
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import times
from webapp.core.db import db
from webapp.registration import transfer

AHEAD = {"conference": timedelta(days=270), "capstone": timedelta(days=250)}
USUAL = timedelta(days=130)
NEWEST = timedelta(days=6)  # what is announced last was announced so long ago


def tell(story: Story, cast: Cast, editions: list[Edition]) -> None:
    """Lays in the writing of every edition, and the closing of those that are over."""
    written: dict[str, datetime] = {}
    for edition in editions:
        moment = announced(story, edition)
        for inner in edition.values.get("includes", []):  # what contains another event comes after it
            moment = max(moment, written[inner["event"]] + timedelta(hours=1))
        written[edition.slug] = moment
        story.at(moment, lambda edition=edition: _write(edition, cast))  # type: ignore[misc]
        over = instant(edition, max(one["end"] for one in edition.values["sessions"])) + timedelta(days=3)
        story.at(over, lambda edition=edition: _close(edition, cast))  # type: ignore[misc]


def of(edition: Edition) -> Event:
    """The event of an edition."""
    return db.session.scalars(select(Event).filter_by(slug=edition.slug)).one()


def begins(edition: Edition) -> datetime:
    """The instant of the first session."""
    return instant(edition, calendar.first_start(edition).isoformat())


def announced(story: Story, edition: Edition) -> datetime:
    """When the event went public, unless it had to wait for one it contains."""
    usual = begins(edition) - AHEAD.get(edition.values["kind"], USUAL)
    return min(usual, story.now - NEWEST) if edition.years_back == 0 else usual


def _write(edition: Edition, cast: Cast) -> None:
    transfer.load(transfer.of_values(edition.values), actor_id=cast.staff("joan"), is_demo=True)


def _close(edition: Edition, cast: Cast) -> None:
    events.close(of(edition).id, actor_id=cast.staff("joan"), reason="It is over.")


def instant(edition: Edition, wall: str) -> datetime:
    """The instant of a wall-clock time in the edition's zone."""
    return times.instant(datetime.fromisoformat(wall), edition.values["zone"], fold=0)
