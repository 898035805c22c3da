"""/manage/funds/requests: who asks for help with the price, and the answers."""

from typing import Any

from flask import Response, flash, render_template, request

from webapp.core import money
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import sharing
from webapp.registration.funds import deciding
from webapp.registration.queries import funds as queries
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage import reach
from webapp.web.manage.finance.blueprint import today
from webapp.web.manage.funds import form as forms
from webapp.web.manage.funds import shown
from webapp.web.manage.funds.blueprint import HERE, frame, pages
from webapp.web.manage.home.blueprint import scope

MOST = 100


@pages.get(f"{HERE}/requests")
@access.staff(*reach.ROLES)
def requests() -> str:
    """Those who wait for an answer, the first first."""
    return render_template("manage/funds_requests.html", rows=[_row(one) for one in _waiting()], most=MOST, **frame())


@pages.route(f"{HERE}/requests/<int:request_id>", methods=["GET", "POST"])
@access.staff(*reach.ROLES)
def decide(request_id: int) -> Response | str:
    """Who asks, in her words, and the answer: a fund, or a word why not."""
    one = next((row for row in _waiting() if row.id == request_id), None)
    if one is None:
        raise NotFound
    form = forms.choose(forms.AnswerForm(), queries.giving(one.event_id))
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                said = _decide(request_id, form)
            flash(said, "done")
            return see(f"{HERE}/requests")
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    show = again if form.is_submitted() else render_template
    return show("manage/funds_request.html", one=_row(one), form=form, **frame())


def _decide(request_id: int, form: Any) -> str:
    by_id, answer = access.viewer().person_id, form.answer.data or ""
    if request.form.get("what") == "decline":
        deciding.decline(request_id, by_id=by_id, answer=answer)
        return "Declined; she is told."
    given = deciding.grant(request_id, forms.fund_id(form), by_id=by_id, cents=forms.cents(form), answer=answer)
    sharing.after(given, reason="Help with the price", by_id=by_id, today=today())
    return f"{money.written(-given.change_cents)} are given; she is told."


def _waiting() -> list[Any]:
    return queries.requests(scope(access.viewer(), reach.ROLES), MOST)


def _row(one: Any) -> dict[str, Any]:
    return {"id": one.id, "who": shown.name(one), "event": one.title, "slug": one.slug, "registration_id": one.registration_id,
            "words": one.words, "at": one.created_at}
