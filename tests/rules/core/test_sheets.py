"""Tables as files: no cell runs as a formula, numbers stay numbers, both kinds hold the same."""

import io
import re
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.support import sheets as read
from webapp.core import sheets

HEAD = ("Name", "Amount", "Day")


def one_cell(cell):
    return read.csv_rows("".join(sheets.csv_lines(["A"], [[cell]])))[1][0]


@pytest.mark.parametrize("text", ["=1+1", "+1 312 555 0100", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "-", "+", "-1-1"])
def test_a_text_that_looks_like_a_formula_is_made_text(text):
    assert one_cell(text) == f"'{text}"


@pytest.mark.parametrize(("cell", "written"), [
    ("Ana = Silva", "Ana = Silva"), ("", ""), (None, ""), (-12, "-12"), (Decimal("-12.50"), "-12.50"), ("-12.50", "-12.50"), ("-7", "-7"),
    (date(2026, 7, 4), "2026-07-04"), (datetime(2026, 7, 4, 12, tzinfo=UTC), "2026-07-04T12:00:00+00:00"), (True, "yes"), (False, "no"),
])
def test_numbers_days_and_harmless_texts_stay_what_they_are(cell, written):
    assert one_cell(cell) == written


def test_a_csv_begins_with_a_byte_order_mark_and_ends_its_lines_as_spreadsheets_expect():
    assert "".join(sheets.csv_lines(HEAD, [["Ana, Silva", Decimal("1.20"), None]])) == '\ufeffName,Amount,Day\r\n"Ana, Silva",1.20,\r\n'


def test_a_long_csv_comes_in_pieces():
    pieces = list(sheets.csv_lines(["A"], ([f"{number:0>50}"] for number in range(5_000))))
    assert (len(pieces) > 5, "".join(pieces).count("\r\n")) == (True, 5_001)


def workbook(title, head, rows, **more):
    file = io.BytesIO()
    sheets.write_xlsx(file, title, head, rows, **more)
    return read.xlsx_sheets(file)


def test_an_excel_file_holds_numbers_days_and_texts_that_never_run():
    rows = [["=1+1", Decimal("-12.50"), date(2026, 7, 4)], ["http://x.example", 7, None], ["", None, datetime(2026, 7, 4, 12, tzinfo=UTC)]]
    assert workbook("Movements", HEAD, rows) == [("Movements", [
        [("text", "Name"), ("text", "Amount"), ("text", "Day")],
        [("text", "=1+1"), ("number", "-12.50"), ("number", "46207")],
        [("text", "http://x.example"), ("number", "7")],
        [("number", "46207.5")],
    ])]


@pytest.mark.parametrize("text", ["\x01 and \x0b", "<b>&\"'</b>", " blanks around ", "\U0001f9d2 Zo\u00eb \u05d0", "_x0041_", "1e5", "-7"])
def test_any_text_comes_out_of_an_excel_file_as_it_went_in(text):
    [(_, [_, [(kind, found)]])] = workbook("A", ["A"], [[text]])
    assert (kind, re.sub("_x([0-9A-F]{4})_", lambda hit: chr(int(hit[1], 16)), found)) == ("text", text)


def test_a_text_longer_than_excel_allows_is_cut_and_not_lost():
    [(_, [_, [(_, found)]])] = workbook("A", ["A"], [["x" * 40_000]])
    assert found == "x" * sheets.LONGEST


def test_more_rows_than_a_sheet_holds_go_on_in_another():
    found = workbook("People", ["A"], [[number] for number in range(5)], most_rows=3)
    assert [(title, len(rows)) for title, rows in found] == [("People", 3), ("People 2", 3), ("People 3", 2)]


def test_a_long_table_stays_in_small_memory(tmp_path):
    """Rows are made while they are written; nothing may keep them."""
    tracemalloc.start()
    with (tmp_path / "large.xlsx").open("wb") as file:
        sheets.write_xlsx(file, "Movements", ["A", "B"], ([f"Row {number} of a long export", number] for number in range(20_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000
