"""Questions of an event and the answers to them."""

import pytest
from sqlalchemy import select

from tests.factories import events as made
from tests.factories import people, registrations
from webapp.core.db import db
from webapp.core.errors import Unacceptable
from webapp.forms import answers, questions
from webapp.forms.models import Question
from webapp.forms.values import AnswersRefused, QuestionSpec, checked


@pytest.fixture
def registered():
    event = made.workshop()
    registration = registrations.registered(event, people.person(), "Non-member")
    topics = QuestionSpec("topics", "Which topics?", "choices", choices=("Sleep", "Food"))
    questions.replace(event.id, [*questions.standard(), topics], actor_id=None)
    return event, registration


def test_answers_are_kept_and_sensitive_ones_only_shown_to_who_names_them(registered):
    event, registration = registered
    answers.save(event.id, {"diet": "Vegan", "access_needs": "Captions\nplease", "topics": ["Food", "Sleep"], "profession": "Student"},
                 registration_id=registration.id)
    plain = {one.key: one.value for one in answers.of_registration(registration.id)}
    assert plain == {"topics": ["Sleep", "Food"], "profession": "Student"}
    assert [one.value for one in answers.of_registration(registration.id, seeing={"diet"})] == ["Vegan"]
    assert answers.of_registrations([registration.id], seeing={"access"})[registration.id][0].value == "Captions\nplease"


def test_saving_again_replaces_what_was_there(registered):
    event, registration = registered
    for diet in ("Vegan", ""):
        answers.save(event.id, {"diet": diet}, registration_id=registration.id)
    assert answers.of_registration(registration.id, seeing=answers.ALL) == []


def test_everything_that_does_not_fit_is_said_at_once():
    asked = [QuestionSpec("name", "Name", is_required=True), QuestionSpec("age", "Age", "number"), QuestionSpec("day", "Day", "date"),
             QuestionSpec("ok", "Ok?", "yes_no"), QuestionSpec("pick", "Pick", "choice", choices=("a",)), QuestionSpec("free", "Free")]
    with pytest.raises(AnswersRefused) as refused:
        checked(asked, {"age": "old", "day": "tomorrow", "ok": "perhaps", "pick": "b", "free": "x\x00y"})
    assert list(refused.value.errors) == ["answer_name", "answer_age", "answer_day", "answer_ok", "answer_pick", "answer_free"]


@pytest.mark.parametrize(("kind", "given", "kept"), [
    ("number", " 1,5 ", "1.5"), ("date", "2026-12-04", "2026-12-04"), ("yes_no", "On", "yes"), ("yes_no", False, "no"),
    ("text", "  a  b ", "a b")])
def test_answers_are_written_in_one_way(kind, given, kept):
    assert checked([QuestionSpec("it", "It", kind)], {"it": given, "unasked": "x"}) == {"it": kept}


def test_a_question_with_answers_is_retired_and_comes_back(registered):
    event, registration = registered
    answers.save(event.id, {"diet": "Vegan"}, registration_id=registration.id)
    questions.replace(event.id, [], actor_id=None)
    rows = db.session.scalars(select(Question).filter_by(event_id=event.id)).all()
    assert [(row.key, row.retired_at is None) for row in rows] == [("diet", False)]
    questions.replace(event.id, questions.standard(), actor_id=None)
    assert len(questions.for_event(event.id)) == 4


def test_a_question_with_answers_keeps_its_kind(registered):
    event, registration = registered
    answers.save(event.id, {"diet": "Vegan"}, registration_id=registration.id)
    with pytest.raises(Unacceptable, match="kind of answer stays"):
        questions.replace(event.id, [QuestionSpec("diet", "Diet", "number")], actor_id=None)


@pytest.mark.parametrize("spec", [
    QuestionSpec("Bad key", "Q"), QuestionSpec("q", " "), QuestionSpec("q", "Q", "colour"), QuestionSpec("q", "Q", "choice"),
    QuestionSpec("q", "Q", "text", choices=("a",))])
def test_a_question_that_cannot_be_asked_is_refused(spec):
    with pytest.raises(Unacceptable):
        questions.replace(made.workshop().id, [spec], actor_id=None)


@pytest.mark.parametrize(("kind", "value", "words"), [("yes_no", "yes", "Yes"), ("text", "yes", "yes"), ("choices", ["a", "b"], "a, b")])
def test_an_answer_in_the_words_people_read(kind: str, value: str | list[str], words: str) -> None:
    assert answers.Answered("key", "Label", kind, "plain", value).words == words
