"""`events import FILE` and `events export [SLUG ...]`: whole events as files."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from webapp.catalog.models import Event
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.registration import transfer
from webapp.registration.transfer import ImportRefused

events = AppGroup("events", help="Events as files.")


@events.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_files(files: tuple[Path, ...]) -> None:
    """Makes events of FILES, all or none. What does not fit is listed with its place in the file."""
    made: list[str] = []
    try:
        with transaction():
            for path in files:
                event = transfer.load(_document(path), actor_id=None)
                made += [event.slug]
    except ImportRefused as refusal:
        click.echo(f"{files[len(made)]}: {refusal.sentence}", err=True)
        raise click.ClickException("\n  ".join(["", *refusal.reasons])) from None
    except Refusal as refusal:
        raise click.ClickException(f"{files[len(made)]}: {refusal.sentence} {refusal.way_out}".strip()) from None
    for slug in made:
        click.echo(f"/events/{slug}")


@events.command("export")
@click.argument("slugs", nargs=-1)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="A folder for one file per event.")
def export(slugs: tuple[str, ...], folder: Path | None) -> None:
    """Writes events (all, or those named) as files to a folder; one event without a folder is printed."""
    wanted = select(Event.id, Event.slug).order_by(Event.slug)
    rows = db.session.execute(wanted.where(Event.slug.in_(slugs)) if slugs else wanted).all()
    if missing := set(slugs) - {row.slug for row in rows}:
        raise click.ClickException(f"There is no event called {', '.join(sorted(missing))}.")
    if folder is None and len(rows) != 1:
        raise click.ClickException("Name one event, or say --to FOLDER for a file each.")
    for row in rows:
        content = transfer.text(transfer.dump(row.id))
        if folder is None:
            click.echo(content, nl=False)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row.slug}.json").write_text(content, encoding="utf-8")
        click.echo(str(folder / f"{row.slug}.json"))


def _document(path: Path) -> transfer.Document:
    try:
        return transfer.read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ImportRefused(["file: it is not text in UTF-8"]) from None
