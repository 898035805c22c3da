"""/manage/funds: the list, a new fund, one fund with what it paid, withdrawn and given out again, its grantor billed."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template

from webapp.catalog import organizations
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.payments import balances, invoices, sharing
from webapp.registration.funds import keeping
from webapp.registration.queries import funds as queries
from webapp.registration.queries.codes import Scope
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.codes import form as code_forms
from webapp.web.manage.finance.blueprint import today, zone
from webapp.web.manage.funds import form as forms
from webapp.web.manage.funds import shown
from webapp.web.manage.funds.blueprint import HERE, ROLES, frame, may, mine, offered, pages

MOST_USES = 200


@pages.get(HERE)
@access.staff(*ROLES)
def funds() -> str:
    """The funds she may change: whose money, what is used of it and what is left."""
    rows = queries.listed()
    scopes = queries.scopes([one.id for one in rows])
    return render_template("manage/funds.html", **frame(), rows=[
        shown.row(one, scopes[one.id].names, clock.now(), zone()) for one in rows if may(one.organization_id, scopes[one.id].event_ids)])


@pages.get(f"{HERE}/new")
@access.staff(*ROLES)
def fund_new() -> str:
    """The form of a new fund."""
    return render_template("manage/funds_fund.html", form=_form(forms.NewFundForm(), set()), fund=None, uses=[], **frame())


@pages.post(f"{HERE}/new")
@access.staff(*ROLES)
def fund_create() -> Response:
    """Makes the fund; refused beside its fields with everything typed still there."""
    form, by_id = _form(forms.NewFundForm(), set()), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                organization_id = _owner(terms)
                _refuse_unless_hers(terms, organization_id)
                made = keeping.create(organization_id, form.name.data, terms, by_id=by_id, grantor=forms.grantor(form),
                                      note=form.note.data or "")
            flash("The fund is made.", "done")
            return see(f"{HERE}/{made}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/funds_fund.html", form=form, fund=None, uses=[], **frame())


@pages.get(f"{HERE}/<int:fund_id>")
@access.staff(*ROLES)
def fund(fund_id: int) -> str:
    """One fund: how it stands, its form, and the places it paid for."""
    row, scope = mine(fund_id)
    form = _form(forms.FundForm(data=forms.filled(row, *queries.chosen(fund_id))), scope.event_ids)
    return render_template("manage/funds_fund.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:fund_id>")
@access.staff(*ROLES)
def fund_change(fund_id: int) -> Response:
    """Changes the fund for those who come; what it paid stays."""
    row, scope = mine(fund_id)
    form, by_id = _form(forms.FundForm(), scope.event_ids), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                _refuse_unless_hers(terms, row.organization_id)
                keeping.update(fund_id, terms, by_id=by_id, note=form.note.data or "")
            flash(f"{row.name} is changed.", "done")
            return see(f"{HERE}/{fund_id}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/funds_fund.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:fund_id>/withdraw")
@access.staff(*ROLES)
def fund_withdraw(fund_id: int) -> Response:
    """It gives nothing any more; places keep what it paid."""
    return _act(fund_id, keeping.withdraw, "is withdrawn")


@pages.post(f"{HERE}/<int:fund_id>/give-out")
@access.staff(*ROLES)
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


def _form(form: Any, chosen: set[int]) -> Any:
    code_forms.offer(form, offered(chosen))
    return form


def _owner(terms: keeping.Terms) -> int:
    """Whose fund it is: of the organization whose events were chosen, else of the association."""
    found = {one.organization_id for one in offered(set()) if one.id in terms.event_ids or one.type_id in terms.type_ids}
    return found.pop() if len(found) == 1 else organizations.association().id


def _refuse_unless_hers(terms: keeping.Terms, organization_id: int) -> None:
    """Who organizes single events makes funds for those, not for the whole organization."""
    if not (terms.event_ids or terms.type_ids) and not access.viewer().may(ROLES, organization_id=organization_id):
        raise Unacceptable("Choose the events or prices it is for.", field="events")


def _one(row: Any, scope: Scope, form: Any) -> dict[str, Any]:
    stands = []
    if row.order_id is not None:
        billed = sum(bill.rest_cents for bill in invoices.of_order(row.order_id))
        stands = shown.stands(balances.of_order(row.order_id, today()), billed)
    return {"form": form, "fund": shown.row(row, scope.names, clock.now(), zone()), "stands": stands,
            "uses": [shown.use(one) for one in queries.uses(row.id, MOST_USES)], "most": MOST_USES, **frame()}
