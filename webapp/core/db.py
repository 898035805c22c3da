"""The database: declarative base, naming convention, column types, and the one `transaction()`.

SQLite and PostgreSQL share all code. Why `transaction()` begins with a rollback, and why SQLite begins IMMEDIATE:
docs/decisions/transactions.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from math import inf
from time import monotonic
from typing import Any, TypeVar

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, event, insert, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITE, SNAPSHOT = "attune_write", "attune_snapshot"
RESTS_SINCE, RESTED = "attune_rests_since", 5  # seconds
Row = TypeVar("Row", bound="Base")
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. A naive datetime is refused before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant in UTC, on its way into the database. A naive one is a ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was about to be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The instant as read, aware and in UTC: SQLite gives it back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every row. `Mapped[datetime]` is an aware UTC instant, `Mapped[str]` a bounded text."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UTCDateTime(), str: String(255), dict[str, Any]: JSON(), list[Any]: JSON()}


db = SQLAlchemy(metadata=Base.metadata)


@contextmanager
def transaction() -> Iterator[None]:
    """One use case, all or nothing. Opened by the outermost caller only: web, cli, jobs, a courier.

    Whatever the session read before is forgotten first, so nothing stale can decide anything inside; on SQLite the
    write lock is taken at the start, so a write can wait for its turn but never fails half-way with "locked".
    A transaction inside a transaction is a mistake and raises.
    """
    session = db.session()
    if session.info.get(WRITE):
        raise RuntimeError("transaction() is already open: only the outermost caller opens it")
    session.rollback()
    session.info[WRITE] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITE, None)


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside is of one moment, what is read a piece at a time too; for long files. Writes nothing.

    Opened by the outermost caller, like `transaction()`, and never inside one. On PostgreSQL reading commits by itself otherwise,
    and a cursor that stands between two pieces needs a transaction.
    """
    session = db.session()
    if session.info.get(WRITE):
        raise RuntimeError("transaction() is open: its reads need no snapshot")
    session.rollback()
    try:
        session.connection(execution_options={SNAPSHOT: True})
        yield
    finally:
        session.rollback()


def in_transaction() -> bool:
    """Whether the caller runs inside `transaction()`."""
    return bool(db.session().info.get(WRITE))


def run(statement: Any, values: dict[str, Any] | list[dict[str, Any]] | None = None) -> CursorResult[Any]:
    """Runs a statement about columns, not entities, past the ORM, which would cost as much again: for what every visitor asks.

    What was changed in the session is written first, as the ORM does it; rows the session holds are not brought up to date.
    """
    session = db.session()
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, values)


def insert_new(model: type[Row], *, on: tuple[str, ...], values: dict[str, Any]) -> Row | None:
    """Inserts a row, or does nothing and returns None when one with the same unique columns `on` exists. One statement.

    With `on` empty any unique key counts, partial ones too. Safe against two writers at the same instant, which looking first is not.
    """
    db.session.flush()
    row = run(_new(model, on, db.session.get_bind().dialect.name), values).one_or_none()
    return None if row is None else _loaded(model, row)


def insert_row(model: type[Row], values: dict[str, Any]) -> Row:
    """Inserts a row at once and gives it as the session would have loaded it; a broken constraint raises. One statement."""
    return _loaded(model, run(_row(model), values).one())


def insert_all_new(model: type[Base], *, on: tuple[str, ...], rows: list[dict[str, Any]]) -> int:
    """`insert_new` for many rows with the same columns, in one statement; returns how many were not there before."""
    if not rows:
        return 0
    return len(run(_all_new(model, on, db.session.get_bind().dialect.name), rows).all())


@cache  # here and below: the ORM's own RETURNING of a row composes as much anew each time as the rest of a registration's writing costs
def _new(model: type[Base], on: tuple[str, ...], dialect: str) -> Any:
    return _INSERTS[dialect](model.__table__).on_conflict_do_nothing(index_elements=on or None).returning(*model.__table__.c)


@cache
def _all_new(model: type[Base], on: tuple[str, ...], dialect: str) -> Any:
    return _INSERTS[dialect](model.__table__).on_conflict_do_nothing(index_elements=on).returning(*model.__table__.primary_key)


@cache
def _row(model: type[Base]) -> Any:
    table: Any = model.__table__
    return insert(table).returning(*table.c)


def _loaded(model: type[Row], row: Any) -> Row:
    """The row as the session would have loaded it, with what the database filled in."""
    mapper, values = inspect(model), row._mapping
    known = db.session().identity_map.get(
        mapper.identity_key_from_primary_key(tuple(values[key] for key in mapper.primary_key)))
    made = known if isinstance(known, model) else model()  # known: rolled back to a savepoint; SQLite gives its number out again
    for attribute in mapper.column_attrs:
        set_committed_value(made, attribute.key, values[attribute.columns[0]])
    if known is None:
        make_transient_to_detached(made)
        db.session.add(made)
    return made


def insert_into(model: Any) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what happens `on_conflict`, in the words of this database."""
    made: sqlite.Insert | postgresql.Insert = _INSERTS[db.session.get_bind().dialect.name](model)
    return made


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    if not type(dbapi_connection).__module__.startswith("sqlite3"):
        return
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """PostgreSQL's connections commit by themselves, so that reading costs no BEGIN and no ROLLBACK; what writes begins here."""
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITE) else "BEGIN")
    elif options.get(WRITE):
        connection.exec_driver_sql("BEGIN")
    elif options.get(SNAPSHOT):
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")


@event.listens_for(Pool, "checkin")
def _rests(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[RESTS_SINCE] = monotonic()


@event.listens_for(Pool, "checkout")
def _still_lives(dbapi_connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """A connection that rested for a while is asked whether the server still knows it; a dead one is replaced unseen."""
    if isinstance(dbapi_connection, psycopg.Connection) and monotonic() - record.info.get(RESTS_SINCE, inf) > RESTED:
        try:
            dbapi_connection.execute("SELECT 1")
        except psycopg.OperationalError as gone:
            raise DisconnectionError from gone
