"""What staff type into the catalog's rows: cleaned by the columns it goes into, and compared for the history."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text, inspect

from webapp.core import text
from webapp.core.db import Base

TEXT_LIMIT = 20_000


def cleaned(model: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every text cleaned to the length of its column; a `Text` column may have lines."""
    columns = inspect(model).columns
    return {name: _clean(columns[name].type, name, value) for name, value in values.items()}


def changed(row: Base, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is different from the row: `{column: (before, after)}`."""
    return {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}


def apply(row: Base, differences: Mapping[str, tuple[Any, Any]]) -> None:
    """Writes the new values onto the row."""
    for name, (_, after) in differences.items():
        setattr(row, name, after)


def history(differences: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`before` and `after` for the audit entry, as JSON can hold them."""
    return ({name: _plain(old) for name, (old, _) in differences.items()},
            {name: _plain(new) for name, (_, new) in differences.items()})


def refuse_unknown(names: Iterable[str], allowed: frozenset[str]) -> None:
    """A programming mistake, not a person's: an action was given a column it does not own."""
    unknown = set(names) - allowed
    if unknown:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")


def _clean(kind: Any, name: str, value: Any) -> Any:
    if not isinstance(value, str) or not isinstance(kind, String):
        return value
    lines = isinstance(kind, Text)
    return text.clean(value, field=name, limit=TEXT_LIMIT if lines else kind.length or 255, lines=lines)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
