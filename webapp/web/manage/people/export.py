"""The list of people as a file, with the filters of the page. What is sensitive only when it is asked for."""

import csv
import io
from typing import Any
from urllib.parse import quote

from flask import Response, request

from webapp.core import audit
from webapp.core.db import transaction
from webapp.forms import answers
from webapp.web import access
from webapp.web.manage.people.blueprint import ROLES, pages, the_event
from webapp.web.manage.people.listing import asked, rows

COLUMNS = (
    ("Family name", "family"),
    ("Given name", "given"),
    ("Mail", "email"),
    ("Agency", "agency"),
    ("Work", "profession"),
    ("Type", "type"),
    ("Takes part", "mode"),
    ("Group", "group"),
    ("Since", "since"),
    ("Payer", "payer"),
    ("Order", "ref"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/manage/events/<slug>/people.csv")
@access.staff(*ROLES)
def people_csv(slug: str) -> Response:
    """CSV for any spreadsheet. With `sensitive=1` access needs, diet and licence numbers too; that it was asked for is recorded."""
    event = the_event(slug)
    found, sensitive = rows(event, asked()), request.args.get("sensitive") == "1"
    given = answers.of_registrations([row["id"] for row in found], seeing=answers.ALL if sensitive else answers.PLAIN)
    table = _table(found, given)
    if sensitive:
        with transaction():
            audit.record(
                "people.exported",
                f"event:{event.id}",
                actor_id=access.viewer().person_id,
                after={"people": len(found), "with": "access needs, diet and licence numbers"},
            )
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([[safe(cell) for cell in line] for line in table])
    return Response(
        buffer.getvalue(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(slug)}-people.csv",
            "Cache-Control": "private, no-store",
        },
    )


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _table(found: list[dict[str, Any]], given: dict[int, list[answers.Answered]]) -> list[list[str]]:
    """The head, then a line for each person; a question is a column."""
    labels = dict.fromkeys(one.label for said in given.values() for one in said)
    table = [[*(label for label, _ in COLUMNS), "State", "Money", *labels]]
    for row in found:
        said = {one.label: one.value if isinstance(one.value, str) else ", ".join(one.value) for one in given.get(row["id"], ())}
        table.append(
            [
                *(str(row[name]) for _, name in COLUMNS),
                row["state"][0],
                row["money"][0],
                *(said.get(label, "") for label in labels),
            ]
        )
    return table
