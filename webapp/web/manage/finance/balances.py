"""What payers have with us: the list, one payer's with its history, a refund of it, and the use of it for an order."""

from datetime import date
from typing import Any

from flask import Response, current_app, flash, render_template, request

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balance
from webapp.payments.queries import lots, put_off
from webapp.payments.rules import balance as rules
from webapp.registration.models import Payer
from webapp.web import access, forms
from webapp.web.forms import see
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today
from webapp.web.manage.finance.forms import DONE_BEFORE, GiveBackForm, ReasonForm

TABS = (("usable", "Usable"), ("expired", "Expired"), ("all", "All"))
KINDS = {"kept": "Kept", "used": "Paid an order", "returned": "Came back unused", "expired": "Expired",
         "revived": "Expired no more", "taken_back": "Taken back"}


def until() -> date:
    """The last day of a balance kept today, where no policy says another."""
    return rules.until(today(), current_app.config["SETTINGS"].balance_months)


@pages.get("/manage/finance/balances")
@access.staff("finance")
def balances() -> str:
    """Every lot, what expires first first; `show=expired`: what ran out."""
    shown = request.args.get("show", "usable")
    shown = shown if shown in lots.SHOWN else "usable"
    page, offset = page_offset(lots.PAGE)
    tabs = [{"label": label, "href": f"/manage/finance/balances?show={name}", "current": name == shown} for name, label in TABS]
    return render_template("manage/finance_balances.html", rows=lots.listing(shown, offset), shown=shown, tabs=tabs, page=page,
                           in_all=lots.in_all(), bound=put_off.bound_cents(), **frame("balances"))


@pages.get("/manage/finance/balances/<int:payer_id>")
@access.staff("finance")
def balance_of(payer_id: int) -> str:
    """One payer's lots and all that happened to them."""
    return render_template("manage/finance_balance.html", **_page(payer_id, GiveBackForm(formdata=None, prefix="back-")))


@pages.post("/manage/finance/balances/<int:payer_id>/refund")
@access.staff("finance")
def refund_balance(payer_id: int) -> Response:
    """Asks for a refund by hand; it waits under refunds until it is noted as sent."""
    form, day, by_id = GiveBackForm(prefix="back-"), today(), access.viewer().person_id
    _payer(payer_id)
    if form.validate():
        try:
            cents = money.typed(form.amount.data, "amount")
            with transaction():
                done = form.is_first() and balance.give_back(payer_id, cents, today=day, reason=form.reason.data, by_id=by_id)
            flash(f"{money.written(cents)} to be sent by hand; note it here when it is." if done else DONE_BEFORE)
            return see("/manage/finance/refunds")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return forms.again("manage/finance_balance.html", **_page(payer_id, form))


@pages.route("/manage/finance/balances/lots/<int:lot_id>/back", methods=["GET", "POST"])
@access.staff("finance")
def take_back_lot(lot_id: int) -> Response | str:
    """The money stands with its payment again, to be refunded the way it came or matched."""
    row = lots.one(lot_id)
    if row is None:
        raise NotFound
    form, by_id = ReasonForm(), access.viewer().person_id
    if not form.is_submitted():
        return render_template("manage/finance_balance_back.html", row=row, form=form, **frame("balances"))
    if form.validate():
        try:
            with transaction():
                balance.take_back(lot_id, reason=form.reason.data, by_id=by_id)
            flash("The money stands with its payment again.")
            return see("/manage/finance/unmatched")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return forms.again("manage/finance_balance_back.html", row=lots.one(lot_id), form=form, **frame("balances"))


def _payer(payer_id: int) -> Payer:
    found = db.session.get(Payer, payer_id)
    if found is None:
        raise NotFound
    return found


def _page(payer_id: int, form: GiveBackForm) -> dict[str, Any]:
    payer, found = _payer(payer_id), lots.of_payer(payer_id)
    return {"payer": payer, "lots": found, "there": lots.usable(found, today()), "history": lots.history(payer_id), "form": form,
            "kinds": KINDS, **frame("balances")}
