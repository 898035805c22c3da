"""The list of people as a file, with the filters of the page. What is sensitive only when it is asked for."""

from typing import Any

from flask import Response, request

from webapp.core import audit
from webapp.core.db import transaction
from webapp.forms import answers
from webapp.registration.badges import reading
from webapp.registration.badges.reading import Holder
from webapp.registration.queries.participants import Filters
from webapp.web import access, downloads
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


@pages.get("/manage/events/<slug>/people.csv")
@access.staff(*ROLES)
def people_csv(slug: str) -> Response:
    """CSV for any spreadsheet. With `sensitive=1` access needs, diet and license numbers too; that it was asked for is recorded."""
    return downloads.csv(_table(slug))


@pages.get("/manage/events/<slug>/people.xlsx")
@access.staff(*ROLES)
def people_xlsx(slug: str) -> Response:
    """The same as an Excel workbook."""
    return downloads.excel(_table(slug))


def _table(slug: str) -> downloads.Table:
    """A line for each person; a question is a column. A question of what is sensitive is recorded before anything leaves.
    Unfiltered, the badges of tables follow, with what they belong to as their type."""
    event, filters = the_event(slug), asked()
    found, sensitive = rows(event, filters), request.args.get("sensitive") == "1"
    given = answers.of_registrations([row["id"] for row in found], seeing=answers.ALL if sensitive else answers.PLAIN)
    labels = dict.fromkeys(one.label for said in given.values() for one in said)
    lines = [_line(row, given.get(row["id"], []), list(labels)) for row in found]
    lines += [_badge(one, len(labels)) for one in reading.of_event(event.id)] if filters == Filters() else []
    if sensitive:
        with transaction():
            audit.record(
                "people.exported",
                f"event:{event.id}",
                actor_id=access.viewer().person_id,
                after={"people": len(found), "with": "access needs, diet and license numbers"},
            )
    return downloads.Table(f"{slug}-people", "People", (*(label for label, _ in COLUMNS), "State", "Money", *labels), lines)


def _badge(one: Holder, more: int) -> list[str]:
    """A badge under the same columns: its whole name stands under “Given name”, for nobody split it."""
    state = "Badge, name to follow" if not one.name else "Badge, registered besides" if one.is_registered else "Badge"
    return ["", one.name, one.email, one.organization, "", f"{one.thing}, {one.which}", "In person", "", "", one.buyer, one.ref, state, "",
            *[""] * more]


def _line(row: dict[str, Any], given: list[answers.Answered], labels: list[str]) -> list[str]:
    said = {one.label: one.words for one in given}
    return [*(str(row[name]) for _, name in COLUMNS), row["state"][0], row["money"][0], *(said.get(label, "") for label in labels)]
