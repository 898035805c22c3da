"""One order's money: both lists, and what finance may do about them. Each act has a page of its own."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, render_template

from webapp.core import money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import balance, chains, corrections, receipts, refunds
from webapp.payments.models import Payment
from webapp.payments.queries import detail
from webapp.payments.queries.detail import OrderMoney
from webapp.web import access, forms
from webapp.web.forms import Form, see
from webapp.web.manage.finance import following
from webapp.web.manage.finance.balances import until
from webapp.web.manage.finance.blueprint import frame, pages, today, zone
from webapp.web.manage.finance.forms import (
    DONE_BEFORE,
    Act,
    CorrectionForm,
    KeepForm,
    PaymentForm,
    ReasonForm,
    RefundForm,
    UseBalanceForm,
)

ACTS = {
    "charge_voided": "Took a line back",
    "charge_corrected": "Corrected what is owed",
    "payment_recorded": "Recorded a payment",
    "payment_bounced": "Noted that a payment came back",
    "payment_attached": "Gave it unmatched money",
    "refund_requested": "Asked for a refund",
    "refund_returned": "Noted money given back",
    "refund_again": "Sent a refund again",
    "invoice_taken_back": "Took an invoice back",
    "balance_kept": "Kept money as the payer's balance",
    "balance_taken_back": "Took a balance back to this order",
}


@pages.get("/manage/finance/orders/<ref>")
@access.staff("finance")
def order(ref: str) -> str:
    """Charges, payments, refunds, invoices and history of an order."""
    found = detail.of_order(ref, today())
    return render_template(
        "manage/finance_order.html", found=found, history=detail.history(found.order.id), acts=ACTS, **frame("orders")
    )


@pages.route("/manage/finance/orders/<ref>/payment", methods=["GET", "POST"])
@access.staff("finance")
def record(ref: str) -> Response | str:
    """Records a check, a transfer or cash."""
    found, form = detail.of_order(ref, today()), PaymentForm()
    if form.received_on.data is None and not form.is_submitted():
        form.received_on.data, form.amount.data = today(), money.plain(found.balance.open_cents)
    order_id = found.order.id

    def act(by_id: int) -> str:
        received = receipts.Received(
            method=form.method.data,
            amount_cents=money.typed(form.amount.data, "amount"),
            received_on=form.received_on.data,
            zone=zone(),
            number=form.number.data,
            deposit_slip=form.deposit_slip.data,
            note=form.note.data,
            submit_key=(form.submit_key.data or None),
        )
        receipts.record(order_id, received, by_id=by_id)
        return f"{money.written(received.amount_cents)} recorded."

    return _page("payment", found, form, act)


@pages.route("/manage/finance/orders/<ref>/refund", methods=["GET", "POST"])
@access.staff("finance")
def refund(ref: str) -> Response | str:
    """Asks for a refund; it is given back by Stripe, by hand where the money came by hand, and to a balance where it came from one."""
    found, form = detail.of_order(ref, today()), RefundForm()
    order_id = found.order.id

    def act(by_id: int) -> str:
        cents = money.typed(form.amount.data, "amount")
        refunds.request_by_staff(order_id, cents, reason=form.reason.data, lowers=form.lowers.data, by_id=by_id)
        return f"{money.written(cents)} goes back the way it came."

    return _page("refund", found, form, act)


@pages.route("/manage/finance/orders/<ref>/balance", methods=["GET", "POST"])
@access.staff("finance")
def use_balance(ref: str) -> Response | str:
    """Pays the order from its payer's balance."""
    found, form = detail.of_order(ref, today()), UseBalanceForm()
    order_id, day = found.order.id, today()
    there = balance.usable(order_id, found.payer.id, day)
    if not form.is_submitted():
        form.amount.data = money.plain(min(there, found.balance.open_cents))

    def act(by_id: int) -> str:
        cents = balance.use(order_id, money.typed(form.amount.data, "amount"), today=day, by_id=by_id)
        return f"{money.written(cents)} of the balance pays this order."

    return _page("use_balance", found, form, act, there=there)


@pages.route("/manage/finance/orders/<ref>/keep", methods=["GET", "POST"])
@access.staff("finance")
def keep(ref: str) -> Response | str:
    """Keeps what was paid too much as the payer's balance."""
    found, form = detail.of_order(ref, today()), KeepForm()
    order_id = found.order.id
    if not form.is_submitted():
        form.amount.data, form.until.data = money.plain(found.balance.unplaced_cents), until()

    def act(by_id: int) -> str:
        cents = money.typed(form.amount.data, "amount")
        balance.keep(order_id, cents, expires_on=form.until.data, reason=form.reason.data, by_id=by_id)
        return f"{money.written(cents)} kept; the payer is told."

    return _page("keep", found, form, act)


@pages.route("/manage/finance/orders/<ref>/correction", methods=["GET", "POST"])
@access.staff("finance")
def correct(ref: str) -> Response | str:
    """Adds a line: more or less is owed."""
    found, form = detail.of_order(ref, today()), CorrectionForm()
    order_id = found.order.id

    def act(by_id: int) -> str:
        cents = money.typed(form.amount.data, "amount")
        corrections.correct(order_id, cents if form.direction.data == "more" else -cents, reason=form.reason.data, by_id=by_id)
        return "Corrected."

    return _page("correction", found, form, act)


@pages.route("/manage/finance/orders/<ref>/charges/<int:charge_id>/void", methods=["GET", "POST"])
@access.staff("finance")
def void(ref: str, charge_id: int) -> Response | str:
    """Takes one line back."""
    found, form = detail.of_order(ref, today()), ReasonForm()
    line = next((row for row in found.charges if row.charge.id == charge_id), None)
    if line is None:
        raise NotFound

    def act(by_id: int) -> str:
        corrections.void(charge_id, reason=form.reason.data, by_id=by_id)
        return "The line is taken back."

    return _page("void", found, form, act, line=line)


@pages.route("/manage/finance/orders/<ref>/payments/<int:payment_id>/bounced", methods=["GET", "POST"])
@access.staff("finance")
def bounced(ref: str, payment_id: int) -> Response | str:
    """Notes that the bank gave a transfer back. What it left is undone with it."""
    found, form = detail.of_order(ref, today()), ReasonForm()
    payment: Payment | None = next((one for one in found.payments if one.id == payment_id), None)
    if payment is None:
        raise NotFound
    follows = following.lines(chains.of([payment_id]))

    def act(by_id: int) -> str:
        receipts.bounce(payment_id, reason=form.reason.data, by_id=by_id)
        return "Noted; the payer is told."

    return _page("bounced", found, form, act, payment=payment, follows=follows)


def _page(name: str, found: OrderMoney, form: Form, act: Callable[[int], str], **more: Any) -> Response | str:
    """Shows the act's page, or does it: 303 to the order when it worked, 422 with everything typed when it was refused."""
    template, ref = f"manage/finance_{name}.html", found.order.ref
    if not form.is_submitted():
        return render_template(template, found=found, form=form, **more, **frame("orders"))
    by_id = access.viewer().person_id
    if form.validate():
        try:
            with transaction():
                said = DONE_BEFORE if isinstance(form, Act) and not form.is_first() else act(by_id)
            flash(said)
            return see(f"/manage/finance/orders/{ref}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    found = detail.of_order(ref, today())
    return forms.again(template, found=found, form=form, **more, **frame("orders"))
