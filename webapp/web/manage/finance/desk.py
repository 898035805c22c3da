"""What waits for a person: unmatched money, refunds, events of Stripe."""

from flask import Response, flash, render_template, request

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balance
from webapp.payments import inbox as provider_inbox
from webapp.payments import refunds as refund_actions
from webapp.payments import unmatched as unmatched_actions
from webapp.payments.queries import desk
from webapp.web import access, forms
from webapp.web.forms import see
from webapp.web.manage.finance.balances import until
from webapp.web.manage.finance.blueprint import frame, page_offset, pages, today
from webapp.web.manage.finance.forms import DONE_BEFORE, AttachForm, KeepUnmatchedForm, ReasonForm, ReturnedForm

OUTCOMES = {
    "open": "Waits for a person",
    "": "All",
    "applied": "Applied",
    "ignored": "Nothing to do",
    "for_finance": "For finance",
    "failed": "Failed",
}


@pages.get("/manage/finance/unmatched")
@access.staff("finance")
def unmatched() -> str:
    """Money that pays nothing."""
    page, offset = page_offset(desk.PAGE)
    rows = desk.unmatched(offset)
    return render_template("manage/finance_unmatched.html", rows=rows, page=page, **frame("unmatched"))


@pages.get("/manage/finance/unmatched/<int:payment_id>")
@access.staff("finance")
def unmatched_one(payment_id: int) -> str:
    """One payment and the choices: give it to an order, or give it back."""
    return render_template(
        "manage/finance_unmatched_one.html",
        row=_row(payment_id),
        attach_form=AttachForm(formdata=None),
        refund_form=ReasonForm(formdata=None, prefix="back-"),
        keep_form=KeepUnmatchedForm(formdata=None, prefix="keep-"),
        until=until(),
        **frame("unmatched"),
    )


@pages.post("/manage/finance/unmatched/<int:payment_id>/attach")
@access.staff("finance")
def attach(payment_id: int) -> Response:
    """Gives the money to an order."""
    form, by_id = AttachForm(), access.viewer().person_id
    if form.validate():
        try:
            with transaction():
                payment = unmatched_actions.attach(payment_id, form.order_ref.data, reason=form.reason.data, by_id=by_id)
                note = payment.note
            flash(note or "The payment belongs to the order now.", "info" if not note else "warning")
            return see(f"/manage/finance/orders/{form.order_ref.data.strip().upper()}")
        except Refusal as refusal:
            form.refuse(refusal)
    return _again(payment_id, form, ReasonForm(formdata=None, prefix="back-"))


@pages.post("/manage/finance/unmatched/<int:payment_id>/refund")
@access.staff("finance")
def give_back(payment_id: int) -> Response:
    """Gives back what pays nothing."""
    form, row, by_id = ReasonForm(prefix="back-"), _row(payment_id), access.viewer().person_id
    cents = row.free_cents
    if form.validate():
        try:
            with transaction():
                refund_actions.request_of_payment(payment_id, cents, reason=form.reason.data, by_id=by_id)
            flash(f"{money.written(cents)} on the way back.")
            return see("/manage/finance/unmatched")
        except Refusal as refusal:
            form.refuse(refusal)
    return _again(payment_id, AttachForm(formdata=None), form)


@pages.post("/manage/finance/unmatched/<int:payment_id>/keep")
@access.staff("finance")
def keep_unmatched(payment_id: int) -> Response:
    """Keeps what pays nothing as its payer's balance."""
    form, row, by_id, day = KeepUnmatchedForm(prefix="keep-"), _row(payment_id), access.viewer().person_id, until()
    cents = row.free_cents
    if form.validate():
        try:
            with transaction():
                payer_id = unmatched_actions.payer_of(form.order_ref.data) if form.order_ref.data else None
                balance.keep_payment(payment_id, cents, expires_on=day, reason=form.reason.data, by_id=by_id, payer_id=payer_id)
            flash(f"{money.written(cents)} kept as the payer's balance; the payer is told.")
            return see("/manage/finance/balances")
        except Refusal as refusal:
            form.refuse(refusal)
    return _again(payment_id, AttachForm(formdata=None), ReasonForm(formdata=None, prefix="back-"), form)


@pages.get("/manage/finance/refunds")
@access.staff("finance")
def refunds() -> str:
    """Refunds under way and those that failed."""
    return render_template("manage/finance_refunds.html", rows=desk.refunds(), **frame("refunds"))


@pages.route("/manage/finance/refunds/<int:refund_id>/returned", methods=["GET", "POST"])
@access.staff("finance")
def returned(refund_id: int) -> Response | str:
    """Notes that money went back by hand."""
    form, by_id = ReturnedForm(), access.viewer().person_id
    if form.was_done():
        flash(DONE_BEFORE)
        return see("/manage/finance/refunds")
    row = next((one for one in desk.refunds(("requested",)) if one.refund.id == refund_id), None)
    if row is None:
        raise NotFound
    if not form.is_submitted():
        form.on.data = today()
        return render_template("manage/finance_returned.html", row=row, form=form, **frame("refunds"))
    if form.validate():
        try:
            with transaction():
                done = form.is_first()
                if done:
                    refund_actions.note_returned(refund_id, cheque_number=form.number.data, on=form.on.data, by_id=by_id)
            flash("Noted; the payer is told." if done else DONE_BEFORE)
            return see("/manage/finance/refunds")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    row = next(one for one in desk.refunds(("requested", "succeeded")) if one.refund.id == refund_id)
    return forms.again("manage/finance_returned.html", row=row, form=form, **frame("refunds"))


@pages.post("/manage/finance/refunds/<int:refund_id>/again")
@access.staff("finance")
def again(refund_id: int) -> Response:
    """Sends a failed refund once more."""
    by_id = access.viewer().person_id
    with transaction():
        refund_actions.try_again(refund_id, by_id=by_id)
    flash("On its way to Stripe again.")
    return see("/manage/finance/refunds")


@pages.get("/manage/finance/inbox")
@access.staff("finance")
def inbox() -> str:
    """What Stripe told, and what it came to."""
    outcome = request.args.get("outcome", "open")
    outcome = outcome if outcome in OUTCOMES else "open"
    page, offset = page_offset(desk.PAGE)
    return render_template(
        "manage/finance_inbox.html",
        rows=desk.events(outcome, offset),
        outcome=outcome,
        outcomes=OUTCOMES,
        page=page,
        **frame("inbox"),
    )


@pages.post("/manage/finance/inbox/<int:event_id>/apply")
@access.staff("finance")
def apply(event_id: int) -> Response:
    """Applies an event by hand, again if need be: no money moves twice."""
    outcome = provider_inbox.work(event_id, again=True)
    flash(f"Applied again: {OUTCOMES.get(outcome, outcome).lower()}.", "error" if outcome == "failed" else "info")
    return see("/manage/finance/inbox?outcome=")


def _row(payment_id: int) -> desk.Unplaced:
    row = desk.unmatched_one(payment_id)
    if row is None:
        raise NotFound("This payment is not on the list any more.", way_out="Somebody else may have settled it.")
    return row


def _again(payment_id: int, attach_form: AttachForm, refund_form: ReasonForm, keep_form: KeepUnmatchedForm | None = None) -> Response:
    db.session.rollback()
    return forms.again(
        "manage/finance_unmatched_one.html",
        row=_row(payment_id),
        attach_form=attach_form,
        refund_form=refund_form,
        keep_form=keep_form or KeepUnmatchedForm(formdata=None, prefix="keep-"),
        until=until(),
        **frame("unmatched"),
    )
