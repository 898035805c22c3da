"""/door/<event>/pay/<place>: cash, a check or a card is taken at the door: how much, how, and on whose word."""

from typing import Any

from flask import Blueprint, Response, flash, render_template, url_for
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from webapp.catalog.models import Event
from webapp.core import clock, money, tokens
from webapp.core.db import db, transaction
from webapp.core.errors import Refusal
from webapp.payments import at_door, balances, receipts
from webapp.payments.rules import methods
from webapp.web import access, forms
from webapp.web.door.door import ROLES
from webapp.web.forms import Form, Line, Option

pages = Blueprint("door_paying", __name__)


class TakenForm(Form):
    """What was taken. `submit_key` makes a form sent twice one payment."""

    amount = StringField("Amount", [InputRequired("Write the amount, for example 125.00.")])
    method = RadioField("How", choices=[Option(one, methods.WORDS[one].capitalize()) for one in at_door.WAYS], default="cash")
    number = Line("Number of the check, or of the terminal's slip", 40)
    submit_key = HiddenField(default=tokens.secret)


@pages.get("/door/<slug>/pay/<int:registration_id>")
@access.staff(*ROLES)
def ask(slug: str, registration_id: int) -> str:
    """What is open on the order of a place, and the form for what is taken."""
    event = access.event_of(slug, *ROLES)
    shown, form = _page(event, registration_id), TakenForm(formdata=None)
    form.amount.data = f"{shown['open_cents'] // 100}.{shown['open_cents'] % 100:02d}"
    return render_template("door/pay.html", form=form, **shown)


@pages.post("/door/<slug>/pay/<int:registration_id>")
@access.staff(*ROLES)
def take(slug: str, registration_id: int) -> Response:
    """Records it once, and goes back to the list; what is refused is asked again with all that was typed."""
    event, form, by_id = access.event_of(slug, *ROLES), TakenForm(), access.viewer().person_id
    event_id, zone, name = event.id, event.zone, at_door.place(event.id, registration_id).name
    if form.validate():
        try:
            received = receipts.Received(method=form.method.data, amount_cents=money.typed(form.amount.data, "amount"),
                                         received_on=clock.today(zone), zone=zone, submit_key=form.submit_key.data or None,
                                         number=form.number.data if form.method.data in methods.NUMBERED else "")
            with transaction():
                at_door.take(event_id, registration_id, received, by_id=by_id)
            how = methods.WORDS[received.method]
            flash(f"{money.written(received.amount_cents)} taken from {name} by {how}. The receipt goes by mail.")
            return forms.see(url_for("door.people", slug=slug))
        except Refusal as refusal:
            form.refuse(refusal)
    db.session.rollback()
    return forms.again("door/pay.html", form=form, **_page(access.event_of(slug, *ROLES), registration_id))


def _page(event: Event, registration_id: int) -> dict[str, Any]:
    owing = at_door.place(event.id, registration_id)
    balance = balances.of_order(owing.order_id, clock.today(event.zone))
    return {"event": event, "name": owing.name, "balance": balance, "place": registration_id,
            "open_cents": max(balance.open_cents - balance.processing_cents, 0)}
