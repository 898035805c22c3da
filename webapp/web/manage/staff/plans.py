"""/manage/memberships/plans: what a membership costs and for how long, kept by finance and administrators."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.registration.queries import years
from webapp.registration.years import keeping
from webapp.registration.years.models import MembershipPlan
from webapp.web import access
from webapp.web.forms import Form, Line, again, see
from webapp.web.manage.staff.blueprint import pages, side, told

HERE = "/manage/memberships/plans"
MONTHS = f"Between one month and {keeping.MOST_MONTHS}."


class PlanForm(Form):
    """A membership that is sold."""

    name = Line("Name", 100, [InputRequired("Write the name, as it stands on bills.")], description="As people read it on their bill.")
    months = IntegerField("Months", [InputRequired("Write for how many months it is valid."), NumberRange(1, keeping.MOST_MONTHS, MONTHS)])
    price = Line("Price in dollars", 20, [InputRequired("Write the price, for example 60.00.")])
    account_code = Line("Account", 20, [Optional()], description="Where its income stands in the export.")


@pages.get(HERE)
@access.staff("finance")
def plans_list() -> str:
    """What is sold, and what was."""
    return render_template("manage/plans.html", rows=years.plans(), side=side("manage_staff.plans_list"))


@pages.get(f"{HERE}/new")
@access.staff("finance")
def plan_new() -> str:
    """The form of a new one."""
    return render_template("manage/plans_plan.html", **_frame(PlanForm(data={"months": 12, "account_code": "4300"}), None))


@pages.post(f"{HERE}/new")
@access.staff("finance")
def plan_create() -> Response:
    """It is sold from now on."""
    return _kept(None, lambda terms, by_id: keeping.create(terms, by_id=by_id))


@pages.get(f"{HERE}/<int:plan_id>")
@access.staff("finance")
def plan(plan_id: int) -> str:
    """One as it stands, to be changed."""
    row = _row(plan_id)
    filled = {"name": row.name, "months": row.months, "price": money.plain(row.amount_cents), "account_code": row.account_code}
    return render_template("manage/plans_plan.html", **_frame(PlanForm(data=filled), row))


@pages.post(f"{HERE}/<int:plan_id>")
@access.staff("finance")
def plan_change(plan_id: int) -> Response:
    """Changes it for those who come; orders keep what they have."""
    return _kept(_row(plan_id), lambda terms, by_id: keeping.update(plan_id, terms, by_id=by_id))


@pages.post(f"{HERE}/<int:plan_id>/withdraw")
@access.staff("finance")
def plan_withdraw(plan_id: int) -> Response:
    """It is not sold any more."""
    with told("It is not sold any more."), transaction():
        keeping.withdraw(plan_id, by_id=access.viewer().person_id)
    return see(HERE)


@pages.post(f"{HERE}/<int:plan_id>/offer")
@access.staff("finance")
def plan_offer(plan_id: int) -> Response:
    """It is sold again."""
    with told("It is sold again."), transaction():
        keeping.offer(plan_id, by_id=access.viewer().person_id)
    return see(HERE)


def _kept(row: MembershipPlan | None, act: Callable[[keeping.Terms, int], object]) -> Response:
    form, by_id = PlanForm(), access.viewer().person_id
    try:
        if form.validate():
            price = money.typed(form.price.data, field="price")
            with transaction():
                act(keeping.Terms(form.name.data, form.months.data, price, form.account_code.data or ""), by_id)
            flash(f"{form.name.data} is kept.", "done")
            return see(HERE)
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/plans_plan.html", **_frame(form, row))


def _row(plan_id: int) -> MembershipPlan:
    found = db.session.get(MembershipPlan, plan_id)
    if found is None:
        raise NotFound
    return found


def _frame(form: PlanForm, row: MembershipPlan | None) -> dict[str, Any]:
    return {"form": form, "plan": row, "side": side("manage_staff.plans_list")}
