"""Rows as plain values that JSON and CSV can hold: for exports of a person's own data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable

from webapp.core.db import db

Records = dict[str, list[dict[str, Any]]]  # title of a table: its rows


def of(statement: Executable) -> list[dict[str, Any]]:
    """The rows of a select of labelled columns, in its order; dates and times as ISO 8601."""
    return [{key: _plain(value) for key, value in row.items()} for row in db.session.execute(statement).mappings()]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
