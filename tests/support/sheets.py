"""Reads the tables we hand out: CSV as a spreadsheet takes it, Excel workbooks by their XML."""

import csv
import io
import re
import zipfile
from typing import BinaryIO
from xml.etree import ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Typed = tuple[str, str]


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV file, the head first."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def xlsx_sheets(file: BinaryIO | bytes) -> list[tuple[str, list[list[Typed]]]]:
    """Title and rows of each sheet. A cell is its kind (text, number, formula) and its content; empty ones are left out."""
    with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as archive:
        titles = [str(one.get("name")) for one in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")]  # noqa: S314 - ours
        names = sorted((name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")), key=_number)
        return [(title, _rows(archive.read(name))) for title, name in zip(titles, names, strict=True)]


def xlsx_rows(file: BinaryIO | bytes) -> list[list[str]]:
    """The contents of the only sheet, the head first; empty cells are left out."""
    [(_, rows)] = xlsx_sheets(file)
    return [[content for _, content in row] for row in rows]


def _rows(sheet: bytes) -> list[list[Typed]]:
    return [[_cell(cell) for cell in row] for row in ET.fromstring(sheet).iter(f"{MAIN}row")]  # noqa: S314 - ours


def _cell(cell: ET.Element) -> Typed:
    if cell.find(f"{MAIN}f") is not None:
        return "formula", "".join(cell.itertext())
    kind = "text" if cell.get("t") in ("inlineStr", "s", "str") else "number"
    return kind, "".join(cell.itertext())


def _number(name: str) -> int:
    return int(re.findall(r"\d+", name)[-1])
