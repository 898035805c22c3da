"""Who applied: some wait to be read, some are read, most are offered a place, most accept and pay in parts."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from webapp.catalog.models import Group
from webapp.cli.demo import events, money
from webapp.cli.demo.calendar import Edition
from webapp.cli.demo.people import Cast, Somebody
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.forms import questions
from webapp.payments import invoices
from webapp.registration import applications, orders
from webapp.registration.models import RegistrationType

FULL_NOTE = "The cohort is full. We would be glad to read your application again next year."


def public_types(event_id: int) -> list[RegistrationType]:
    """The types one can choose by oneself, in order."""
    return list(db.session.scalars(
        select(RegistrationType).filter_by(event_id=event_id, on_request=False).order_by(RegistrationType.position)))


def tell(story: Story, cast: Cast, edition: Edition) -> None:
    """Some more apply than there are places for: most are offered one and accept, the rest are declined or still waiting."""
    people = story.dice.sample(cast.crowd, _places(edition) + 3)
    opens = max(events.announced(story, edition), _opening(edition))
    room = min(events.begins(edition), story.now) - opens
    for rank, one in enumerate(people):
        moment = opens + room * (0.05 + 0.6 * story.dice.random())
        story.at(moment, lambda rank=rank, one=one: _apply(story, cast, edition, one, rank))  # type: ignore[misc]


def _places(edition: Edition) -> int:
    """How many are offered a place: the cohorts that run now are larger than those of the years before."""
    capacity: int = edition.values["capacity"]
    return min(capacity, (16, 10)[edition.years_back])


def _opening(edition: Edition) -> datetime:
    opens = edition.values.get("opens_at")
    return events.instant(edition, opens) if opens else datetime.min.replace(tzinfo=UTC)


def _apply(story: Story, cast: Cast, edition: Edition, one: Somebody, rank: int) -> None:
    event = events.of(edition)
    type_ = next(row for row in public_types(event.id) if row.audience != "member")
    answers = {row.key: _answer(row.kind) for row in questions.for_event(event.id, "application")}
    made = applications.submit(event.id, type_.id, email=one.email, answers=answers, person_id=one.id)
    later = (min(events.begins(edition), story.now) - clock.now()) * 0.25
    is_coming = events.begins(edition) > story.now
    if is_coming and rank % 5 == 4:
        return  # waits to be read
    story.at(clock.now() + later, lambda: _decide(story, cast, edition, made.id, rank))


def _answer(kind: str) -> str:
    return "yes" if kind == "yes_no" else "Eight years with families of young children. I want to learn to slow down."


def _decide(story: Story, cast: Cast, edition: Edition, application_id: int, rank: int) -> None:
    event = events.of(edition)
    coordinator = cast.staff("coordinator" if edition.values.get("programme") else "joan")
    is_coming = events.begins(edition) > story.now
    if is_coming and rank % 5 == 3:
        applications.review(application_id, by_id=coordinator)
        return
    groups = db.session.scalars(select(Group).filter_by(event_id=event.id).order_by(Group.position)).all()
    group = groups[rank % len(groups)]
    try:
        with db.session.begin_nested():
            applications.decide(application_id, offer=rank < _places(edition), by_id=coordinator, group_id=group.id,
                                note="" if rank < _places(edition) else FULL_NOTE,
                                until=clock.now() + timedelta(days=21))
    except Refusal:
        return
    if rank < _places(edition) and not (is_coming and rank % 5 == 2):
        story.at(clock.now() + timedelta(days=story.dice.randrange(1, 6)), lambda: _accept(story, cast, application_id))


def _accept(story: Story, cast: Cast, application_id: int) -> None:
    held = applications.accept(application_id)
    orders.place(held.order_id, "invoice")
    invoices.issue(held.order_id)
    for part in range(3):
        story.at(clock.now() + timedelta(days=20 + 110 * part), lambda: money.receive(cast, held.order_id, "bank_transfer", in_parts=True))
