"""Migrations make what the models say and the triggers beside them, on an empty database, with one head."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from tests.support import source
from webapp.core import ledger

VERSIONS = source.ROOT / "migrations" / "versions"
pytestmark = pytest.mark.skipif(not any(VERSIONS.glob("*.py")), reason="no migration is written yet")


@pytest.fixture(scope="module")
def upgraded(database_place):
    """The address of an empty database that `flask db upgrade` filled."""
    address = database_place.empty()
    _flask(address, "db", "upgrade")
    yield address
    database_place.drop(address)


def _flask(address, *command):
    """Runs in a process of its own, as an administrator does."""
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", *command], cwd=source.ROOT, text=True, check=False,
                          capture_output=True, timeout=120,
                          env={**os.environ, "DATABASE_URL": address, "SECRET_KEY": "k" * 40, "DEMO": "0"})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_models_and_migrations_are_in_step(upgraded):
    _flask(upgraded, "db", "check")  # ends with 1 when a model says what no migration made


def test_there_is_one_head(upgraded):
    assert _flask(upgraded, "db", "heads").count("(head)") == 1


def test_append_only_tables_refuse_changes(upgraded):
    engine = create_engine(upgraded)
    find = ("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'" if engine.dialect.name == "sqlite"
            else "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only'")
    try:
        with engine.connect() as connection:
            assert set(connection.scalars(text(find))) >= set(ledger.TABLES)
    finally:
        engine.dispose()
