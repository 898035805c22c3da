"""What this machine has for the tests, and how to get the rest: `python -m tests.support.machine` installs where it may.

On Debian as root the distribution's packages are installed; elsewhere it is said what is missing and how to have it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass

from tests.support import browser, postgres


@dataclass(frozen=True)
class Need:
    """Something outside Python's packages that a part of the tests uses."""

    name: str
    packages: tuple[str, ...]  # Debian's
    what_for: str
    is_here: Callable[[], bool]


NEEDS = (
    Need("postgresql", ("postgresql",), "the same tests on PostgreSQL", postgres.available),
    Need("chromium", ("chromium", "fonts-liberation"), "stories in a browser", browser.available),
    Need("redis", ("redis-server",), "background work over Redis", lambda: shutil.which("redis-server") is not None),
    Need("node", ("nodejs",), "ical.js as a reader of our calendars", lambda: bool(shutil.which("node") or shutil.which("nodejs"))),
    Need("libical", ("libical3",), "libical as a reader of our calendars", lambda: find_library("ical") is not None),
)


def missing() -> list[Need]:
    """What is not here."""
    return [need for need in NEEDS if not need.is_here()]


def install(needs: list[Need]) -> None:
    """Asks Debian for the packages, where this is Debian and we are root; one that cannot be had does not stop the others."""
    if not needs or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    _apt("update", "-qq")
    for need in needs:
        _apt("install", "-y", "-qq", "--no-install-recommends", *need.packages)


def _apt(*words: str) -> None:
    print("  apt-get", *words, flush=True)
    subprocess.run(["apt-get", *words], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    """Installs what is missing and says what still is. With CI set a missing thing is a failure."""
    install(missing())
    left = missing()
    for need in left:
        how = f"sudo apt-get install {' '.join(need.packages)}"
        print(f"Not on this machine: {need.name} (for {need.what_for}). On Debian or Ubuntu: {how}")
    return 1 if left and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
