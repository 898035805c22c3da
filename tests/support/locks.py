"""Watches that every request takes its locks in the order of docs/house.md: `ATTUNE_WATCH_LOCKS=1`, on PostgreSQL.

What a statement locks is read from it and from its answer: the table of `UPDATE` or `FOR UPDATE`, and the ids of the rows. A row that
this transaction locked or made before costs nothing; one of a table that comes earlier in the order, or with a lower id than another
of its table, is a step back. Only requests are watched: each is one act, while a test's own transactions make many things at once.
"""

import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

ORDER = ("event", "waitlist", "order", "person", "registration", "application", "group", "set_aside", "pool", "discount_code", "fund",
         "balance_lot", "number_series")
WATCHED = os.environ.get("ATTUNE_WATCH_LOCKS") == "1"
_UPDATE = re.compile(r'UPDATE "?(\w+)"? SET')
_INSERT = re.compile(r'INSERT INTO "?(\w+)"? ')
_FROM = re.compile(r'\sFROM "?(\w+)"?')
_FOR = re.compile(r'FOR (?:NO KEY )?(?:UPDATE|SHARE)(?: OF "?(\w+)"?)?\s*$')
_BY_ID = re.compile(r"\bid = %\((\w+)\)s")


class Locks:
    """What one transaction has locked: by table the ids, and the furthest step; `back` collects its steps back."""

    def __init__(self, back: list[str]) -> None:
        self.back, self.known, self.furthest = back, dict[str, set[int]](), (-1, -1)

    def made(self, table: str, ids: set[int]) -> None:
        """Rows of its own: nobody else waits for them."""
        self.known.setdefault(table, set()).update(ids)

    def locked(self, table: str, ids: set[int], statement: str) -> None:
        """Rows it has from now on; in one statement they come in ascending order."""
        fresh = sorted(ids - self.known.get(table, set()))
        self.made(table, ids)
        for row in fresh:
            step = (ORDER.index(table), row)
            if step < self.furthest:
                self.back.append(f"{table} {row} after {ORDER[self.furthest[0]]} {self.furthest[1]}: {_where()}: {statement[:120]}")
            self.furthest = max(self.furthest, step)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The steps back of all requests inside, each with the line of ours that took it."""
    back: list[str] = []
    by_session: dict[int, Locks] = {}

    def _note(connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if has_request_context() and connection.dialect.name == "postgresql":
            _read(by_session.setdefault(id(connection), Locks(back)), cursor, statement, parameters)

    def _ended(_session: Session, transaction: Any) -> None:
        if transaction.parent is None:
            by_session.clear()

    event.listen(Engine, "after_cursor_execute", _note)
    event.listen(Session, "after_transaction_end", _ended)
    try:
        yield back
    finally:
        event.remove(Engine, "after_cursor_execute", _note)
        event.remove(Session, "after_transaction_end", _ended)


def _read(locks: Locks, cursor: Any, statement: str, parameters: Any) -> None:
    if made := _INSERT.match(statement):
        locks.made(made[1], _answered(cursor))
    elif (found := _UPDATE.match(statement)) and found[1] in ORDER:
        named = {parameters[name] for name in _BY_ID.findall(statement)} if isinstance(parameters, dict) else set()
        locks.locked(found[1], {one for one in named if isinstance(one, int)}, statement)
    elif found := _FOR.search(statement):
        first = _FROM.search(statement)[1]  # type: ignore[index]  # whoever locks reads from somewhere
        table = found[1] or first
        if table in ORDER:
            locks.locked(table, _answered(cursor, "id" if table == first else f"{table}_id"), statement)


def _answered(cursor: Any, name: str = "id") -> set[int]:
    """The ids among the rows of the answer, which is still there for who asked."""
    columns = [one.name for one in cursor.description or ()]
    if name not in columns or not cursor.rowcount:
        return set()
    rows = cursor.fetchall()
    cursor.scroll(0, mode="absolute")
    return {row[columns.index(name)] for row in rows}


def _where() -> str:
    ours = [one for one in traceback.extract_stack() if "/webapp/" in one.filename and "/core/" not in one.filename]
    return " < ".join(f"{one.filename.rsplit('/webapp/', 1)[1]}:{one.lineno}" for one in ours[:-5:-1])
