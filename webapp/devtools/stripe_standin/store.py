"""The one SQLite file: objects as JSON documents, kept answers, deliveries, settings."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webapp.devtools.stripe_standin import refusals

Body = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  created INTEGER NOT NULL, body TEXT NOT NULL, private TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (kind, json_extract(body, '$.charge'));
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'withheld', 'delivered')), due_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, last_status INTEGER, last_error TEXT);
CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (state, due_at);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def new_id(prefix: str) -> str:
    """Return an id of Stripe's shape: a prefix and 24 random letters."""
    return f"{prefix}_{secrets.token_hex(12)}"


class Transaction:
    """One request's view of the file. Everything it writes is kept together or not at all."""

    def __init__(self, connection: sqlite3.Connection, request_id: str | None, key: str | None) -> None:
        self.connection, self.request_id, self.idempotency_key = connection, request_id, key

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Execute a query and return all its rows."""
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement and return how many rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def now(self) -> int:
        """Return the stand-in's time in whole seconds: the machine's, moved by the `clock` control."""
        return int(time.time() + self.setting("clock_offset", 0))

    def insert(self, body: Body, private: Body | None = None) -> Body:
        """Store a new object under its own id and kind."""
        self.run(
            "INSERT INTO objects (id, kind, created, body, private) VALUES (?, ?, ?, ?, ?)",
            body["id"],
            body["object"],
            body["created"],
            json.dumps(body),
            json.dumps(private or {}),
        )
        return body

    def save(self, body: Body) -> Body:
        """Write back an object that was changed."""
        self.run("UPDATE objects SET body = ? WHERE id = ?", json.dumps(body), body["id"])
        return body

    def find(self, object_id: str, kind: str | None = None) -> Body | None:
        """Return the object of that id (and kind, when given), or nothing."""
        found = self.rows("SELECT kind, body FROM objects WHERE id = ?", object_id)
        if not found or (kind and found[0]["kind"] != kind):
            return None
        return dict(json.loads(found[0]["body"]))

    def get(self, object_id: str, kind: str, param: str = "id", status: int = 404) -> Body:
        """Return the object, or refuse as Stripe does with `resource_missing`."""
        body = self.find(object_id, kind)
        if body is None:
            raise refusals.missing(kind, object_id, param, status)
        return body

    def private(self, object_id: str) -> Body:
        """Return what the stand-in remembers about an object and never shows."""
        found = self.rows("SELECT private FROM objects WHERE id = ?", object_id)
        return dict(json.loads(found[0]["private"])) if found else {}

    def remember(self, object_id: str, **facts: Any) -> None:
        """Add to what the stand-in remembers about an object."""
        merged = self.private(object_id) | facts
        self.run("UPDATE objects SET private = ? WHERE id = ?", json.dumps(merged), object_id)

    def objects(self, kind: str, where: str = "1", *values: Any) -> list[Body]:
        """Return the objects of a kind, oldest first; `where` is SQL of our own over body and private."""
        found = self.rows(f"SELECT body FROM objects WHERE kind = ? AND {where} ORDER BY seq", kind, *values)
        return [json.loads(row["body"]) for row in found]

    def setting(self, name: str, default: Any) -> Any:
        """Return what the controls set under this name, or `default`."""
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(found[0]["value"]) if found else default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting of the controls, as JSON."""
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, json.dumps(value))


class Store:
    """The file, and a bell (`wake`) that rings after every commit, for the courier."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wake = threading.Event()
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def transaction(
        self, *, write: bool = True, request_id: str | None = None, key: str | None = None
    ) -> Iterator[Transaction]:
        """Open a transaction; writers queue one behind the other, readers see one moment of the file."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield Transaction(connection, request_id, key)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        if write:
            self.wake.set()
