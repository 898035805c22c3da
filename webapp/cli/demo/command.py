"""`demo load` and `demo reset`: only on an installation that says it is a demonstration (DEMO=1)."""

import logging
from collections.abc import Callable
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select, text, update

from config import Settings
from webapp.accounts.models import Person
from webapp.catalog import organizations
from webapp.catalog.models import Event
from webapp.cli import schema
from webapp.cli.demo import (
    attendance,
    books,
    calendar,
    deferrals,
    events,
    exhibitors,
    funds,
    names,
    people,
    registrations,
    setasides,
    waitlists,
)
from webapp.cli.demo.people import Cast
from webapp.cli.demo.story import Story
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.hours.models import Award
from webapp.notifications.models import Message
from webapp.registration import offers
from webapp.registration.models import Registration
from webapp.registration.years import keeping

BEGINS = timedelta(days=3 * 365 + 40)  # people join the association before the first edition is announced
RECENT = timedelta(days=2)
demo = AppGroup("demo", help="Demonstration data (DEMO=1 only).")


@demo.command("load")
def load() -> None:
    """Fills an empty database: 22 events, their past editions, people, places, money, attendance and hours."""
    settings = _settings()
    if db.session.scalar(select(Event.id).limit(1)) is not None:
        raise click.ClickException("There are events already. To begin anew say: flask --app wsgi demo reset")
    db.session.rollback()
    fill(settings.association_name, say=click.echo)
    click.echo(f"Loaded: {_counts()}. Sign in with the password {names.PASSWORD}.")


@demo.command("reset")
@click.confirmation_option(prompt="This deletes everything in the database. Go on?")
def reset() -> None:
    """Empties every table and loads the demonstration again."""
    settings = _settings()
    db.session.rollback()
    db.drop_all()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    schema.upgrade()
    fill(settings.association_name, say=click.echo)
    click.echo(f"Loaded: {_counts()}. Sign in with the password {names.PASSWORD}.")


def fill(association_name: str, *, with_past: bool = True, say: Callable[[str], None] = lambda _: None) -> Cast:
    """Loads everything as of now. `with_past` false leaves out what people did: events and people only. `say` hears how far it is."""
    story = Story(clock.now())
    say("  people, agencies, roles")
    with transaction(), clock.acting_at(story.now - BEGINS):
        organizations.load_reference_data(association_name)
        cast = people.make(story)
        keeping.create(keeping.Terms("Individual membership, one year", 12, 6_000), by_id=cast.staff("joan"))
    editions = calendar.editions(clock.today("America/Chicago"))
    events.tell(story, cast, editions)
    if with_past:
        registrations.tell(story, cast, editions)
        attendance.tell(story, cast, editions)
        waitlists.tell(story, cast, editions)
        setasides.tell(story, cast, editions)
        exhibitors.tell(story, cast, editions)
        funds.tell(story, cast, editions)
        deferrals.tell(story, cast, editions)
        books.tell(story, cast)
    story.play(turn=lambda year: say(f"  {year}: what people booked, paid, attended"))
    say("  today's prices and mail")
    with transaction():
        people.introduce(cast)
        offers.refresh_all_prices(story.now)
        _silence(story)
    return cast


def _silence(story: Story) -> None:
    """What would have been mailed long ago is not mailed now; the last two days and the reminders to come are."""
    db.session.execute(
        update(Message).where(Message.state == "waiting", Message.not_before < story.now - RECENT)
        .values(state="withdrawn", note="From before this demonstration began."))


def _settings() -> Settings:
    """The settings of a demonstration; refused elsewhere. This process says only what matters from here on."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.demo:
        raise click.ClickException("This is not a demonstration. Demo data, with its known passwords, is loaded only where DEMO=1 is set.")
    logging.getLogger("webapp").setLevel(logging.WARNING)  # thousands of payments and messages are no news
    return settings


def _counts() -> str:
    return ", ".join(
        f"{db.session.scalar(select(func.count()).select_from(model)):,} {word}"
        for model, word in ((Event, "events"), (Person, "people"), (Registration, "registrations"), (Award, "awards")))
