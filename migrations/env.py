"""How Alembic runs our migrations: on the application's own engine, SQLite by copy and swap, one upgrade at a time.

A copied table loses its triggers: a migration that changes an append-only table on SQLite makes them again with
`webapp.core.ledger.statements` (tests/architecture/test_migrations.py sees that they are there).
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, Engine, text

from webapp.core.db import WRITE, Base, UTCDateTime

UPGRADE_LOCK = 0x417474756E65  # "Attune"; any number, the same in every process


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Writes our column types as plain SQLAlchemy ones: a migration must not change when our code does."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def run(connection: Connection) -> None:
    """Brings this database to the revision asked for, in one transaction: all of it or nothing."""
    ours: dict[str, Any] = {"render_as_batch": True, "compare_type": True, "compare_server_default": False, "render_item": render_item,
                            "transactional_ddl": True}
    context.configure(
        connection=connection, target_metadata=Base.metadata, **(current_app.extensions["migrate"].configure_args | ours))
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        context.run_migrations()
        if connection.dialect.name == "sqlite" and (broken := connection.execute(text("PRAGMA foreign_key_check")).fetchall()):
            raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")


def on_sqlite(engine: Engine) -> None:
    """Changing a table means copying it, which foreign keys would forbid: they rest, and are checked before the commit."""
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            run(connection)
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("migrations need the database: SQLite's depend on what is in it, so --sql is not offered")
database: Engine = current_app.extensions["migrate"].db.engine
if database.dialect.name == "sqlite":
    on_sqlite(database)
else:
    with database.connect().execution_options(**{WRITE: True}) as line:
        run(line)
