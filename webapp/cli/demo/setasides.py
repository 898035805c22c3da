"""What is set aside at the coming conference: for presenters, and a pool of seats for the first agency."""

from collections.abc import Sequence
from datetime import timedelta

from webapp.cli.demo import events
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.registration.setasides import keeping
from webapp.registration.setasides.keeping import Wish

SOON = timedelta(hours=2)  # after it was announced, while everything is open
RETURNS = timedelta(days=21)  # before it begins


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """The organizer sets places aside as soon as the conference is public; the agency's bookings take from its own first."""
    for edition in editions:
        if edition.years_back == 0 and edition.values["kind"] == "conference":
            story.at(events.announced(story, edition) + SOON, lambda edition=edition: _set_aside(cast, edition))  # type: ignore[misc]


def _set_aside(cast: Cast, edition: Edition) -> None:
    event_id, by_id = events.of(edition).id, cast.staff("joan")
    returns_at = events.begins(edition) - RETURNS
    keeping.create(event_id, Wish("presenters", 6, "keynote and breakouts", returns_at=returns_at), by_id=by_id,
                   reason="Who speaks comes without paying.")
    keeping.create(event_id, Wish("agency", 12, agency_id=cast.agencies[0].id, returns_at=returns_at), by_id=by_id,
                   reason="Agreed with the agency for the season.")
