"""Whether a worker lives: a file it touches every minute, in the folder all processes share."""

from datetime import UTC, datetime
from pathlib import Path

from flask import current_app

FILE = "worker.heartbeat"


def beat(now: datetime) -> None:
    """A worker ran its timetable at this moment."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(now.isoformat())


def last() -> datetime | None:
    """When a worker last ran its timetable; None when none ever did here."""
    try:
        return datetime.fromisoformat(_path().read_text()).astimezone(UTC)
    except (FileNotFoundError, ValueError):
        return None


def _path() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir
    return folder / FILE
