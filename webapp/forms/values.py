"""What a question may be and what an answer may be: pure. A form field is called `answer_<key>`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.core import text
from webapp.core.errors import Unacceptable

KINDS = ("text", "long_text", "choice", "choices", "yes_no", "number", "date")
SENSITIVITIES = ("plain", "access", "diet", "licence")
LONG = 4_000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class QuestionSpec:
    """One question. `key` is its name in files and forms and never changes; `choices` only for choice and choices."""

    key: str
    label: str
    kind: str = "text"
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    sensitivity: str = "plain"
    asked_in: str = "registration"


class AnswersRefused(Unacceptable):
    """Some answers cannot be used. `errors` has a sentence for each form field, `answer_<key>`."""

    code = "answers"

    def __init__(self, errors: Mapping[str, str]) -> None:
        first = next(iter(errors))
        super().__init__(errors[first], field=first)
        self.errors = dict(errors)


def check_question(spec: QuestionSpec, at: str) -> None:
    """Refuses a question that cannot be asked, beside the field `<at>-label` and so on."""
    if not _KEY.fullmatch(spec.key):
        raise Unacceptable("The short name is made of small letters, digits and _.", field=f"{at}-key")
    if not spec.label.strip():
        raise Unacceptable("Write the question.", field=f"{at}-label")
    if spec.kind not in KINDS or spec.sensitivity not in SENSITIVITIES:
        raise Unacceptable("Choose the kind of answer.", field=f"{at}-kind")
    if (spec.kind in ("choice", "choices")) != bool(spec.choices):
        raise Unacceptable("Give at least one choice, and only where one chooses.", field=f"{at}-choices")


def checked(questions: Sequence[Any], given: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """The answers by key, cleaned; unanswered optional questions are left out, what was never asked is ignored.

    `questions` are rows or QuestionSpecs. Refuses with AnswersRefused, all fields at once.
    """
    kept: dict[str, str | list[str]] = {}
    errors: dict[str, str] = {}
    for question in questions:
        try:
            answer = _answer(question, given.get(question.key))
        except Unacceptable as refusal:
            errors[field_name(question.key)] = refusal.sentence
            continue
        if answer:
            kept[question.key] = answer
        elif question.is_required:
            errors[field_name(question.key)] = "Please answer this; the organizer needs it."
    if errors:
        raise AnswersRefused(errors)
    return kept


def field_name(key: str) -> str:
    """The name of the form field of a question."""
    return f"answer_{key}"


def _answer(question: Any, value: Any) -> str | list[str]:
    if question.kind == "choices":
        several = [value] if isinstance(value, str) else list(value or [])
        picked = [text.clean(str(one)) for one in several]
        if set(picked) - set(question.choices):
            raise Unacceptable("Choose from the list.")
        return [one for one in question.choices if one in picked]
    written = text.clean(_one(value), limit=LONG if question.kind == "long_text" else 255, lines=question.kind == "long_text")
    return _READ[question.kind](question, written) if written else ""


def _one(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _text(_question: Any, written: str) -> str:
    return written


def _choice(question: Any, written: str) -> str:
    if written not in question.choices:
        raise Unacceptable("Choose from the list.")
    return written


def _yes_no(_question: Any, written: str) -> str:
    folded = written.casefold()
    if folded in ("yes", "y", "1", "true", "on"):
        return "yes"
    if folded in ("no", "n", "0", "false", "off"):
        return "no"
    raise Unacceptable("Answer yes or no.")


def _number(_question: Any, written: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,12}([.,][0-9]{1,4})?", written):
        raise Unacceptable("Write a number, for example 12.")
    return written.replace(",", ".")


def _date(_question: Any, written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise Unacceptable("Write the date as year, month and day, for example 2026-12-04.") from None


_READ = {"text": _text, "long_text": _text, "choice": _choice, "yes_no": _yes_no, "number": _number, "date": _date}
