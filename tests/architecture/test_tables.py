"""Every table that leaves the house goes through core.sheets, where no cell becomes a formula."""

from tests.support import source

WRITERS = {"csv.writer", "csv.DictWriter", "xlsxwriter.Workbook", "Workbook", "DictWriter"}


def test_only_core_sheets_writes_tables():
    wrong = [call.where for path in source.files() if source.short(path) != "webapp/core/sheets.py"
             for call in source.calls(path) if call.name in WRITERS]
    assert wrong == []


def test_only_core_sheets_knows_the_writers():
    knows = {source.short(path) for path in source.files() if source.imports(path) & {"csv.writer", "csv.DictWriter", "xlsxwriter"}}
    assert knows == {"webapp/core/sheets.py"}
