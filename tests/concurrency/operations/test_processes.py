"""Parts that live and end together, as real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.concurrency, pytest.mark.real_time]

DRIVER = """
import os, sys
from webapp.cli.processes import Household, Part
folder, kind = sys.argv[1:]
def part(name, then):
    words = f"import os, pathlib, time; pathlib.Path({folder!r}, {name!r} + '.' + str(os.getpid())).touch(); {then}"
    return Part(name, (sys.executable, "-c", words), os.environ)
parts = [part("steady", "time.sleep(600)"), part("other", "time.sleep(600)" if kind == "well" else "raise SystemExit(3)")]
Household(parts, short_life=0.0 if kind == "well" else 5.0).run(lambda: print("ready", flush=True))
"""


@pytest.fixture
def household(tmp_path):
    """`household("well")` starts it; whatever is left of it is killed afterwards."""
    started = []

    def start(kind):
        started.append(subprocess.Popen([sys.executable, "-c", DRIVER, str(tmp_path), kind], cwd=ROOT, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
    for pid in pids(tmp_path):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def pids(folder: Path, name="*"):
    return [int(path.suffix[1:]) for path in folder.glob(f"{name}.*")]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc/self").exists() else True


def test_one_signal_ends_every_part(household, tmp_path):
    process = household("well")
    wait_until(lambda: len(pids(tmp_path)) == 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert not any(is_alive(pid) for pid in pids(tmp_path))


def test_a_part_that_was_killed_is_started_again(household, tmp_path):
    household("well")
    wait_until(lambda: len(pids(tmp_path)) == 2)
    os.kill(pids(tmp_path, "steady")[0], signal.SIGKILL)
    wait_until(lambda: len(pids(tmp_path, "steady")) == 2, what="the part is started again")
    assert len(pids(tmp_path, "other")) == 1


def test_a_part_that_cannot_live_ends_all_and_is_named(household, tmp_path):
    process = household("ill")
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "The other ended at once (exit code 3)" in errors
    assert not any(is_alive(pid) for pid in pids(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word to a child whose parent died is Linux's own")
def test_no_part_outlives_a_parent_that_was_killed(household, tmp_path):
    process = household("well")
    wait_until(lambda: len(pids(tmp_path)) == 2)
    process.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in pids(tmp_path)), what="the parts end with their parent")
