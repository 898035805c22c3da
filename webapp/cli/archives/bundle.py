"""One file: a tar, gzipped, whose first member lists every other with its SHA-256. Nothing is believed before it is checked."""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

MANIFEST = "manifest.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What is inside and where it came from. `files` maps a member's name to its SHA-256."""

    written_at: str
    database: str
    revision: str
    files: dict[str, str]
    format: int = FORMAT


def write(target: Path, folder: Path, manifest: Manifest) -> None:
    """Packs the files of the manifest, found below `folder`; the target appears only when it is whole.

    Only its owner can read it: everybody's data is inside.
    """
    half = target.with_name(f".{target.name}.{os.getpid()}")
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    try:
        half.touch(mode=0o600)
        with half.open("wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                for name in (MANIFEST, *sorted(manifest.files)):
                    tar.add(folder / name, arcname=name, recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpacks a backup into an empty folder and checks every file; refuses one that is damaged, incomplete or of another kind."""
    try:
        with tarfile.open(source, "r:gz") as tar:
            for member in tar:
                _extract(tar, member, folder)
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as error:
        raise click.ClickException(f"{source} is not a whole backup of Attune: {error}") from error
    if manifest.format != FORMAT:
        raise click.ClickException(f"{source} was written in format {manifest.format}; this release reads format {FORMAT}.")
    for name, expected in manifest.files.items():
        if not (folder / name).is_file() or checksum(folder / name) != expected:
            raise click.ClickException(f"{source} is damaged: {name} is not what was backed up. Nothing was changed.")
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file below `folder`; nothing else belongs into a backup. By hand: Debian 12's Python has no extraction filters yet."""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() and target.is_relative_to(folder.resolve()) else None
    if content is None:
        raise tarfile.TarError(f"{member.name} does not belong into one")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(member.mode & 0o777)


def checksums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 by name of the files below `folder`."""
    return {name: checksum(folder / name) for name in names}


def checksum(path: Path) -> str:
    """SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
