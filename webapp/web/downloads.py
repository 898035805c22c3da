"""Files handed out: always as a download, never shown or run by the browser. Uploaded ones, and tables as CSV or Excel."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from flask import Response, current_app, send_file, stream_with_context

from webapp.core import sheets, storage
from webapp.core.db import snapshot
from webapp.core.sheets import Cell
from webapp.core.storage import StoredFile

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Table:
    """A table that leaves the house: the file's name without its ending, the sheet's title, columns and rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Iterable[Iterable[Cell]]


def csv(table: Table) -> Response:
    """The table as CSV for any spreadsheet, sent while it is read: as it stood at one moment."""
    return _private(Response(stream_with_context(_pieces(table)), mimetype="text/csv"), f"{table.name}.csv")


def excel(table: Table) -> Response:
    """The table as an Excel workbook, as it stood at one moment; on disk while it is written, however long it is."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer, when it was sent
    with snapshot():
        sheets.write_xlsx(file, table.title, table.columns, table.rows)
    file.seek(0)
    return _private(send_file(file, EXCEL), f"{table.name}.xlsx")


def answer(stored: StoredFile) -> Response:
    """The file as a download. Whether the viewer may have it is the view's to say."""
    content = storage.content(stored, current_app.config["SETTINGS"].uploads)
    return Response(content, content_type="application/octet-stream", headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store"})


def kept(content: str, name: str) -> Response:
    """A CSV file that was written before and is kept as it was."""
    return _private(Response(content.encode(), mimetype="text/csv"), name)


def _pieces(table: Table) -> Iterator[str]:
    with snapshot():
        yield from sheets.csv_lines(table.columns, table.rows)


def _private(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
