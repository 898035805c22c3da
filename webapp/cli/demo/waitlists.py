"""Who waits for what is full: some get in line, one has an offer that is open now."""

import random
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from webapp.cli.demo import events, money
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast, Somebody
from webapp.cli.demo.story import SEED, Story
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import registrations
from webapp.registration.models import Registration
from webapp.registration.waitlist import joining, offering

FULL = ("dc05", "rsc-group-ei", "book-club")
WAIT = 4
BEGAN = timedelta(days=3)


def tell(story: Story, cast: Cast, editions: Sequence[Edition]) -> None:
    """Some get in line of each full event that is still to come, Maren among them; of a seat that came free one has an open offer."""
    dice = random.Random(SEED)  # noqa: S311 - of its own, so that the rest of the story stays as it is
    for edition in editions:
        if edition.years_back == 0 and edition.origin.startswith(FULL) and events.begins(edition) > story.now + BEGAN:
            for at, one in enumerate([*dice.sample(cast.crowd, WAIT), cast.by_mailbox["maren"]]):
                moment = story.now - BEGAN + timedelta(hours=3 * at)
                story.at(moment, lambda edition=edition, one=one, at=at: _join(edition, one, 2 if at == 2 else 1))  # type: ignore[misc]
            story.at(story.now - timedelta(hours=20), lambda edition=edition: _free(story, edition, cast))  # type: ignore[misc]


def _join(edition: Edition, one: Somebody, seats: int) -> None:
    try:
        with db.session.begin_nested():
            joining.join(events.of(edition).id, "event", email=one.email, seats=seats, person_id=one.id)
    except Refusal:  # she has a place, or the event is not full by then
        return


def _free(story: Story, edition: Edition, cast: Cast) -> None:
    """Somebody who is not of those who sign in gives a seat back, and the first in line is asked."""
    event = events.of(edition)
    known = [one.id for one in cast.by_mailbox.values()]
    given_back = db.session.scalars(
        select(Registration.id).where(Registration.event_id == event.id, Registration.state == "confirmed",
                                      Registration.person_id.not_in(known)).order_by(Registration.id)).first()
    if given_back is not None:
        money.give_back(story, cast, registrations.cancel(given_back, by_id=None, reason=money.CHANGED), by_id=None)
        offering.settle(event.id, clock.now())
