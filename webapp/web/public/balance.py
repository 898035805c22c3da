"""/orders/<ref>/balance: what its payer has with us pays the order. By the order's secret address; an agency's only by its supervisor."""

from typing import Any

from flask import Blueprint, Response, flash, render_template
from sqlalchemy import func, select
from wtforms import StringField
from wtforms.validators import Optional

from webapp.core import clock, money
from webapp.core.db import db, transaction
from webapp.core.errors import NotFound, Refusal, Unacceptable
from webapp.payments import balance, balances
from webapp.registration.models import Order, Payer
from webapp.web import access
from webapp.web.forms import Form, Line, again, see
from webapp.web.registering import deciding, remembered
from webapp.web.registering.reviewing import zone

pages = Blueprint("balance", __name__)


class UseForm(Form):
    """How much of it, and for a guest the order it came from."""

    from_order = Line("Number of the order your balance came from", 40, [Optional()])
    amount = StringField("How much of it", [Optional()])


@pages.get("/orders/<ref>/balance")
@access.by_secret
def ask(ref: str) -> str | Response:
    """What is there, until when, and what is open; one button uses it."""
    deciding.decided(ref)
    order, payer = _order(ref)
    form = UseForm(formdata=None, data={"from_order": remembered.last_put_off()})
    return render_template("public/order_balance.html", **_page(order, payer, form))


@pages.post("/orders/<ref>/balance")
@access.by_secret
def use(ref: str) -> Response:
    """Uses it. A held order goes on to its review when something is left to pay."""
    deciding.decided(ref)
    order, payer = _order(ref)
    form, today, by_id = UseForm(), clock.today(zone()), access.viewer().person_id or None
    if form.validate():
        try:
            cents = money.typed(form.amount.data, "amount") if (form.amount.data or "").strip() else None
            whose = _whose(payer, form.from_order.data)
            with transaction():
                used = balance.use(order.id, cents, today=today, by_id=by_id, payer_id=whose)
            flash(f"{money.written(used)} of the balance pays this order.")
            state = db.session.scalar(select(Order.state).where(Order.ref == ref))
            return see(f"/orders/{ref}/review" if state == "held" else f"/orders/{ref}")
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return again("public/order_balance.html", **_page(*_order(ref), form))


def _order(ref: str) -> tuple[Order, Payer]:
    row: Any = db.session.execute(select(Order, Payer).join(Payer, Payer.id == Order.payer_id).where(Order.ref == ref)).one_or_none()
    if row is None:
        raise NotFound
    return row.Order, row.Payer


def _page(order: Order, payer: Payer, form: UseForm) -> dict[str, Any]:
    today = clock.today(zone())
    mine = _may(payer)
    lots = balance.of(payer.id, today) if mine else []
    return {"order": order, "payer": payer, "form": form, "may": mine, "lots": lots,
            "there": balance.usable(order.id, payer.id, today) if lots else 0, "standing": balances.of_order(order.id, today)}


def _may(payer: Payer) -> bool:
    """A person's order: who holds its address. An agency's or a grant's: its supervisor; else finance does it."""
    if payer.kind == "person":
        return True
    return payer.agency_id is not None and access.viewer().may(("supervisor",), agency_id=payer.agency_id)


def _whose(payer: Payer, typed: str | None) -> int:
    """The payer whose balance is meant. A guest proves it by the number of her earlier order and the same address for mail."""
    if not _may(payer):
        raise Unacceptable("Only the agency's supervisor uses its balance here.", way_out="Sign in, or ask us to do it.")
    if not typed:
        return payer.id
    found = db.session.scalar(
        select(Payer.id).join(Order, Order.payer_id == Payer.id)
        .where(Order.ref == typed.strip().upper(), Payer.kind == "person", func.lower(Payer.email) == payer.email.lower()))
    if found is None:
        raise Unacceptable("No order of yours has this number.", field="from_order",
                           way_out="It stands in the mail about your balance; the same e-mail address must have been used.")
    return found
