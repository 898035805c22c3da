"""`user create`: the first administrator, and anybody whom staff let in; prints a link to choose the password."""

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.accounts import accounts, addresses, links, people, roles
from webapp.core.db import transaction
from webapp.core.errors import Refusal

user = AppGroup("user", help="People who sign in.")
LINK_LIVES = timedelta(days=3)
_EVERYWHERE = [role for role, scopes in roles.SCOPES.items() if "" in scopes]


@user.command("create")
@click.option("--role", type=click.Choice(["attendee", *_EVERYWHERE]), required=True, help="What they may do, everywhere.")
@click.option("--email", required=True, help="Their address; it counts as confirmed, because you vouch for it.")
@click.option("--name", default="", help="First name and last name. Needed unless the address is known.")
def create(role: str, email: str, name: str) -> None:
    """Makes the person where the address is unknown, gives the role, and prints a link that works once, for three days."""
    try:
        with transaction():
            secret = _create(role, email, name)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.sentence} {refusal.way_out}".strip()) from refusal
    click.echo("Choose the password here (the link works once, for 3 days):")
    click.echo(f"{current_app.config['SETTINGS'].base_url}/reset/{secret}")


def _create(role: str, email: str, name: str) -> str:
    person_id = people.find_verified(email)
    if person_id is None:
        given, _, family = name.strip().partition(" ")
        made = people.create(given, family, address=email)
        addresses.verify(made.addresses[0].id)
        person_id = made.id
    accounts.open_for(person_id)
    if role != "attendee" and role not in {grant.role for grant in roles.held_by(person_id) if grant.event_id is None}:
        roles.grant(person_id, role, actor_id=None, reason="Made by the command line.")
    proved = next(row for row in addresses.of(person_id) if row.verified_at is not None)
    return links.issue("reset", proved.id, lives=LINK_LIVES)
