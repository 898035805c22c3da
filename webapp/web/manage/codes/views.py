"""/manage/codes: the list, a new code, one code with its uses, withdrawn and given out again."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template

from webapp.catalog import organizations
from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import Refusal, Unacceptable
from webapp.registration.codes import keeping
from webapp.registration.queries import codes as queries
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage.codes import form as forms
from webapp.web.manage.codes import shown
from webapp.web.manage.codes.blueprint import ROLES, may, mine, offered, pages
from webapp.web.manage.finance.blueprint import zone
from webapp.web.manage.home.blueprint import side

HERE = "/manage/codes"
MOST_USES = 200


@pages.get(HERE)
@access.staff(*ROLES)
def codes() -> str:
    """The codes she may change: what each takes off, for what, how often it was used and whether it is still good."""
    rows = queries.listed()
    scopes = queries.scopes([one.id for one in rows])
    return render_template("manage/codes.html", **_frame(), rows=[
        shown.row(one, scopes[one.id].names, clock.now(), zone()) for one in rows if may(one.organization_id, scopes[one.id].event_ids)])


@pages.get(f"{HERE}/new")
@access.staff(*ROLES)
def code_new() -> str:
    """The form of a new code."""
    return render_template("manage/codes_code.html", form=_form(forms.NewCodeForm(), set()), code=None, uses=[], **_frame())


@pages.post(f"{HERE}/new")
@access.staff(*ROLES)
def code_create() -> Response:
    """Makes the code; refused beside its fields with everything typed still there."""
    form, by_id = _form(forms.NewCodeForm(), set()), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                organization_id = _owner(terms)
                _refuse_unless_hers(terms, organization_id)
                keeping.create(organization_id, form.word.data, terms, by_id=by_id, purpose=form.purpose.data)
            flash("The code is made; here it stands with the others.", "done")
            return see(HERE)
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/codes_code.html", form=form, code=None, uses=[], **_frame())


@pages.get(f"{HERE}/<int:code_id>")
@access.staff(*ROLES)
def code(code_id: int) -> str:
    """One code: its form, and the places that used it with their orders."""
    row, scope = mine(code_id)
    form = _form(forms.CodeForm(data=forms.filled(row, *queries.chosen(code_id))), scope.event_ids)
    return render_template("manage/codes_code.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:code_id>")
@access.staff(*ROLES)
def code_change(code_id: int) -> Response:
    """Changes the code for those who come; who used it keeps what it took off."""
    row, scope = mine(code_id)
    form, by_id = _form(forms.CodeForm(), scope.event_ids), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                _refuse_unless_hers(terms, row.organization_id)
                keeping.update(code_id, terms, by_id=by_id, purpose=form.purpose.data)
            flash(f"The code {row.word} is changed.", "done")
            return see(f"{HERE}/{code_id}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/codes_code.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:code_id>/withdraw")
@access.staff(*ROLES)
def code_withdraw(code_id: int) -> Response:
    """Nobody can use it any more; places that have it keep what it took off."""
    return _act(code_id, keeping.withdraw, "is withdrawn")


@pages.post(f"{HERE}/<int:code_id>/give-out")
@access.staff(*ROLES)
def code_give_out(code_id: int) -> Response:
    """A withdrawn code is good again."""
    return _act(code_id, keeping.give_out, "is good again")


def _act(code_id: int, act: Callable[..., None], done: str) -> Response:
    (row, _), by_id = mine(code_id), access.viewer().person_id
    with transaction():
        act(code_id, by_id=by_id)
    flash(f"The code {row.word} {done}.", "done")
    return see(f"{HERE}/{code_id}")


def _form(form: Any, chosen: set[int]) -> Any:
    forms.offer(form, offered(chosen))
    return form


def _owner(terms: keeping.Terms) -> int:
    """Whose code it is: of the organization whose events were chosen, else of the association."""
    found = {one.organization_id for one in offered(set()) if one.id in terms.event_ids or one.type_id in terms.type_ids}
    return found.pop() if len(found) == 1 else organizations.association().id


def _refuse_unless_hers(terms: keeping.Terms, organization_id: int) -> None:
    """Who organizes single events makes codes for those, not for the whole organization."""
    if not (terms.event_ids or terms.type_ids) and not access.viewer().may(ROLES, organization_id=organization_id):
        raise Unacceptable("Choose the events or prices it is for.", field="events")


def _one(row: Any, scope: queries.Scope, form: Any) -> dict[str, Any]:
    return {"form": form, "code": shown.row(row, scope.names, clock.now(), zone()),
            "uses": [shown.use(one) for one in queries.uses(row.id, MOST_USES)], "most": MOST_USES, **_frame()}


def _frame() -> dict[str, Any]:
    viewer = access.viewer()
    return {"side": side(viewer, HERE), "zone": zone(), "finance": viewer.can_finance}
