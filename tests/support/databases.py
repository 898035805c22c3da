"""Databases for tests: a template built once, a copy for whoever needs real commits.

`ATTUNE_TEST_DB` chooses: `sqlite` (default) or `postgresql`. PostgreSQL comes from the server that `TEST_DATABASE_URL` names,
or from a throw-away cluster made from the installed programs.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]


class Databases(Protocol):
    """A place where databases of one kind are made: one template, any number of copies."""

    def empty(self) -> str:
        """The address of a new database without tables."""

    def copy_of(self, template: str) -> str:
        """The address of a new database equal to the template, to which nobody may be connected."""

    def drop(self, address: str) -> None:
        """Removes a database that nobody is connected to."""

    def restore(self, address: str, template: str) -> None:
        """Makes the database at this address equal to the template once more; nobody may be connected to either."""


def chosen() -> str:
    """The kind of database this run uses: `sqlite` or `postgresql`."""
    kind = os.environ.get("ATTUNE_TEST_DB", "sqlite")
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"ATTUNE_TEST_DB={kind}: must be sqlite or postgresql")
    return kind


@contextmanager
def place(folder: Path) -> Iterator[Databases]:
    """Where the databases of this run are made; everything is gone afterwards."""
    if chosen() == "sqlite":
        yield SQLiteFiles(folder)
        return
    with postgres.server() as address:
        databases = PostgresDatabases(address)
        try:
            yield databases
        finally:
            databases.drop_all()


@contextmanager
def private(app: Flask, databases: Databases, template: str) -> Iterator[str]:
    """The application on a copy of the template, where commits are real: its address. Inside an application context."""
    from webapp import _engine_options
    from webapp.core.db import db

    address = databases.copy_of(template)
    engines, settings = db._app_engines[app], app.config["SETTINGS"]
    usual = engines[None]
    engines[None] = create_engine(address, **_engine_options(address))
    app.config["SETTINGS"] = settings.model_copy(update={"database_url": type(settings.database_url)(address)})
    try:
        with app.app_context():
            yield address
    finally:
        engines[None].dispose()
        engines[None], app.config["SETTINGS"] = usual, settings
        databases.drop(address)


def build_schema(app: Flask) -> None:
    """Makes the tables in the application's empty database, as an installation does: by the migrations.

    While the migrations have no version yet, by the models themselves.
    """
    from webapp.core.db import Base, db

    with app.app_context():
        if any((ROOT / "migrations" / "versions").glob("*.py")):
            from flask_migrate import upgrade

            upgrade(directory=str(ROOT / "migrations"))
        else:
            Base.metadata.create_all(db.engine)


class SQLiteFiles:
    """Each database is a file of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def empty(self) -> str:
        """A path that does not exist yet."""
        return f"sqlite:///{self.folder / f'{secrets.token_hex(6)}.db'}"

    def copy_of(self, template: str) -> str:
        """Copies the file; its write-ahead log was folded in when the last connection closed."""
        address = self.empty()
        shutil.copyfile(_file(template), _file(address))
        return address

    def drop(self, address: str) -> None:
        """Removes the file and what SQLite keeps beside it."""
        for ending in ("", "-wal", "-shm"):
            Path(f"{_file(address)}{ending}").unlink(missing_ok=True)

    def restore(self, address: str, template: str) -> None:
        """Copies the template's file over this one."""
        self.drop(address)
        shutil.copyfile(_file(template), _file(address))


class PostgresDatabases:
    """Databases of one server, cloned with CREATE DATABASE ... TEMPLATE."""

    def __init__(self, server: str) -> None:
        self.server = make_url(server)
        self.made: list[str] = []

    def empty(self) -> str:
        """A database made from template0's clean copy."""
        return self._create("")

    def copy_of(self, template: str) -> str:
        """A clone of the template's files; takes about 50 ms."""
        return self._create(f'TEMPLATE "{make_url(template).database}" STRATEGY FILE_COPY')

    def drop(self, address: str) -> None:
        """Drops it, closing connections that a killed process left behind."""
        name = str(make_url(address).database)
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.made.remove(name)

    def restore(self, address: str, template: str) -> None:
        """Drops it and clones the template under the same name."""
        name = make_url(address).database
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template).database}" STRATEGY FILE_COPY')

    def drop_all(self) -> None:
        """Drops whatever is left."""
        for name in list(self.made):
            self.drop(self.server.set(database=name).render_as_string(hide_password=False))

    def _create(self, how: str) -> str:
        name = f"attune_test_{secrets.token_hex(6)}"
        self._run(f'CREATE DATABASE "{name}" {how}')
        self.made.append(name)
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()


def _file(address: str) -> Path:
    return Path(str(make_url(address).database))
