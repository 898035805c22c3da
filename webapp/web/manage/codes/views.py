"""/manage/codes: the list, a new code, one code with its uses, withdrawn and given out again."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template

from webapp.core import clock
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.registration.codes import keeping
from webapp.registration.codes.models import SCOPES
from webapp.registration.queries import codes as queries
from webapp.registration.scopes import Scope
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage import reach
from webapp.web.manage.codes import form as forms
from webapp.web.manage.codes import shown
from webapp.web.manage.codes.blueprint import HERE, mine, pages

MOST_USES = 200


@pages.get(HERE)
@access.staff(*reach.ROLES)
def codes() -> str:
    """The codes she may change: what each takes off, for what, how often it was used and whether it is still good."""
    return render_template("manage/codes.html", **reach.frame(HERE), rows=[
        shown.row(one, scope.names, clock.now()) for one, scope in reach.hers(queries.listed(), SCOPES)])


@pages.get(f"{HERE}/new")
@access.staff(*reach.ROLES)
def code_new() -> str:
    """The form of a new code."""
    return render_template("manage/codes_code.html", form=reach.choose(forms.NewCodeForm()), code=None, uses=[], **reach.frame(HERE))


@pages.post(f"{HERE}/new")
@access.staff(*reach.ROLES)
def code_create() -> Response:
    """Makes the code; refused beside its fields with everything typed still there."""
    form, by_id = reach.choose(forms.NewCodeForm()), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                keeping.create(reach.owner(terms), form.word.data, terms, by_id=by_id, purpose=form.purpose.data)
            flash("The code is made; here it stands with the others.", "done")
            return see(HERE)
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/codes_code.html", form=form, code=None, uses=[], **reach.frame(HERE))


@pages.get(f"{HERE}/<int:code_id>")
@access.staff(*reach.ROLES)
def code(code_id: int) -> str:
    """One code: its form, and the places that used it with their orders."""
    row, scope = mine(code_id)
    form = reach.choose(forms.CodeForm(data=forms.filled(row, scope)), scope)
    return render_template("manage/codes_code.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:code_id>")
@access.staff(*reach.ROLES)
def code_change(code_id: int) -> Response:
    """Changes the code for those who come; who used it keeps what it took off."""
    row, scope = mine(code_id)
    form, by_id = reach.choose(forms.CodeForm(), scope), access.viewer().person_id
    try:
        if form.validate():
            with transaction():
                terms = forms.terms(form)
                reach.refuse_unless_hers(terms, row.organization_id)
                keeping.update(code_id, terms, by_id=by_id, purpose=form.purpose.data)
            flash(f"The code {row.word} is changed.", "done")
            return see(f"{HERE}/{code_id}")
    except Refusal as refusal:
        form.refuse(refusal)
    return again("manage/codes_code.html", **_one(row, scope, form))


@pages.post(f"{HERE}/<int:code_id>/withdraw")
@access.staff(*reach.ROLES)
def code_withdraw(code_id: int) -> Response:
    """Nobody can use it any more; places that have it keep what it took off."""
    return _act(code_id, keeping.withdraw, "is withdrawn")


@pages.post(f"{HERE}/<int:code_id>/give-out")
@access.staff(*reach.ROLES)
def code_give_out(code_id: int) -> Response:
    """A withdrawn code is good again."""
    return _act(code_id, keeping.give_out, "is good again")


def _act(code_id: int, act: Callable[..., None], done: str) -> Response:
    (row, _), by_id = mine(code_id), access.viewer().person_id
    with transaction():
        act(code_id, by_id=by_id)
    flash(f"The code {row.word} {done}.", "done")
    return see(f"{HERE}/{code_id}")


def _one(row: Any, scope: Scope, form: Any) -> dict[str, Any]:
    return {"form": form, "code": shown.row(row, scope.names, clock.now()),
            "uses": [shown.use(one) for one in queries.uses(row.id, MOST_USES)], "most": MOST_USES, **reach.frame(HERE)}
