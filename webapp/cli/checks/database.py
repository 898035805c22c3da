"""The database: there, new enough, set up as the code expects, at the revision of this code, and its ledgers guarded."""

from collections.abc import Iterator

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from webapp.cli import schema
from webapp.cli.checks.finding import Finding, fault, ok, warning
from webapp.core import clock, ledger
from webapp.core.db import db

OLDEST = {"sqlite": (3, 35), "postgresql": (15,)}  # RETURNING; MERGE-free upserts with NULLS rules
SKEW = 5  # seconds between our clock and the database's


def check() -> Iterator[Finding]:
    """Reaches the database first; the other questions need it."""
    try:
        version = _version()
    except DBAPIError as error:
        yield fault(f"the database cannot be reached: {error.orig}",
                    "Check DATABASE_URL, and that the server runs and lets us in.")
        return
    yield from _age(version)
    yield from (_sqlite() if db.engine.dialect.name == "sqlite" else _postgresql())
    yield from _revision()
    yield from _triggers()
    db.session.rollback()


def _version() -> tuple[int, ...]:
    with db.engine.connect() as connection:
        return tuple(int(part) for part in connection.dialect.server_version_info or ())


def _age(version: tuple[int, ...]) -> Iterator[Finding]:
    name, words = db.engine.dialect.name, ".".join(str(part) for part in version)
    if version < OLDEST[name]:
        needed = ".".join(str(part) for part in OLDEST[name])
        yield fault(f"{name} {words} is too old", f"Attune needs {name} {needed} or newer.")
    else:
        yield ok(f"database reachable: {name} {words}")


def _sqlite() -> Iterator[Finding]:
    with db.engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
        broken = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if mode != "wal":
        yield fault(f"SQLite's journal is {mode}, not wal",
                    "Put DATA_DIR on a local disk: WAL does not work on network file systems.")
    if not keys:
        yield fault("SQLite does not check foreign keys",
                    "Use the SQLite that comes with Python; this one was built without them.")
    if broken != "ok":
        yield fault(f"the database file is damaged: {broken}", "Restore the last backup: flask --app wsgi restore FILE --replace")


def _postgresql() -> Iterator[Finding]:
    with db.engine.connect() as connection:
        theirs = connection.execute(text("SELECT now()")).scalar_one()
    skew = abs((theirs - clock.now()).total_seconds())
    if skew > SKEW:
        yield fault(f"our clock and the database's differ by {skew:.0f} seconds",
                    "Run a time service (chrony, systemd-timesyncd) on both machines.")


def _revision() -> Iterator[Finding]:
    state = schema.state()
    if state == "current":
        yield ok("all migrations are applied")
    elif state == "newer":
        yield fault("the database is newer than this code", "Install the release that wrote it; never go back below it.")
    else:
        yield fault("migrations are missing" if state == "older" else "the database is empty", "Run: flask --app wsgi upgrade")


def _triggers() -> Iterator[Finding]:
    tables = set(inspect(db.engine).get_table_names()) & set(ledger.TABLES)
    if bare := sorted(tables - _guarded()):
        yield fault(f"no trigger keeps {', '.join(bare)} from being changed",
                    "Restore a backup, or run the migrations on a fresh database.")
    elif tables:
        yield ok(f"{len(tables)} ledgers refuse changes")
    else:
        yield warning("there are no ledgers yet", "Run: flask --app wsgi upgrade")


def _guarded() -> set[str]:
    if db.engine.dialect.name == "sqlite":
        rows = db.session.execute(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' "
                                       "AND name IN (tbl_name || '_no_update', tbl_name || '_no_delete') "
                                       "GROUP BY tbl_name HAVING count(*) = 2"))
    else:
        rows = db.session.execute(text("SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                                       "WHERE t.tgname = c.relname || '_append_only' AND t.tgenabled <> 'D'"))
    return set(rows.scalars())
