"""`flask --app wsgi backup FILE` and `restore FILE`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from webapp.cli import schema
from webapp.cli.archives import making, restoring

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Writes database, uploads and keys into FILE (.tar.gz), while people go on working."""
    manifest = making.make(file.absolute())
    size = file.stat().st_size / 2**20
    click.echo(f"{file}: {len(manifest.files)} files, {size:.1f} MB. SECRET_KEY and the other settings are not in it.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Although people or events are in the database: they are gone afterwards.")
@with_appcontext
def restore(file: Path, replace: bool) -> None:
    """Puts a backup in place. Stop web and worker first. Everything is checked before anything is changed."""
    manifest = restoring.restore(file.absolute(), replace=replace)
    click.echo(f"Restored what was backed up at {manifest.written_at}.")
    if schema.state() == "older":
        click.echo("It is from an older release. Run: flask --app wsgi upgrade")
