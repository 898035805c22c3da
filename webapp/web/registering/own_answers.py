"""What an attendee says on the page of her place: answers and her name. Who only has the address is shown no answer given before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.accounts import accounts, people
from webapp.forms import answers, values
from webapp.web import access
from webapp.web.forms import Form, Line
from webapp.web.registering import fields


class NameForm(Form):
    """Her name, as it should stand on certificates."""

    given_name = Line("Given name", 100)
    family_name = Line("Family name", 100)


def is_open(place: Any, now: datetime) -> bool:
    """Whether she can still answer: until the event starts."""
    return place.state == "confirmed" and place.person_id is not None and (place.starts_at is None or now < place.starts_at)


def may_correct(place: Any, now: datetime) -> bool:
    """Whether the name is put right here: of a guest, until the event starts."""
    return is_open(place, now) and accounts.of_person(people.root_id(place.person_id)) is None


def hidden(place: Any) -> bool:
    """Whether there are answers that are not shown to who looks."""
    return not _is_hers(place) and bool(answers.of_registration(place.id, seeing=answers.ALL))


def form(place: Any, asked: Sequence[Any]) -> Any:
    """The form of the questions; filled with what she answered before only when she herself is signed in."""
    made = type("QuestionsForm", (Form,), fields.of_questions(asked))
    known = _stored(place) if _is_hers(place) else {}
    return made(data={values.field_name(key): value for key, value in known.items()})


def given(place: Any, filled: Any, asked: Sequence[Any]) -> Mapping[str, Any] | None:
    """The answers to keep; None, with reasons beside the fields, when some cannot be used.

    Where the earlier ones were not shown, a question left empty keeps its answer.
    """
    typed = fields.answers(filled, asked)
    if not _is_hers(place):
        typed = {**_stored(place), **{key: value for key, value in typed.items() if value}}
    try:
        values.checked(asked, typed)
    except values.AnswersRefused as refused:
        for name, sentence in refused.errors.items():
            filled[name].errors = [sentence]
        return None
    return typed


def _stored(place: Any) -> dict[str, Any]:
    return {one.key: one.value for one in answers.of_registration(place.id, seeing=answers.ALL)}


def _is_hers(place: Any) -> bool:
    viewer = access.viewer()
    return viewer.is_authenticated and place.person_id in people.family_ids(viewer.person_id)
