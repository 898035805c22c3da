"""Evolution Data Server, which Evolution and GNOME Calendar rest on, subscribes over HTTP. By `make soak`, where it is installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.servers import ROOT, Site
from webapp.calendars import keys
from webapp.calendars.models import FetchLog
from webapp.catalog.models import Session
from webapp.core import times
from webapp.core.db import db, transaction
from webapp.registration import programme

pytestmark = [pytest.mark.soak, pytest.mark.real_time]
PYTHON = "/usr/bin/python3"  # Debian's: the bindings are its packages
PACKAGES = "evolution-data-server dbus python3-gi gir1.2-ecal-2.0 gir1.2-edataserver-1.2"
BINDINGS = "import gi; gi.require_version('ECal', '2.0'); gi.require_version('EDataServer', '1.2')"
TRIES = 200  # it fetches and takes over what it fetched in its own time


class Evolution:
    """One subscription of a person who uses Evolution."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def shows(self, wanted: list[list[Any]]) -> list[list[Any]]:
        """Fetches until it shows what is wanted; then begin, STATUS, title and SEQUENCE of all entries. What it shows at last, if not."""
        found: list[list[Any]] = []
        for _ in range(TRIES):
            assert self.process.stdin is not None and self.process.stdout is not None
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            found = [one[1:] for one in json.loads(self.process.stdout.readline())]
            if found == wanted:
                break
        return found


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    ready = shutil.which("dbus-run-session") and Path(PYTHON).exists() and subprocess.run(
        [PYTHON, "-c", BINDINGS], check=False, capture_output=True, timeout=30).returncode == 0
    if not ready:
        pytest.skip(f"Evolution Data Server is not on this machine. On Debian: apt-get install --no-install-recommends {PACKAGES}")


@contextmanager
def evolution(folder: Path, address: str) -> Iterator[Evolution]:
    """It runs with a home and a session bus of its own, which end with it."""
    homes = {name: folder / name for name in ("HOME", "XDG_RUNTIME_DIR")}
    for one in homes.values():
        one.mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))}
    environment |= {name: str(path) for name, path in homes.items()} | {"GSETTINGS_BACKEND": "memory"}
    with subprocess.Popen(["dbus-run-session", "--", PYTHON, ROOT / "tests" / "support" / "evolution.py", address], text=True,
                          env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            yield Evolution(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def test_evolution_follows_a_persons_feed(clean_db: str, tmp_path: Path) -> None:
    with transaction():
        event, maren = events.workshop("Sleep, feeding; crying", days=2), people.person("Maren", "Kowalczyk")
        places.registered(event, maren)
        token = keys.make(kind="person", name="Evolution", person_id=maren.id).token
        first, second = ((one.id, one.starts_at) for one in events.sessions(event))
    title = "Sleep, feeding; crying: Day"
    with Site(clean_db, tmp_path, with_worker=False, stripe=False) as site, \
            evolution(tmp_path, f"{site.url}/feeds/{token}.ics") as program:
        before = [[f"{at:%Y%m%dT%H%M%SZ}", "confirmed", f"{title} {day}", 0] for day, (_, at) in enumerate((first, second), 1)]
        assert program.shows(before) == before
        later = (times.local(first[1], events.ZONE) + timedelta(days=14, hours=1)).replace(tzinfo=None)
        with transaction():
            programme.move_session(first[0], later, later + timedelta(hours=3), actor_id=None)
            programme.cancel_session(second[0], actor_id=None, reason="Ill")
        moved = db.session.get_one(Session, first[0]).starts_at
        after = [[f"{second[1]:%Y%m%dT%H%M%SZ}", "cancelled", f"CANCELLED \u2013 {title} 2", 1],
                 [f"{moved:%Y%m%dT%H%M%SZ}", "confirmed", f"{title} 1", 1]]
        assert program.shows(after) == after
    assert db.session.scalars(select(FetchLog.family)).first() == "evolution"
