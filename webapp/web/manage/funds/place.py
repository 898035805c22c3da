"""/manage/events/<slug>/people/<id>/payers: who carries a part of a place; a fund gives, an agency is billed, a part is taken back."""

from typing import Any

from flask import Response, flash, render_template

from webapp.core import money
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balances, sharing
from webapp.registration.funds import giving
from webapp.registration.funds.giving import OtherPayer
from webapp.registration.queries import funds as queries
from webapp.web import access
from webapp.web.forms import again, see
from webapp.web.manage import reach
from webapp.web.manage.finance.blueprint import today
from webapp.web.manage.finance.forms import ReasonForm
from webapp.web.manage.funds import form as forms
from webapp.web.manage.funds import shown
from webapp.web.manage.funds.blueprint import pages
from webapp.web.manage.people.place import name_of, place_in

AT = "/manage/events/<slug>/people/<int:registration_id>/payers"


@pages.route(AT, methods=["GET", "POST"])
@access.staff(*reach.ROLES)
def payers(slug: str, registration_id: int) -> Response | str:
    """What others carry of the place, and the form for one more part; 422 with everything typed when it is refused."""
    event = access.event_of(slug, *reach.ROLES)
    row = place_in(event, registration_id)
    form = forms.choose(forms.ShareForm(), queries.giving(event.id, row.type_id))
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                given = _give(registration_id, form)
                sharing.after(given, reason=form.reason.data, by_id=access.viewer().person_id, today=today())
            flash(f"{money.written(-given.change_cents)} of the place are paid by somebody else now.", "done")
            return see(f"/manage/events/{slug}/people/{registration_id}/payers")
        except NotFound:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
    show = again if form.is_submitted() else render_template
    return show("manage/event_people_payers.html", **_context(event, row, form))


@pages.route(f"{AT}/<int:share_id>/take-back", methods=["GET", "POST"])
@access.staff(*reach.ROLES)
def take_back(slug: str, registration_id: int, share_id: int) -> Response | str:
    """The part is owed by who ordered again, with a reason; a fund has its money back."""
    event, form = access.event_of(slug, *reach.ROLES), ReasonForm()
    row = place_in(event, registration_id)
    share = next((one for one in queries.carried(registration_id) if one.id == share_id), None)
    if share is None:
        raise NotFound
    here = f"/manage/events/{slug}/people/{registration_id}/payers"
    if form.is_submitted() and form.validate():
        try:
            with transaction():
                given = giving.take_back(share_id, by_id=access.viewer().person_id, reason=form.reason.data)
                sharing.after(given, reason=form.reason.data, by_id=access.viewer().person_id, today=today())
            flash(f"{money.written(given.change_cents)} are owed by who ordered again.", "done")
            return see(here)
        except Refusal as refusal:
            form.refuse(refusal)
    show = again if form.is_submitted() else render_template
    return show("manage/event_people_take_back.html", event=event, form=form, share=share, here=here, name=name_of(row))


def _give(registration_id: int, form: Any) -> giving.Given:
    by_id, reason, typed = access.viewer().person_id, form.reason.data, forms.cents(form)
    if form.who.data == "fund":
        return giving.give(registration_id, forms.fund_id(form), by_id=by_id, reason=reason, cents=typed)
    payer = OtherPayer(form.who.data, form.name.data or "", form.email.data or "", form.address.data or "",
                       po_number=form.po_number.data or "")
    return giving.split(registration_id, typed or 0, payer, by_id=by_id, reason=reason)


def _context(event: Any, row: Any, form: Any) -> dict[str, Any]:
    return {"event": event, "place": row, "name": name_of(row), "form": form, "balance": balances.of_order(row.order_id, today()),
            "shares": [shown.use(one) | {"by": one.name, "id": one.id} for one in queries.carried(row.id)]}
