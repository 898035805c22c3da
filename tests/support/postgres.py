"""A PostgreSQL server for tests: the one `TEST_DATABASE_URL` names, or a throw-away cluster from the installed programs."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Nothing here must survive a power cut, so nothing waits for the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB",
        "listen_addresses=127.0.0.1", "max_wal_size=512MB", "timezone=Asia/Kathmandu")


class NoPostgres(Exception):
    """Neither a server was named nor are the programs installed."""


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`, newest version first; None when PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    candidates = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    whole = [folder for folder in candidates if (folder / "initdb").exists()]
    return max(whole, key=lambda folder: _version(folder.parent.name), default=None)


def available() -> bool:
    """Whether a server can be had."""
    return bool(os.environ.get("TEST_DATABASE_URL")) or programs() is not None


@contextmanager
def server() -> Iterator[str]:
    """The address (with its maintenance database) of a server for this run. A cluster of our own is gone afterwards."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield named
        return
    bin_folder = programs()
    if bin_folder is None:
        raise NoPostgres("install PostgreSQL, or name a server in TEST_DATABASE_URL")
    data = Path(tempfile.mkdtemp(prefix="attune-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    port = _free_port()
    _run(bin_folder / "initdb", "-D", data, "-U", "attune", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = " ".join(f"-c {setting}" for setting in (*FAST, f"port={port}", f"unix_socket_directories={data}"))
    _run(bin_folder / "pg_ctl", "-D", data, "-l", data / "server.log", "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://attune@127.0.0.1:{port}/postgres"
    finally:
        _run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(data, ignore_errors=True)


def _version(name: str) -> int:
    digits = "".join(letter for letter in name if letter.isdigit())
    return int(digits) if digits else 0


def _as_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as the user its package made."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _run(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, cwd="/", timeout=120, check=False, **_as_user())
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed: {done.stdout}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
