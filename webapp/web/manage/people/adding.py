"""Registering somebody by staff: on a roster, on request, or after a call."""

from datetime import datetime
from typing import Any

from flask import Response, flash, render_template, request
from wtforms import EmailField, RadioField
from wtforms.validators import InputRequired, Optional

from webapp.catalog.models import Event
from webapp.core import clock, money
from webapp.core.db import transaction
from webapp.core.errors import Refusal
from webapp.payments import invoices
from webapp.registration import entering, ledger, pricing, sale
from webapp.registration.orders import BillTo
from webapp.registration.orders.making import first_registration
from webapp.registration.queries import setasides as queries
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web import setasides as shown
from webapp.web.forms import Form, Line, Option, again, see, whole
from webapp.web.manage.people.blueprint import ROLES, pages, the_event


class Entry(Form):
    """Who, as what, and who pays."""

    given_name = Line("Given name", 100, [InputRequired("Write the given name.")])
    family_name = Line("Family name", 100, [Optional()])
    email = EmailField("Mail address", [InputRequired("Write the address; the confirmation goes there.")])
    type = RadioField("As what", validate_choice=False)
    mode = RadioField(
        "How", choices=[Option("in_person", "In person"), Option("online", "Online")], default="in_person", validate_choice=False
    )
    set_aside = RadioField("Which place", default="", validate_choice=False,
                           description="One that is set aside can be given also when the rest is full.")
    agency = Line("Agency that pays", 200, [Optional()], description="Empty: the invoice goes to the person.")
    billing_email = Line("Mail address for the invoice", 254, [Optional()])
    po_number = Line("Purchase order number", 60, [Optional()])
    reason = Line("Why by hand (for the history)", 255, [Optional()])


@pages.route("/manage/events/<slug>/people/new", methods=("GET", "POST"))
@access.staff(*ROLES)
def new(slug: str) -> str | Response:
    """Gives a place: a confirmation goes out, and an invoice when something is owed."""
    event = the_event(slug)
    sold = sale.load_by_id(event.id)
    form = _form(sold)
    if request.method == "GET":
        return render_template("manage/event_people_new.html", **_context(event, form, sold))
    if form.validate():
        try:
            with transaction():
                registration_id = _enter(event.id, form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash("Registered. The confirmation is on its way.", "done")
            return see(f"/manage/events/{slug}/people/{registration_id}")
    return again("manage/event_people_new.html", **_context(the_event(slug), form, sold))


def _enter(event_id: int, form: Entry) -> int:
    typed = str(form.type.data or "")
    bill_to = BillTo(form.agency.data, form.billing_email.data or "") if form.agency.data else None
    order_id = entering.enter(
        event_id,
        int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0,
        given=form.given_name.data,
        family=form.family_name.data or "",
        email=form.email.data,
        mode=form.mode.data or "in_person",
        bill_to=bill_to,
        po_number=form.po_number.data or "",
        reason=form.reason.data or "",
        set_aside_id=whole(form.set_aside.data),
        by_id=access.viewer().person_id,
    )
    if ledger.owed(order_id) > 0:
        invoices.issue(order_id, po_number=form.po_number.data or "")
    return first_registration(order_id)


def _form(sold: Sale) -> Entry:
    form, now = Entry(), clock.now()
    form.set_aside.choices = _set_aside(sold, now)
    if request.method == "GET":
        form.set_aside.data = request.args.get("set_aside", "")
    form.type.choices = [
        Option(str(one.id), f"{one.name}, {_price(one, sold, now)}", "Given on request." if one.on_request else one.hint)
        for one in sold.types.values()
        if not one.retired
    ]
    if form.type.data is None and form.type.choices:
        form.type.data = form.type.choices[0][0]
    return form


def _set_aside(sold: Sale, now: datetime) -> list[Option]:
    """Open sale, and what is set aside here with a place left; asked only of an event that has something set aside."""
    rows = [shown.row(one, now) for one in queries.of_event(sold.id)] if sold.event.has_set_asides else []
    kept = [Option(str(one["id"]), f"{one['for']}: {one['left']} left", one["only"]) for one in rows if one["left"]]
    return [Option("", "Open sale"), *kept] if kept else []


def _price(one: Any, sold: Sale, now: Any) -> str:
    try:
        lines = pricing.quote(one.item, at=now, zone=sold.event.zone, audience=one.audience, starts_on=sold.starts_on)
    except Refusal:
        return "no price now"
    return money.written(pricing.total(lines))


def _context(event: Event, form: Entry, sold: Sale) -> dict[str, Any]:
    return {
        "event": event,
        "form": form,
        "left": sold.pools["event"].left,
        "hybrid": event.mode == "hybrid",
        "is_open": event.status in ("published", "closed"),
    }
