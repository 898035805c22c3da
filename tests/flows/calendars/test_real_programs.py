"""A program that people use subscribes over HTTP: vdirsyncer fetches, khal shows. By `make soak`: both come from the package registry."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import events, people
from tests.factories import registrations as places
from tests.support.servers import ROOT, Site
from webapp.calendars import keys
from webapp.core import times
from webapp.core.db import transaction
from webapp.registration import programme

pytestmark = [pytest.mark.soak, pytest.mark.real_time]
PROGRAMS = ("vdirsyncer==0.21.0", "khal==0.14.1")
FETCHING = """[general]
status_path = "{folder}/status/"
[pair maren]
a = "here"
b = "feed"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
[storage feed]
type = "http"
url = "{url}"
"""
SHOWING = """[calendars]
[[maren]]
path = {folder}/calendar/
readonly = True
[locale]
local_timezone = America/Chicago
default_timezone = America/Chicago
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""


@pytest.fixture(scope="module")
def programs() -> Path:
    """The folder of the programs, in an environment of their own; kept between runs."""
    folder = ROOT / "build" / "clients"
    if not (folder / "bin" / "khal").exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
        subprocess.run([folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *PROGRAMS], check=True, timeout=600)
    return folder / "bin"


class Program:
    """vdirsyncer and khal with one subscription."""

    def __init__(self, programs: Path, folder: Path, url: str) -> None:
        self.programs, self.folder = programs, folder
        (folder / "calendar").mkdir()
        (folder / "fetching").write_text(FETCHING.format(folder=folder, url=url), "utf-8")
        (folder / "showing").write_text(SHOWING.format(folder=folder), "utf-8")
        self._run("vdirsyncer", "-c", str(folder / "fetching"), "discover")

    def shows(self) -> list[str]:
        """Fetches; then every entry of the coming three months: begin and title, in Chicago."""
        self._run("vdirsyncer", "-c", str(self.folder / "fetching"), "sync")
        listed = self._run("khal", "-c", str(self.folder / "showing"), "list", "--day-format", "", "--format", "{start-long} {title}",
                           "today", "90d")
        return [line for line in listed.splitlines() if line.strip()]

    def entries(self) -> int:
        """How many entries it keeps."""
        return len(list((self.folder / "calendar").glob("*.ics")))

    def _run(self, name: str, *words: str) -> str:
        done = subprocess.run([self.programs / name, *words], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_vdirsyncer_and_khal_follow_a_persons_feed(clean_db: str, tmp_path: Path, programs: Path) -> None:
    with transaction():
        event, maren = events.workshop("Sleep, feeding; crying", days=2), people.person("Maren", "Kowalczyk")
        places.registered(event, maren)
        token = keys.make(kind="person", name="khal", person_id=maren.id).token
        first, second = ((one.id, times.local(one.starts_at, events.ZONE)) for one in events.sessions(event))
    with Site(clean_db, tmp_path, with_worker=False, stripe=False) as site:
        program = Program(programs, tmp_path, f"{site.url}/feeds/{token}.ics")
        title = "Sleep, feeding; crying: Day"
        assert program.shows() == [f"{first[1]:%Y-%m-%d %H:%M} {title} 1", f"{second[1]:%Y-%m-%d %H:%M} {title} 2"]
        assert program.shows() == program.shows()
        later = (first[1] + timedelta(days=14, hours=1)).replace(tzinfo=None)
        with transaction():
            programme.move_session(first[0], later, later + timedelta(hours=3), actor_id=None)
            programme.cancel_session(second[0], actor_id=None, reason="Ill")
        assert program.shows() == [f"{second[1]:%Y-%m-%d %H:%M} CANCELLED \u2013 {title} 2", f"{later:%Y-%m-%d %H:%M} {title} 1"]
        assert program.entries() == 2
