"""Putting a backup back."""

import shutil
import tempfile
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.cli import schema
from webapp.cli.archives import bundle, dumps
from webapp.cli.archives.bundle import Manifest
from webapp.cli.archives.making import KEPT
from webapp.core.db import db


def restore(source: Path, *, replace: bool) -> Manifest:
    """Puts database, uploads and keys of a backup in place.

    Refuses before anything is changed: a damaged backup, one of another kind of database, one newer than this code, and a
    database that has people or events in it unless `replace` is said.
    """
    data_dir: Path = current_app.config["SETTINGS"].data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as name:
        folder = Path(name)
        manifest = bundle.unpack(source, folder)
        _fits(manifest)
        if not replace and is_used():
            raise click.ClickException(
                "This database has people or events in it. Back it up, then add --replace to put the backup in its place.")
        for kept in KEPT:
            if (folder / kept).is_dir():
                shutil.copytree(folder / kept, data_dir / kept, dirs_exist_ok=True)
        dumps.load(folder / dumps.NAMES[manifest.database])
    return manifest


def is_used() -> bool:
    """Whether anybody or anything is in the database already."""
    there = schema.tables()
    found = any(db.session.scalar(select(model.id).limit(1)) is not None
                for model in (Person, Event) if model.__tablename__ in there)
    db.session.rollback()
    return found


def _fits(manifest: Manifest) -> None:
    if manifest.database != dumps.kind():
        raise click.ClickException(f"The backup is of {manifest.database}, this installation uses {dumps.kind()}. "
                                   f"Restore it where DATABASE_URL names {manifest.database}.")
    if schema.compare(manifest.revision) == "newer":
        raise click.ClickException("The backup was written by a newer release. Install that release first.")
