"""The forms of a fund: what it pays, from how much, for what; and of a place whose part somebody else carries."""

from typing import Any

from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from webapp.core import money
from webapp.core.errors import Unacceptable
from webapp.registration.funds.keeping import Grantor, Terms
from webapp.registration.funds.rules import pays
from webapp.registration.scopes import Scope
from webapp.web.forms import Form, Line, Option, Paragraphs
from webapp.web.manage import reach
from webapp.web.registering.form import address


class FundForm(Form):
    """Everything that can be changed later."""

    kind = RadioField("It pays", default="rest", choices=[Option("rest", "The rest of the price"), Option("percent", "A percentage"),
                                                          Option("amount", "An amount in dollars")])
    off = Line("How much", 20, [Optional()], description="For a percentage or an amount, for example 50 or 100.00.")
    budget = Line("Budget in dollars", 20, [InputRequired("Write the budget, for example 5,000.00.")],
                  description="It never pays more than this in all.")
    max_per_person = Line("At most for each person, in dollars", 20, [Optional()], description="Staff may give more by hand.")
    word = Line("Code people type", 40, [Optional()], description="In the field of discount codes. Empty: only staff give it.")
    on_request = BooleanField("People may ask for it when they register", description="Offered on the form of the events chosen below.")
    with_add_ons = BooleanField("Extras too", description="Else only the price of the place is paid.")
    passes_on = BooleanField("Stays with the place when a colleague takes it over")
    account_code = Line("Account code", 20, [Optional()], description="Of a scholarship the cost, of a grant the income.")
    first_on = DateField("First day", [Optional()])
    last_on = DateField("Last day", [Optional()], description="Good until its end, in the association's zone.")
    note = Paragraphs("Note", 1000, [Optional()], description="Only staff see it.", render_kw={"rows": 3})
    events = SelectMultipleField("Only these events", coerce=str, validate_choice=False)
    types = SelectMultipleField("Only these prices", coerce=str, validate_choice=False)


class NewFundForm(FundForm):
    """With its name, and who pays for a grant."""

    name = Line("Name", 100, [InputRequired("Name the fund as people shall read it on their bill.")],
                description="For example Rural Access Fund. It stands on people's bills.")
    whose = RadioField("Whose money is it?", default="scholarship", choices=[
        Option("scholarship", "Ours: a scholarship, nobody is billed"), Option("grant", "A grantor's: the grantor owes what it pays")])
    grantor = Line("Grantor", 200, [Optional()], description="For a grant: who gets the invoices.")
    grantor_email = EmailField("E-mail of the grantor", [Optional(), address])
    grantor_address = Paragraphs("Billing address of the grantor", 1000, [Optional()], render_kw={"rows": 3})


class ShareForm(Form):
    """Somebody else carries a part of a place."""

    who = RadioField("Who pays a part?", default="fund", choices=[
        Option("fund", "A fund"), Option("agency", "An agency"), Option("person", "Another person")])
    fund = SelectField("Fund", coerce=str, validate_choice=False)
    amount = Line("How much, in dollars", 20, [Optional()], description="For a fund you may leave it empty: it pays what its rule says.")
    name = Line("Name of who pays", 200, [Optional()], description="Of the agency or the other person.")
    email = EmailField("E-mail for the invoice", [Optional(), address])
    address = Paragraphs("Billing address", 1000, [Optional()], render_kw={"rows": 3})
    po_number = Line("Purchase order number", 60, [Optional()])
    reason = Line("Why", 255, [InputRequired("Say why; it stands in the history.")])


class AnswerForm(Form):
    """An answer to somebody who asks for help with the price."""

    fund = SelectField("Fund", coerce=str, validate_choice=False)
    amount = Line("How much, in dollars", 20, [Optional()], description="Leave it empty, and the fund pays what its rule says.")
    answer = Paragraphs("What we write", 1000, [Optional()], description="Needed when you decline.", render_kw={"rows": 3})


def choose(form: Any, funds: list[Any]) -> Any:
    """Puts the funds that may give into the form."""
    form.fund.choices = [Option(str(one.id), f"{one.name}: {_words(one)}, {money.written(one.budget_cents - one.used_cents)} left")
                         for one in funds]
    return form


def cents(form: Any) -> int | None:
    """The amount that was typed; None where there is none."""
    return money.typed(form.amount.data, field="amount") if form.amount.data else None


def fund_id(form: Any) -> int:
    """The fund that was chosen; refused where it was not offered."""
    if form.fund.data not in {one[0] for one in form.fund.choices}:
        raise Unacceptable("Choose a fund.", field="fund")
    return int(form.fund.data)


def filled(row: Any, scope: Scope) -> dict[str, Any]:
    """A fund as the form shows it."""
    kind = "amount" if row.amount_cents is not None else "rest" if row.percent_basis_points is None else "percent"
    return {
        "kind": kind, "off": money.plain(row.amount_cents) if kind == "amount" else f"{(row.percent_basis_points or 0) / 100:g}"
        if kind == "percent" else "", "budget": money.plain(row.budget_cents), "max_per_person": money.plain(row.max_per_person_cents),
        "word": row.word or "", "on_request": row.on_request, "with_add_ons": row.with_add_ons, "passes_on": row.passes_on,
        "account_code": row.account_code, "note": row.note,
        **reach.filled(row, scope)}


def terms(form: Any) -> Terms:
    """What was typed, for the action; refused beside the field it belongs to."""
    kind = form.kind.data
    return Terms(
        budget_cents=money.typed(form.budget.data, field="budget"),
        amount_cents=money.typed(form.off.data or "", field="off") if kind == "amount" else None,
        percent=money.typed_percent(form.off.data or "", field="off") if kind == "percent" else None,
        max_per_person_cents=money.typed(form.max_per_person.data, field="max_per_person") if form.max_per_person.data else None,
        with_add_ons=form.with_add_ons.data, passes_on=form.passes_on.data, on_request=form.on_request.data,
        account_code=form.account_code.data or "", word=form.word.data or "",
        **reach.typed(form))


def grantor(form: Any) -> Grantor | None:
    """Who pays for a grant; None for a scholarship."""
    if form.whose.data != "grant":
        return None
    return Grantor(form.grantor.data or "", form.grantor_email.data or "", form.grantor_address.data or "")


def _words(one: Any) -> str:
    return pays(one.amount_cents, one.percent_basis_points).lower()
