"""`flask --app wsgi upgrade`: brings the database to this release."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.catalog import organizations
from webapp.cli import schema
from webapp.cli.archives import making
from webapp.cli.doctor import examine
from webapp.core import clock
from webapp.core.db import transaction


@click.command("upgrade")
@with_appcontext
def upgrade() -> None:
    """Backs up, migrates over any number of releases, then stores new reference data
    (the association, cancellation policies) and runs the doctor. Refuses a database newer than this code."""
    state = schema.state()
    if state == "newer":
        raise click.ClickException("The database is newer than this code. Install the release that wrote it; nothing was changed.")
    if state == "older":
        click.echo(f"Backed up to {_back_up()}")
    if state != "current":
        schema.upgrade()
        click.echo("All migrations are applied.")
    with transaction():
        organizations.load_reference_data(current_app.config["SETTINGS"].association_name)
    if examine(without=("worker",)):
        raise SystemExit(1)


def _back_up() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"before-upgrade-{clock.now():%Y%m%d-%H%M%S}.tar.gz"
    making.make(target)
    return target
