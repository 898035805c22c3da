"""Counts the statements that reach the database, for pages that must cost the same with 1 and with 30 rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

BORDERS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "PRAGMA")


@contextmanager
def query_count() -> Iterator[list[str]]:
    """Collects the statements run inside, without the borders of transactions: `with query_count() as seen: ...; len(seen)`."""
    seen: list[str] = []

    def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(BORDERS):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", _note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", _note)
