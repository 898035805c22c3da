"""The endorsement reviewer's desk: whose hours there are, and every line of a transcript as its owner sees it. Nothing is changed here."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request

from webapp.accounts import people as persons
from webapp.accounts.models import Person
from webapp.core import clock, times
from webapp.core.db import db
from webapp.core.errors import NotFound, Unacceptable
from webapp.hours import totals, transcripts
from webapp.web import access
from webapp.web.manage.home.blueprint import side
from webapp.web.manage.staff.people import page_number
from webapp.web.mine.hours import shown

pages = Blueprint("manage_transcripts", __name__)
PER_PAGE = 50
LATELY = timedelta(days=60)


@pages.get("/manage/transcripts")
@access.staff("reviewer")
def people() -> str:
    """People by name with their hours of this calendar year, fifty at a time; above them what was corrected lately"""
    words, number, error, year = request.args.get("q", ""), page_number(), "", clock.today(access.viewer().zone).year
    try:
        found = persons.search(words, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    except Unacceptable as refusal:
        found, error, words = [], refusal.sentence, ""
    return render_template(
        "manage/transcripts.html", rows=_rows(found[:PER_PAGE], year), year=year, words=words, error=error, number=number,
        more=len(found) > PER_PAGE, corrected=_corrected() if number == 1 and not words else [],
        side=side(access.viewer(), "/manage/transcripts"))


@pages.get("/manage/transcripts/<int:person_id>")
@access.staff("reviewer")
def person(person_id: int) -> str:
    """One transcript: every award and reversal, each opening into its evidence and rule"""
    row = db.session.get(Person, persons.root_id(person_id))
    if row is None or row.erased_at is not None:
        raise NotFound
    found = transcripts.of(persons.family_ids(row.id))
    return render_template("manage/transcript.html", name=row.name, on=clock.today(access.viewer().zone), transcript=found,
                           kinds=transcripts.KIND_WORDS, totals=shown.year_totals(found), areas=shown.area_words)


def _rows(found: list[Any], year: int) -> list[dict[str, Any]]:
    families = persons.families(one.id for one in found)
    minutes = totals.of_year({member for family in families.values() for member in family}, year)

    def sum_of(person_id: int, kind: str) -> str:
        total = sum(minutes.get(member, {}).get(kind, 0) for member in families[person_id])
        return times.hours_words(total) if total else ""

    return [{"id": one.id, "name": f"{one.given_name} {one.family_name}".strip(), "employer": one.employer,
             "training": sum_of(one.id, "training"), "rsc": sum_of(one.id, "rsc")} for one in found]


def _corrected() -> list[dict[str, Any]]:
    zone = access.viewer().zone
    return [{"word": "Taken back", "kind": "warn", "label": "Open the transcript", "href": f"/manage/transcripts/{one.person_id}",
             "text": f"{times.date_words(times.local(one.awarded_at, zone).date())}: {times.hours_words(-one.minutes)} of "
                     f"{one.given_name} {one.family_name}, {one.title}. {one.reason}"} for one in totals.corrected(clock.now() - LATELY)]
