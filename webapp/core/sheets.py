"""Tables as files for spreadsheets, CSV and Excel: written as they are read, with no cell that would run as a formula.

Every table that leaves the house goes through here. A cell is a text, a number (Decimal for amounts), a day, an instant or nothing.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from webapp.core.errors import Unacceptable

Cell = str | int | Decimal | date | None
MARK = "\ufeff"  # without it Excel takes UTF-8 for something else
PIECE = 32_000  # characters of a CSV that leave at once
MOST_ROWS = 1_048_576  # of a sheet, by Excel's format
LONGEST = 32_767  # characters of a cell, by the same
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # at the start of a cell a spreadsheet would run it
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def csv_lines(columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """The table as CSV, a piece at a time: a text that looks like a formula gets an apostrophe in front, numbers stay numbers."""
    buffer = io.StringIO()
    buffer.write(MARK)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        if buffer.tell() > PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def read_csv(content: str) -> list[list[str]]:
    """The cells of a table that came as CSV, separated by commas, semicolons or tabs, as its first line says. Refuses what is none."""
    first = content.lstrip(MARK).partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(content.lstrip(MARK), newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise Unacceptable("This is not a table: a quotation mark is not closed, or stands in the wrong place.", field="file") from error


def write_xlsx(file: BinaryIO, title: str, columns: Sequence[str], rows: Iterable[Iterable[Cell]], *, most_rows: int = MOST_ROWS) -> None:
    """The table as an Excel workbook. One row is in memory at a time; what does not fit a sheet goes on in the next one.

    Texts are stored as texts, so none runs; days and numbers are what they are.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    styles = {Decimal: book.add_format({"num_format": "0.00"}), date: book.add_format({"num_format": "yyyy-mm-dd"}),
              datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}
    sheet, at, sheets = _sheet(book, title, columns, 1), 1, 1
    for row in rows:
        if at == most_rows:
            sheets += 1
            sheet, at = _sheet(book, title, columns, sheets), 1
        for column, cell in enumerate(row):
            _put(sheet, at, column, cell, styles)
        at += 1
    book.close()


def amount(cents: int | None) -> Decimal | None:
    """Cents as a number with two decimals, for a cell."""
    return None if cents is None else Decimal(cents).scaleb(-2)


def _written(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    return f"'{cell}" if cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell) else cell


def _sheet(book: Any, title: str, columns: Sequence[str], number: int) -> Any:
    sheet = book.add_worksheet(title if number == 1 else f"{title} {number}")
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(columns):
        sheet.write_string(0, column, label[:LONGEST])
    return sheet


def _put(sheet: Any, row: int, column: int, cell: Cell, styles: dict[type, Any]) -> None:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell, styles.get(type(cell)))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.astimezone(UTC).replace(tzinfo=None), styles[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, styles[date])
    elif cell not in (None, ""):
        sheet.write_string(row, column, (cell if isinstance(cell, str) else _written(cell))[:LONGEST])
