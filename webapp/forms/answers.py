"""Answers of a registration or an application. Sensitive ones are only read by who names their sensitivity."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from webapp.core.db import db
from webapp.forms import questions, values
from webapp.forms.models import Answer, Question

PLAIN = frozenset({"plain"})
ALL = frozenset(values.SENSITIVITIES)


class Answered(NamedTuple):
    """A question with its answer: a text, or a list of texts for `choices`."""

    key: str
    label: str
    kind: str
    sensitivity: str
    value: str | list[str]

    @property
    def words(self) -> str:
        """The answer as people read it: `Yes` for `yes`, several with commas."""
        if isinstance(self.value, list):
            return ", ".join(self.value)
        return self.value.capitalize() if self.kind == "yes_no" else self.value


def save(event_id: int, given: Mapping[str, Any], *, registration_id: int | None = None, application_id: int | None = None,
         asked: Sequence[Question] | None = None, fresh: bool = False) -> None:
    """Checks and keeps the answers (`{key: text or list}`) of one registration or application; what was there is replaced.

    Refuses with `values.AnswersRefused`, all fields at once. `asked` spares the read when the questions are at hand; `fresh`
    says that the registration or application was made in this transaction and has no answers yet.
    """
    asked_in = "registration" if registration_id is not None else "application"
    if asked is None:
        asked = questions.for_event(event_id, asked_in)
    kept = values.checked(asked, given)
    if not asked:
        return
    if not fresh:
        db.session.execute(delete(Answer).where(_of(registration_id, application_id), Answer.question_id.in_([one.id for one in asked])))
    rows = [
        {"question_id": one.id, "registration_id": registration_id, "application_id": application_id,
         "value": kept[one.key] if isinstance(kept[one.key], str) else json.dumps(kept[one.key], ensure_ascii=False)}
        for one in asked if one.key in kept
    ]
    if rows:
        db.session.execute(insert(Answer), rows)


def of_registration(registration_id: int, *, seeing: Collection[str] = PLAIN) -> list[Answered]:
    """The answers of a registration with the sensitivities named (plain only, unless more are named)."""
    return _answered(Answer.registration_id == registration_id, seeing)


def of_application(application_id: int, *, seeing: Collection[str] = PLAIN) -> list[Answered]:
    """The answers of an application with the sensitivities named."""
    return _answered(Answer.application_id == application_id, seeing)


def of_registrations(registration_ids: Collection[int], *, seeing: Collection[str]) -> dict[int, list[Answered]]:
    """The answers of many registrations by registration, one statement: lists for the kitchen, or for who arranges access."""
    found: dict[int, list[Answered]] = {}
    rows = db.session.execute(
        select(Answer.registration_id, *_COLUMNS).join(Question, Question.id == Answer.question_id)
        .where(Answer.registration_id.in_(registration_ids), Question.sensitivity.in_(seeing)).order_by(Question.position))
    for registration_id, *row in rows:
        found.setdefault(int(registration_id or 0), []).append(_read(*row))
    return found


_COLUMNS = (Question.key, Question.label, Question.kind, Question.sensitivity, Answer.value)


def _answered(whose: Any, seeing: Collection[str]) -> list[Answered]:
    return [_read(*row) for row in db.session.execute(
        select(*_COLUMNS).join(Question, Question.id == Answer.question_id).where(whose, Question.sensitivity.in_(seeing))
        .order_by(Question.position, Question.id))]


def _read(key: str, label: str, kind: str, sensitivity: str, value: str) -> Answered:
    return Answered(key, label, kind, sensitivity, json.loads(value) if kind == "choices" else value)


def _of(registration_id: int | None, application_id: int | None) -> Any:
    if (registration_id is None) == (application_id is None):
        raise TypeError("answers belong to a registration or to an application")
    return Answer.registration_id == registration_id if registration_id is not None else Answer.application_id == application_id
