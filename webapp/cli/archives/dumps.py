"""The database as one consistent file, and back: SQLite's online backup, PostgreSQL's own programs."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy.engine import URL

from webapp.core.db import db

NAMES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}


def kind() -> str:
    """Which database this installation uses: `sqlite` or `postgresql`."""
    return str(db.engine.dialect.name)


def dump(folder: Path) -> Path:
    """Writes the whole database as of one moment into `folder`, while people go on working."""
    target = folder / NAMES[kind()]
    if kind() == "sqlite":
        _copy_sqlite(_file(), target)
    else:
        _program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", url=db.engine.url)
    return target


def load(source: Path) -> None:
    """Puts a dump in the place of everything the database holds. All or nothing."""
    url = db.engine.url
    db.engine.dispose()
    if kind() == "sqlite":
        _copy_sqlite(source, _file())
        return
    # `pg_restore --clean` drops only what the dump knows; a fresh schema leaves no table of a later release behind
    script, contents = source.with_suffix(".sql"), source.with_suffix(".list")
    listed = _program("pg_restore", "--list", str(source), url=None)
    contents.write_text("\n".join(line for line in listed.splitlines() if " SCHEMA - public " not in line))
    _program("pg_restore", "--no-owner", "--no-privileges", f"--use-list={contents}", f"--file={script}", str(source), url=None)
    fresh = "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    _program("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--single-transaction",
             f"--command={fresh}", f"--file={script}", url=url)


def _file() -> Path:
    name = db.engine.url.database
    if not name or name == ":memory:":
        raise click.ClickException("This database lives in memory only; there is nothing to back up.")
    return Path(name)


def _copy_sqlite(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(source, timeout=30)) as reader, closing(sqlite3.connect(target, timeout=30)) as writer:
        reader.backup(writer)
        broken = writer.execute("PRAGMA quick_check(1)").fetchone()[0]
    if broken != "ok":
        raise click.ClickException(f"The copy of the database is damaged: {broken}")


def _program(name: str, *arguments: str, url: URL | None) -> str:
    found = shutil.which(name)
    if found is None:
        raise click.ClickException(f"{name} is not installed. On Debian: apt install postgresql-client")
    done = subprocess.run([found, *arguments], env=os.environ | _access(url), capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{name} failed: {done.stderr.strip()[-1000:]}")
    return done.stdout


def _access(url: URL | None) -> dict[str, str]:
    """Where and as whom, in the environment: arguments would show the password to everybody on the machine."""
    if url is None:
        return {}
    values = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port, "PGUSER": url.username,
              "PGPASSWORD": url.password, "PGDATABASE": url.database, "PGSSLMODE": url.query.get("sslmode")}
    return {name: str(value) for name, value in values.items() if value}
