"""DATA_DIR: writable, with room, and every uploaded file in its place."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from webapp.cli.checks.finding import Finding, fault, ok, warning
from webapp.core import storage
from webapp.core.db import db
from webapp.core.storage import StoredFile

LITTLE, TOO_LITTLE = 1024, 200  # megabytes


def check() -> Iterator[Finding]:
    """Writes a file and takes it away again."""
    folder: Path = current_app.config["SETTINGS"].data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor.{os.getpid()}"
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        yield fault(f"DATA_DIR {folder} cannot be written: {error.strerror}", "Give the folder to the user the service runs as.")
        return
    yield _room(folder)
    yield from _files()


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // 2**20
    if free < TOO_LITTLE:
        return fault(f"only {free} MB are free in {folder}", "Make room at once: the database cannot grow.")
    if free < LITTLE:
        return warning(f"{free} MB are free in {folder}", "Make room: a backup may not fit.")
    return ok(f"{folder} is writable, {free:,} MB free")


def _files() -> Iterator[Finding]:
    folder: Path = current_app.config["SETTINGS"].uploads
    try:
        rows = list(db.session.execute(select(StoredFile.sha256, StoredFile.name)))
    except DBAPIError:
        return  # the database check says why
    finally:
        db.session.rollback()
    if missing := [name for sha256, name in rows if not storage.place(folder, sha256).is_file()]:
        yield fault(f"{len(missing)} uploaded files are missing, for example {missing[0]}",
                    "Restore them from a backup into DATA_DIR/uploads.")
