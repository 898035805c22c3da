"""The pages and downloads of a person's own hours."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from webapp.accounts import people
from webapp.core import clock, times
from webapp.core.errors import NotFound
from webapp.core.text import slug
from webapp.hours import certificates, transcripts
from webapp.hours.papers import certificate as certificate_paper
from webapp.hours.papers import transcript as transcript_paper
from webapp.hours.transcripts import Transcript
from webapp.web import access, downloads
from webapp.web.mine.hours import shown

pages = Blueprint("my_hours", __name__)


@pages.get("/me/hours")
@access.signed_in
def hours() -> str:
    """Totals of a calendar year, the lines behind them, what waits, the year as a chart, areas reached, certificates."""
    viewer = access.viewer()
    return render_template("mine/hours.html", **shown.page(people.family_ids(viewer.person_id), _year(), viewer.zone, _base()))


@pages.get("/me/transcript")
@access.signed_in
def transcript() -> str:
    """Every award and reversal, each opening into its evidence and rule."""
    found = _transcript()
    return render_template("mine/transcript.html", name=access.viewer().name, on=clock.today(_zone()), transcript=found,
                           kinds=transcripts.KIND_WORDS, totals=shown.year_totals(found), areas=shown.area_words)


@pages.get("/me/transcript.pdf")
@access.signed_in
def transcript_pdf() -> Response:
    """The transcript on paper."""
    body = transcript_paper.make(_transcript(), name=access.viewer().name, on=clock.today(_zone()), association=_association())
    return _file(body, "application/pdf", f"transcript-{clock.today(_zone())}.pdf")


@pages.get("/me/transcript.csv")
@access.signed_in
def transcript_csv() -> Response:
    """One row for each line, reversals too, so that the column of minutes adds up to the total."""
    columns = ("date", "event", "session", "kind", "minutes", "clock_hours", "areas", "tags", "remark", "rule", "reason", "version",
               "reversal", "counts", "awarded_at")
    rows = ([_cell(row[name]) for name in columns] for row in transcripts.rows(_transcript().lines))
    return downloads.csv(downloads.Table("transcript", "Transcript", columns, rows))


@pages.get("/me/transcript.json")
@access.signed_in
def transcript_json() -> Response:
    """The same as data, with the evidence."""
    found = _transcript()
    content = {"name": access.viewer().name, "as_of": clock.now().isoformat(), "minute_base": 60,
               "training_minutes": found.minutes("training"), "rsc_minutes": found.minutes("rsc"), "lines": transcripts.rows(found.lines)}
    return _file(json.dumps(content, ensure_ascii=False, indent=1).encode(), "application/json", "transcript.json")


@pages.get("/me/certificates/<code>.pdf")
@access.signed_in
def certificate(code: str) -> Response:
    """One of her certificates on paper, as it was issued. Somebody else's does not exist."""
    family = people.family_ids(access.viewer().person_id)
    row = next((one for one in certificates.of_person(family) if one.code == code), None)
    if row is None:
        raise NotFound("There is no such certificate among yours.")
    body = certificate_paper.make(
        row.content, code=row.code, version=row.version, issued_on=times.local(row.issued_at, _zone()).date(), association=_association(),
        address=f"{_base()}/verify/{row.code}")
    return _file(body, "application/pdf", f"certificate-{slug(row.content['title'])[:60]}.pdf")


def _transcript() -> Transcript:
    return transcripts.of(people.family_ids(access.viewer().person_id))


def _year() -> int:
    """The year asked for in the address; this one when it is none."""
    asked = request.args.get("year", "")
    this_year = clock.today(access.viewer().zone).year
    return int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked[:5]) <= this_year + 1 else this_year


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {minutes}" for key, minutes in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


def _file(body: bytes, content_type: str, name: str) -> Response:
    return Response(body, content_type=content_type, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"})


def _association() -> str:
    return str(current_app.config["SETTINGS"].association_name)


def _zone() -> str:
    return str(current_app.config["SETTINGS"].association_timezone)


def _base() -> str:
    return str(current_app.config["SETTINGS"].base_url).rstrip("/")
