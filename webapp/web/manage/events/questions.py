"""What an event asks of those who register or apply, as one form with rows; the standard set is offered."""

import re
from collections import defaultdict
from typing import Any

from flask import Response, flash, render_template, request

from webapp.catalog.models import Event
from webapp.core import text
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.forms import questions as asked
from webapp.forms.values import QuestionSpec
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.events.blueprint import ROLES, pages, the_event

KINDS = [
    ("text", "A line of text"),
    ("long_text", "A longer text"),
    ("choice", "One of several"),
    ("choices", "Several of several"),
    ("yes_no", "Yes or no"),
    ("number", "A number"),
    ("date", "A date"),
]
SENSITIVITIES = [
    ("plain", "Organizers, and the export"),
    ("access", "Only who arranges access"),
    ("diet", "Only the kitchen's list"),
    ("licence", "Only for certificates"),
]
ASKED_IN = [("registration", "When registering"), ("application", "When applying"), ("evaluation", "Afterwards")]
MOST_ROWS = 40
_FIELD = re.compile(r"questions-(\d{1,2})-([a-z_]+)")
Row = dict[str, Any]


@pages.route("/manage/events/<slug>/questions", methods=("GET", "POST"))
@access.staff(*ROLES)
def questions(slug: str) -> str | Response:
    """Shows the questions; replaces them by what was typed. A question whose words are emptied is taken away."""
    event = the_event(slug)
    if request.method == "GET":
        return render_template("manage/questions.html", **_context(event, [_row(one) for one in asked.specs(event.id)]))
    rows, more = typed(), request.form.get("more", "")
    if more == "standard":
        known = {row.get("key") for row in rows}
        rows += [_row(one) for one in asked.standard(event.mode != "online") if one.key not in known]
    if more:
        return again("manage/questions.html", **_context(event, rows))
    try:
        with transaction():
            asked.replace(event.id, read(rows), actor_id=access.viewer().person_id)
    except NotFound:
        raise
    except Refusal as refusal:
        return again("manage/questions.html", **_context(the_event(slug), rows, refusal))
    flash("The questions are saved.", "done")
    return see(f"/manage/events/{slug}/questions")


def typed() -> list[Row]:
    """The rows as they were typed, those without words left out."""
    found: dict[int, Row] = {}
    for name in request.form:
        if (at := _FIELD.fullmatch(name)) and int(at[1]) < MOST_ROWS:
            found.setdefault(int(at[1]), {})[at[2]] = request.form[name]
    return [row for _, row in sorted(found.items()) if row.get("label", "").strip()]


def read(rows: list[Row]) -> list[QuestionSpec]:
    """The questions as values. A new one gets its short name from its words."""
    keys = {row["key"] for row in rows if row.get("key")}
    specs = []
    for at, row in enumerate(rows):
        key = row.get("key") or _key(row["label"], keys)
        keys.add(key)
        choices = tuple(
            dict.fromkeys(
                text.clean(line, field=f"questions-{at}-choices") for line in row.get("choices", "").splitlines() if line.strip()
            )
        )
        kind = row.get("kind", "text")
        specs.append(
            QuestionSpec(
                key,
                row["label"],
                kind,
                row.get("hint", ""),
                choices if kind in ("choice", "choices") else (),
                bool(row.get("is_required")),
                row.get("sensitivity", "plain"),
                row["asked_in"] if row.get("asked_in") in dict(ASKED_IN) else "registration",
            )
        )
    return specs


def _key(label: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", text.slug(label)).strip("_")[:32].strip("_")
    base = base if base[:1].isalpha() else f"q_{base}"[:32]
    return base if base not in taken else next(f"{base}_{number}" for number in range(2, 99) if f"{base}_{number}" not in taken)


def _row(one: QuestionSpec) -> Row:
    return {
        "key": one.key,
        "label": one.label,
        "kind": one.kind,
        "hint": one.hint,
        "choices": "\n".join(one.choices),
        "is_required": "1" if one.is_required else "",
        "sensitivity": one.sensitivity,
        "asked_in": one.asked_in,
    }


def _context(event: Event, rows: list[Row], refusal: Refusal | None = None) -> dict[str, Any]:
    field = refusal.field or "questions-0-label" if refusal else ""
    field = "questions-0-label" if field == "questions" else field
    sentence = f"{refusal.sentence} {refusal.way_out}".strip() if refusal else ""
    shown = [
        defaultdict(str, row)
        for row in [*rows, {"asked_in": "application" if event.sign_up == "application" else "registration"}]
    ]
    return {
        "event": event,
        "rows": shown,
        "errors": {field: sentence} if refusal else {},
        "summary": [(field, sentence)] if refusal else [],
        "kinds": KINDS,
        "sensitivities": SENSITIVITIES,
        "asked_in": ASKED_IN,
        "lacks_standard": {one.key for one in asked.standard(event.mode != "online")} - {row.get("key") for row in rows},
    }
