"""/manage/funds: the list, a new fund, one fund with what it paid, withdrawn and given out again, its grantor billed."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances, invoices, sharing
from webapp.registration.funds import keeping
from webapp.registration.funds.models import SCOPES
from webapp.registration.queries import funds as queries
from webapp.registration.scopes import Scope
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage import reach
from webapp.web.manage.finance.blueprint import today
from webapp.web.manage.funds import form as forms
from webapp.web.manage.funds import shown
from webapp.web.manage.funds.blueprint import HERE, frame, mine, pages

MOST_USES = 200


@pages.get(HERE)
@access.staff(*reach.ROLES)
def funds() -> str:
    """The funds she may change: whose money, what is used of it and what is left."""
    return render_template("manage/funds.html", **frame(), rows=[
        shown.row(one, scope.names, clock.now()) for one, scope in reach.hers(queries.listed(), SCOPES)])


@pages.get(f"{HERE}/new")
@access.staff(*reach.ROLES)
def fund_new() -> str:
    """The form of a new fund."""
    return render_template("manage/funds_fund.html", form=reach.choose(forms.NewFundForm()), fund=None, uses=[], **frame())


@pages.post(f"{HERE}/new")
@access.staff(*reach.ROLES)
def fund_create() -> Response:
    """Makes the fund; refused beside its fields with everything typed still there."""
    form, by_id = reach.choose(forms.NewFundForm()), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                made = keeping.create(reach.owner(terms), form.name.data, terms, by_id=by_id, grantor=forms.grantor(form),
                                      note=form.note.data or "")
            flash("The fund is made.", "done")
            return see(f"{HERE}/{made}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/funds_fund.html", form=form, fund=None, uses=[], **frame())


@pages.get(f"{HERE}/<int:fund_id>")
@access.staff(*reach.ROLES)
def fund(fund_id: int) -> str:
    """One fund: how it stands, its form, and the places it paid for."""
    row, scope = mine(fund_id)
    form = reach.choose(forms.FundForm(data=forms.filled(row, scope)), scope)
    return render_template("manage/funds_fund.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:fund_id>")
@access.staff(*reach.ROLES)
def fund_change(fund_id: int) -> Response:
    """Changes the fund for those who come; what it paid stays."""
    row, scope = mine(fund_id)
    form, by_id = reach.choose(forms.FundForm(), scope), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                reach.refuse_unless_hers(terms, row.organization_id)
                keeping.update(fund_id, terms, by_id=by_id, note=form.note.data or "")
            flash(f"{row.name} is changed.", "done")
            return see(f"{HERE}/{fund_id}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/funds_fund.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:fund_id>/withdraw")
@access.staff(*reach.ROLES)
def fund_withdraw(fund_id: int) -> Response:
    """It gives nothing any more; places keep what it paid."""
    return _act(fund_id, keeping.withdraw, "is withdrawn")


@pages.post(f"{HERE}/<int:fund_id>/give-out")
@access.staff(*reach.ROLES)
def fund_give_out(fund_id: int) -> Response:
    """A withdrawn fund gives again."""
    return _act(fund_id, keeping.give_out, "gives again")


@pages.post(f"{HERE}/<int:fund_id>/bill")
@access.staff("finance")
def fund_bill(fund_id: int) -> Response:
    """Bills the grantor for what no invoice asks for yet."""
    row, _ = mine(fund_id)
    if row.order_id is None:
        raise NotFound
    with transaction():
        made = sharing.bill(row.order_id)
    flash("The invoice is made and sent." if made else "Nothing is to be billed: every part is on an invoice already.",
          "done" if made else "info")
    return see(f"{HERE}/{fund_id}")


def _act(fund_id: int, act: Callable[..., None], done: str) -> Response:
    (row, _), by_id = mine(fund_id), access.viewer().person_id
    with transaction():
        act(fund_id, by_id=by_id)
    flash(f"{row.name} {done}.", "done")
    return see(f"{HERE}/{fund_id}")


def _one(row: Any, scope: Scope, form: Any) -> dict[str, Any]:
    stands = []
    if row.order_id is not None:
        billed = sum(bill.rest_cents for bill in invoices.of_order(row.order_id))
        stands = shown.stands(balances.of_order(row.order_id, today()), billed)
    return {"form": form, "fund": shown.row(row, scope.names, clock.now()), "stands": stands,
            "uses": [shown.use(one) for one in queries.uses(row.id, MOST_USES)], "most": MOST_USES, **frame()}
