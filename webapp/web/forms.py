"""Forms: Flask-WTF with our cleaning of text, and the way a refusal of the rules lands beside its field."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, make_response, redirect, render_template
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from webapp.core.errors import Refusal, Unacceptable
from webapp.core.text import clean


class Form(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Parent of every form. `refuse(refusal)` puts a rule's answer beside the field it names, or on top of the form."""

    def refuse(self, refusal: Refusal) -> None:
        """Adds the sentence (and way out) of a refusal to the field it names, else to the whole form."""
        sentence = f"{refusal.sentence} {refusal.way_out}".strip()
        if refusal.field and refusal.field in self._fields:
            field = self._fields[refusal.field]
            field.errors = [*field.errors, sentence]
        else:
            self.form_errors.append(sentence)


def cleaned(limit: int = 255, *, lines: bool = False) -> Callable[[Any, Any], None]:
    """A validator that replaces the data by its cleaned form or says why it cannot be stored."""

    def check(_form: Any, field: Any) -> None:
        try:
            field.data = clean(field.data or "", limit=limit, lines=lines)
        except Unacceptable as refusal:
            raise ValidationError(refusal.sentence) from refusal

    return check


class Option(SelectChoice):  # type: ignore[misc]
    """A choice of SelectField, RadioField and SelectMultipleField: `choices=[Option("va", "Label")]`. WTForms deprecates
    tuples; our components read a choice as the pair (or triple with `hint`) it is."""

    def __init__(self, value: str, label: str, hint: str = "") -> None:
        super().__init__(value, label)
        self._parts = (value, label, hint) if hint else (value, label)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __getitem__(self, index: int) -> str:
        return self._parts[index]

    def __len__(self) -> int:
        return len(self._parts)


class Line(StringField):  # type: ignore[misc]
    """One line of text, cleaned, at most `limit` characters."""

    def __init__(self, label: str, limit: int = 255, validators: list[Any] | None = None, **kw: Any) -> None:
        super().__init__(label, [cleaned(limit), *(validators or [])], **kw)


class Paragraphs(TextAreaField):  # type: ignore[misc]
    """Several lines of text, cleaned, at most `limit` characters."""

    def __init__(self, label: str, limit: int = 4000, validators: list[Any] | None = None, **kw: Any) -> None:
        super().__init__(label, [cleaned(limit, lines=True), *(validators or [])], **kw)


class Day(DateField):  # type: ignore[misc]
    """A day that can be reckoned with: none so near the first or the last of the calendar that a step beyond it fails."""

    def pre_validate(self, _form: Any) -> None:
        """Refuses a day of another age, beside the field."""
        if self.data is not None and not 1900 <= self.data.year < 2200:
            raise ValidationError("Write a day between 1900 and 2199.")


def whole(typed: str | None) -> int | None:
    """The number of a row that was typed or chosen; None for anything else, also for what only looks like a digit."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def again(template: str, **context: Any) -> Response:
    """The page again with 422: what was typed is still in it, the reasons beside the fields and in the summary."""
    return make_response(render_template(template, **context), 422)


def see(address: str) -> Response:
    """303 to a page: the answer to a form that worked, so that reload and back repeat nothing."""
    return make_response(redirect(address, 303))
