"""The form of a discount code: what it takes off, when, how often, for what."""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.core import money, times
from webapp.core.errors import Unacceptable
from webapp.registration.codes.keeping import Terms
from webapp.web.forms import Form, Line, Option
from webapp.web.manage.finance.blueprint import midnight, zone

DAY = "Write the day as 2026-12-04."
MOST = 1_000_000
_PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")


class CodeForm(Form):
    """Everything but the word, which is typed once."""

    purpose = Line("What it is for", 200, [Optional()], description="Only staff see it.")
    kind = RadioField("It takes off", default="percent",
                      choices=[Option("percent", "A percentage"), Option("amount", "An amount in dollars")])
    off = Line("How much", 20, [InputRequired("Write how much, for example 10.")],
               description="For example 10 or 12.5 percent, or 20.00 dollars.")
    with_add_ons = BooleanField("Extras too", description="Else only the price of the place is lowered.")
    best_price = BooleanField("The better of this and the member price",
                              description="Reckoned from the regular price. A member whose own price is lower pays that one.")
    first_on = DateField("First day", [Optional()])
    last_on = DateField("Last day", [Optional()], description="Good until its end, in the association's zone.")
    max_uses = IntegerField("Uses in all", [Optional(), NumberRange(1, MOST, "A number above zero.")], description="A place is one use.")
    max_per_person = IntegerField("Uses by each person", [Optional(), NumberRange(1, MOST, "A number above zero.")])
    budget = Line("Budget in dollars", 20, [Optional()], description="All it may take off together.")
    events = SelectMultipleField("Only these events", coerce=str, validate_choice=False)
    types = SelectMultipleField("Only these prices", coerce=str, validate_choice=False)


class NewCodeForm(CodeForm):
    """With the word."""

    word = Line("Code", 60, [InputRequired("Write the code people type.")],
                description="Letters, digits and hyphens, for example SPRING-10.")


def offer(form: Any, rows: list[Any]) -> None:
    """Puts the events and types somebody may choose into the form."""
    form.events.choices = [Option(str(key), words) for key, words in {one.id: _event(one) for one in rows}.items()]
    form.types.choices = [Option(str(one.type_id), f"{one.title}: {one.type}") for one in rows if one.type_id]


def filled(row: Any, event_ids: list[int], type_ids: list[int]) -> dict[str, Any]:
    """A code as the form shows it."""
    amount = row.amount_cents is not None
    return {
        "purpose": row.purpose, "kind": "amount" if amount else "percent",
        "off": dollars(row.amount_cents) if amount else f"{row.percent_basis_points / 100:g}",
        "with_add_ons": row.with_add_ons, "best_price": row.best_price,
        "first_on": times.local(row.valid_from, zone()).date() if row.valid_from else None,
        "last_on": (times.local(row.valid_until, zone()) - timedelta(days=1)).date() if row.valid_until else None,
        "max_uses": row.max_uses, "max_per_person": row.max_per_person, "budget": dollars(row.budget_cents),
        "events": [str(one) for one in event_ids], "types": [str(one) for one in type_ids]}


def terms(form: Any) -> Terms:
    """What was typed, for the action; refused beside the field it belongs to."""
    by_amount = form.kind.data == "amount"
    return Terms(
        amount_cents=money.typed(form.off.data, field="off") if by_amount else None,
        percent=None if by_amount else percent(form.off.data),
        with_add_ons=form.with_add_ons.data, best_price=form.best_price.data,
        valid_from=midnight(form.first_on.data) if form.first_on.data else None,
        valid_until=midnight(form.last_on.data + timedelta(days=1)) if form.last_on.data else None,
        max_uses=form.max_uses.data, max_per_person=form.max_per_person.data,
        budget_cents=money.typed(form.budget.data, field="budget") if form.budget.data else None,
        event_ids=picked(form.events), type_ids=picked(form.types))


def percent(typed: str) -> int:
    """Basis points as typed: `12.5`."""
    found = _PERCENT.fullmatch(typed.strip())
    if found is None:
        raise Unacceptable("Write the percentage, for example 10 or 12.5.", field="off")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def picked(field: Any) -> tuple[int, ...]:
    """Only what was offered: what somebody may not choose is as if it did not exist."""
    offered: Collection[str] = {one[0] for one in field.choices}
    if set(field.data or []) - set(offered):
        raise Unacceptable("Choose from the list.", field=field.name)
    return tuple(int(one) for one in field.data or [])


def _event(row: Any) -> str:
    return f"{row.title}, {times.date_words(times.local(row.starts_at, row.zone).date())}" if row.starts_at else row.title


def dollars(cents: int | None) -> str:
    """Cents as a form shows them: `20.00`."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"
