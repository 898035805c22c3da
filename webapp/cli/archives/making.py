"""Making a backup."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from flask import current_app

from webapp.cli import schema
from webapp.cli.archives import bundle, dumps
from webapp.cli.archives.bundle import Manifest
from webapp.core import clock

KEPT = ("uploads", "keys")  # folders of DATA_DIR; the rest of it can be made again


def make(target: Path) -> Manifest:
    """Writes database, uploads and keys into one file.

    The database is read first, as of one moment; files are put in place before a row names them, so every row of the
    backup finds its file.
    """
    data_dir: Path = current_app.config["SETTINGS"].data_dir
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        database = dumps.dump(folder)
        for kept in KEPT:
            if (data_dir / kept).is_dir():
                (folder / kept).symlink_to(data_dir / kept)
        names = [database.name, *_files(folder)]
        manifest = Manifest(clock.now().isoformat(), dumps.kind(), schema.revision(), bundle.checksums(folder, names))
        bundle.write(target, folder, manifest)
    return manifest


def _files(folder: Path) -> Iterator[str]:
    for kept in KEPT:
        for path in sorted((folder / kept).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield str(path.relative_to(folder))
