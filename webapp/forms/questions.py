"""The questions of an event: replaced by staff, read by forms. A question with answers is retired, never deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from webapp.core import audit, clock, text
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.forms import values
from webapp.forms.models import Answer, Question
from webapp.forms.values import QuestionSpec

PROFESSIONS = (
    "Home visiting", "Child care or early education", "Early intervention (Birth to 3)", "Mental health", "Nursing or medicine",
    "Child welfare", "Social work", "Public health", "Policy, research or faculty", "Student", "Something else",
)


def standard(in_person: bool = True) -> list[QuestionSpec]:
    """The set every new event starts with: profession, license number, access needs, and in person what one eats."""
    asked = [
        QuestionSpec("profession", "What is your work?", "choice", choices=PROFESSIONS),
        QuestionSpec("licence_number", "License number", hint="Only if your licensing board wants it on the certificate.",
                     sensitivity="licence"),
        QuestionSpec("access_needs", "What do you need to take part well?", "long_text", sensitivity="access",
                     hint="Interpreting, captions, seating, a quiet room, slides in advance. Only those who arrange it read this."),
    ]
    if in_person:
        asked.append(QuestionSpec("diet", "What should the kitchen know?", sensitivity="diet",
                                  hint="Vegetarian, vegan, gluten-free, allergies."))
    return asked


# Built once: every registration asks it, twice.
_ASKED = (
    select(Question)
    .where(Question.event_id == bindparam("event"), Question.asked_in == bindparam("asked_in"), Question.retired_at.is_(None))
    .order_by(Question.position, Question.id)
)


def for_event(event_id: int, asked_in: str = "registration") -> list[Question]:
    """The questions asked now, in order. One statement."""
    return list(db.session.scalars(_ASKED, {"event": event_id, "asked_in": asked_in}))


def specs(event_id: int) -> list[QuestionSpec]:
    """Every question asked now, whatever it is asked in, as values (what `replace` takes)."""
    rows = db.session.scalars(
        select(Question).filter_by(event_id=event_id, retired_at=None).order_by(Question.position, Question.id))
    return [QuestionSpec(row.key, row.label, row.kind, row.hint, tuple(row.choices), row.is_required, row.sensitivity, row.asked_in)
            for row in rows]


def replace(event_id: int, wanted: Sequence[QuestionSpec], *, actor_id: int | None) -> None:
    """Makes the event's questions exactly these, kept by key. One with answers cannot change its kind."""
    for at, spec in enumerate(wanted):
        values.check_question(spec, f"questions-{at}")
    if len({spec.key for spec in wanted}) < len(wanted):
        raise Unacceptable("Two questions have the same short name.", field="questions")
    rows = {row.key: row for row in db.session.scalars(select(Question).filter_by(event_id=event_id))}
    answered = set(db.session.scalars(
        select(Answer.question_id).distinct().where(Answer.question_id.in_([row.id for row in rows.values()])))) if rows else set()
    before = [spec.label for spec in specs(event_id)]
    for at, spec in enumerate(wanted):
        _write(rows.pop(spec.key) if spec.key in rows else Question(event_id=event_id, key=spec.key), spec, at, answered)
    for row in rows.values():
        _let_go(row, answered)
    db.session.flush()
    after = [spec.label for spec in wanted]
    if before != after:
        audit.record("questions.changed", f"event:{event_id}", actor_id=actor_id, before={"asked": before}, after={"asked": after})


def _write(row: Question, spec: QuestionSpec, at: int, answered: set[int]) -> None:
    if row.id in answered and row.kind != spec.kind:
        raise Unacceptable("People have answered this already, so the kind of answer stays.", field=f"questions-{at}-kind",
                           way_out="Add a new question instead.")
    columns: dict[str, Any] = {
        "label": text.clean(spec.label, field=f"questions-{at}-label", limit=200), "kind": spec.kind, "position": at,
        "hint": text.clean(spec.hint, field=f"questions-{at}-hint", limit=400), "choices": [text.clean(one) for one in spec.choices],
        "is_required": spec.is_required, "sensitivity": spec.sensitivity, "asked_in": spec.asked_in, "retired_at": None,
    }
    for name, value in columns.items():
        setattr(row, name, value)
    db.session.add(row)


def _let_go(row: Question, answered: set[int]) -> None:
    if row.id in answered:
        row.retired_at = row.retired_at or clock.now()
    else:
        db.session.delete(row)
