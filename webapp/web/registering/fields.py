"""Form fields made from an event's questions and add-ons."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import NumberRange, Optional

from webapp.core.errors import Unacceptable
from webapp.forms import values
from webapp.registration.sale import AddOnOffer
from webapp.web.forms import Line, Option, Paragraphs

MOST = 20
FEW_CHOICES = 6


def of_questions(asked: Sequence[Any]) -> dict[str, Field]:
    """A field for each question, named as `forms.values` names it. What may be answered is checked by `check`."""
    return {values.field_name(one.key): _question(one) for one in asked}


def of_add_ons(offers: Sequence[AddOnOffer]) -> dict[str, Field]:
    """A field for each add-on one may choose: a tick for what opens a block, else how many."""
    return {f"add_on_{one.id}": _add_on(one) for one in offers if not one.is_required}


def answers(form: Any, asked: Sequence[Any]) -> dict[str, Any]:
    """What was typed, by the question's key."""
    return {one.key: form[values.field_name(one.key)].data for one in asked}


def check(form: Any, asked: Sequence[Any]) -> bool:
    """Puts a reason beside each answer that cannot be used; True when all can."""
    try:
        values.checked(asked, answers(form, asked))
    except values.AnswersRefused as refused:
        for name, sentence in refused.errors.items():
            form[name].errors = [sentence]
        return False
    except Unacceptable as refused:  # pragma: no cover - AnswersRefused is the only kind
        form.refuse(refused)
        return False
    return True


def chosen_add_ons(form: Any, offers: Iterable[AddOnOffer]) -> dict[int, int]:
    """Add-on id -> how many, of those one may choose."""
    found = {one.id: form[f"add_on_{one.id}"].data for one in offers if not one.is_required}
    return {key: int(value or 0) for key, value in found.items() if value}


def _question(one: Any) -> Field:
    more: dict[str, Any] = {"description": one.hint}
    options = [Option(choice, choice) for choice in one.choices]
    if one.kind == "choices":
        return SelectMultipleField(one.label, choices=options, validate_choice=False, **more)
    if one.kind == "yes_no":
        return RadioField(one.label, choices=[Option("yes", "Yes"), Option("no", "No")], validate_choice=False, **more)
    if one.kind == "choice" and len(options) <= FEW_CHOICES:
        return RadioField(one.label, choices=options, validate_choice=False, **more)
    if one.kind == "choice":
        return SelectField(one.label, choices=[Option("", "Choose"), *options], validate_choice=False, **_mark(one, more))
    if one.kind == "long_text":
        return Paragraphs(one.label, values.LONG, **_mark(one, more), render_kw={"rows": 3})
    if one.kind == "text":
        return Line(one.label, **_mark(one, more))
    return StringField(one.label, **_mark(one, more))


def _mark(one: Any, more: dict[str, Any]) -> dict[str, Any]:
    """An optional field says so."""
    return more if one.is_required else more | {"validators": [Optional()]}


def _add_on(one: AddOnOffer) -> Field:
    full = one.pool is not None and one.pool.left == 0
    if one.unlocks_block_id is not None:
        return BooleanField(one.name, description="None left." if full else "")
    most = min(MOST, one.pool.left) if one.pool is not None and one.pool.left is not None else MOST
    sentence = f"Choose from 0 to {most}." if most else "None left."
    hint = "None left." if full else "each. Write how many you want, or leave it empty."
    return IntegerField(one.name, validators=[Optional(), NumberRange(0, most, sentence)], description=hint)
