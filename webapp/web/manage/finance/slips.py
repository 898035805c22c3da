"""Deposit slips: checks that go to the bank together, on a page that prints; closed by the bank's line."""

from flask import Response, flash, render_template

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.payments.checks import slips as actions
from webapp.payments.queries import checks as queries
from webapp.payments.queries import detail
from webapp.web import access, forms
from webapp.web.forms import Form, see
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today
from webapp.web.manage.finance.checks import chosen
from webapp.web.manage.finance.forms import BankLineForm, ReasonForm, SlipForm

ACTS = {"slip_made": "Made the slip", "checks_on_slip": "Put checks on it", "check_off_slip": "Took a check off",
        "slip_deposited": "Deposited it", "slip_reopened": "Opened it again"}


@pages.get("/manage/finance/slips")
@access.staff("finance")
def slips() -> str:
    """Every slip with its total and whether the bank has it."""
    page, offset = page_offset(queries.PAGE)
    return render_template("manage/finance_slips.html", rows=queries.slips(offset), page=page, **frame("slips"))


@pages.route("/manage/finance/slips/new", methods=["GET", "POST"])
@access.staff("finance")
def slip_new() -> Response | str:
    """A new slip of the checks that lie in the drawer."""
    form, by_id = SlipForm(), access.viewer().person_id
    if not form.is_submitted():
        form.on.data = today()
        return render_template("manage/finance_slip_new.html", form=form, rows=queries.undeposited(), ticked=None, **frame("slips"))
    ticked = chosen("check")
    if form.validate():
        try:
            with transaction():
                number = form.number.data
                slip_id = actions.make(number, form.on.data, ticked, by_id=by_id).id if form.is_first() else queries.slip_of(number)
            return see(f"/manage/finance/slips/{slip_id}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return forms.again("manage/finance_slip_new.html", form=form, rows=queries.undeposited(), ticked=ticked, **frame("slips"))


@pages.get("/manage/finance/slips/<int:slip_id>")
@access.staff("finance")
def slip(slip_id: int) -> str:
    """One slip, as it is printed for the bank."""
    return _slip(slip_id, BankLineForm(formdata=None), ReasonForm(formdata=None))


@pages.post("/manage/finance/slips/<int:slip_id>/deposit")
@access.staff("finance")
def slip_deposit(slip_id: int) -> Response:
    """The bank's line is typed; it must be the total."""
    form, by_id = BankLineForm(), access.viewer().person_id
    if form.validate():
        try:
            cents = money.typed(form.bank.data, "bank")
            with transaction():
                if form.is_first():
                    actions.deposit(slip_id, cents, by_id=by_id)
            flash("Deposited: the slip is the bank's line.")
            return see(f"/manage/finance/slips/{slip_id}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return Response(_slip(slip_id, form, ReasonForm(formdata=None)), 422)


@pages.post("/manage/finance/slips/<int:slip_id>/reopen")
@access.staff("finance")
def slip_reopen(slip_id: int) -> Response:
    """Opens a deposited slip again, with a reason."""
    form, by_id = ReasonForm(), access.viewer().person_id
    if form.validate():
        try:
            with transaction():
                actions.reopen(slip_id, reason=form.reason.data, by_id=by_id)
            flash("The slip is open again.")
            return see(f"/manage/finance/slips/{slip_id}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return Response(_slip(slip_id, BankLineForm(formdata=None), form), 422)


@pages.post("/manage/finance/slips/<int:slip_id>/checks/<int:check_id>/off")
@access.staff("finance")
def slip_off(slip_id: int, check_id: int) -> Response:
    """Takes a check off an open slip."""
    by_id = access.viewer().person_id
    with transaction():
        actions.take_off(slip_id, check_id, by_id=by_id)
    flash("The check lies in the drawer again.")
    return see(f"/manage/finance/slips/{slip_id}")


def _slip(slip_id: int, form: Form, reason_form: Form) -> str:
    row, held = queries.slip(slip_id)
    return render_template("manage/finance_slip.html", row=row, held=held, form=form, reason_form=reason_form,
                           history=detail.history_of(f"slip:{slip_id}"), acts=ACTS, **frame("slips"))
