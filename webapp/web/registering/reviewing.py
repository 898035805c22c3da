"""The review page, wherever it is answered: how it is paid, with what code, and the time that is left."""

from typing import Any

from flask import current_app, request
from wtforms import EmailField, HiddenField, RadioField
from wtforms.validators import Optional

from webapp.core import clock, times
from webapp.registration.orders.making import HOLD
from webapp.registration.orders.releasing import MORE_TIME, MOST_EXTENSIONS
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web.forms import Form, Line, Option, Paragraphs
from webapp.web.registering import remembered, views
from webapp.web.registering.form import address

METHODS = [Option("card", "I pay now by card"), Option("invoice", "My agency pays")]


class PayForm(Form):
    """How it is paid. An agency is asked for only when it pays."""

    method = RadioField("Who pays?", choices=METHODS, validate_choice=False)
    agency = Line("Name of the agency", 200)
    po_number = Line("Purchase order number", 60, [Optional()])
    billing_email = EmailField("E-mail for the invoice", validators=[Optional(), address])
    address = Paragraphs("Billing address", 1000, [Optional()], render_kw={"rows": 3})
    code = Line("Discount code", 40, [Optional()])
    total = HiddenField()


def asked(view: OrderView) -> PayForm:
    """The form as it is first shown, or with what was typed in it before a code was tried."""
    known = {"method": view.order.method or "card"} | remembered.paying(view.order.ref) | {"total": str(view.total_cents)}
    return PayForm(data=known)


def context(view: OrderView, form: PayForm) -> dict[str, Any]:
    """What the page shows."""
    now, first = clock.now(), view.first
    left, whole, until = time_left(view)
    return {
        "view": view, "form": form, "place": first, "when": views.when(first, _seats(first)), "where": views.where(first),
        "lines": views.money_lines(view), "explained": views.explained(view), "left_seconds": left, "whole_seconds": whole, "until": until,
        "plan": views.plan(first, views.price_of(view, first.id), now), "code": views.code_of(view),
        "instalments": views.instalments(view), "minutes": MORE_TIME.seconds // 60,
        "more_time": view.order.extensions < MOST_EXTENSIONS and left <= HOLD.seconds,
        "steps": remembered.steps(any(one.has_blocks for one in view.active)), "not_paid": request.args.get("paid") == "no",
    }


def is_open(view: OrderView) -> bool:
    """Whether the order still waits for its buyer."""
    return view.order.state == "held" and view.order.hold_until is not None and view.order.hold_until > clock.now()


def time_left(view: OrderView) -> tuple[int, int, str]:
    """Seconds that are left, seconds in all, and until when in words; zeros when nothing is held."""
    until = view.order.hold_until
    if until is None:
        return 0, 0, ""
    left = max(int((until - clock.now()).total_seconds()), 0)
    return left, max(left, int((until - view.order.created_at).total_seconds())), until_words(until)


def zone() -> str:
    """The association's zone."""
    return str(current_app.config["SETTINGS"].association_timezone)


def until_words(moment: Any) -> str:
    """The time of day, with its date where that is not today: an offer is kept for days."""
    there = times.local(moment, zone())
    today = there.date() == clock.today(zone())
    return f"{times.clock_words(there)} {times.zone_short(zone(), moment)}" if today else times.moment_words(moment, zone())


def _seats(place: Any) -> list[Any]:
    """Her seats where a place is part of a programme; elsewhere it has all sessions."""
    return queries.seats_of([place.id]) if place.has_blocks else []
