"""The form of a discount code: what it takes off, when, how often, for what."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.core import money
from webapp.registration.codes.keeping import Terms
from webapp.registration.scopes import Scope
from webapp.web.forms import Form, Line, Option
from webapp.web.manage import reach

MOST = 1_000_000


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


def filled(row: Any, scope: Scope) -> dict[str, Any]:
    """A code as the form shows it."""
    amount = row.amount_cents is not None
    return {
        "purpose": row.purpose, "kind": "amount" if amount else "percent",
        "off": money.plain(row.amount_cents) if amount else f"{row.percent_basis_points / 100:g}",
        "with_add_ons": row.with_add_ons, "best_price": row.best_price,
        "max_uses": row.max_uses, "max_per_person": row.max_per_person, "budget": money.plain(row.budget_cents),
        **reach.filled(row, scope)}


def terms(form: Any) -> Terms:
    """What was typed, for the action; refused beside the field it belongs to."""
    by_amount = form.kind.data == "amount"
    return Terms(
        amount_cents=money.typed(form.off.data, field="off") if by_amount else None,
        percent=None if by_amount else money.typed_percent(form.off.data, field="off"),
        with_add_ons=form.with_add_ons.data, best_price=form.best_price.data,
        max_uses=form.max_uses.data, max_per_person=form.max_per_person.data,
        budget_cents=money.typed(form.budget.data, field="budget") if form.budget.data else None,
        **reach.typed(form))
