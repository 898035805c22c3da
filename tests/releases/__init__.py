"""Databases of every release, kept to prove that upgrades lose and change nothing. How they are made and read: README.md here."""

from pathlib import Path

FOLDER = Path(__file__).parent
KINDS = ("sqlite", "postgresql")


def kept(kind: str) -> list[Path]:
    """The folders of the releases that hold a backup of this kind of database, the oldest first."""
    found = [archive.parent for archive in FOLDER.glob(f"*/{kind}.tar.gz")]
    return sorted(found, key=lambda folder: tuple(int(part) for part in folder.name.split(".")))
