"""Something more is bought for a place, in two steps: what, then what it costs in dollars. The same for who pays and for staff."""

from typing import Any

from flask import current_app, flash, request
from wtforms import HiddenField
from wtforms.validators import DataRequired

from webapp.core import clock, money, times
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal, Stale
from webapp.payments import giving_back, invoices
from webapp.registration import registrations
from webapp.registration.registrations import Bought
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.forms import Form, Line
from webapp.web.registering import cards, fields
from webapp.web.registering.handing_on import seen_cents


def build(of: Sale, *, by_staff: bool = False) -> Any:
    """How many of each thing that is sold. `seen`: the price in cents that the review showed; empty before it."""
    made: dict[str, Any] = fields.of_add_ons(list(of.add_ons.values())) | {"seen": HiddenField()}
    if by_staff:
        made["reason"] = Line("Why (for the history)", 255, [DataRequired("Say why it is added; it stands in the history.")])
    return type("ThingsForm", (Form,), made)()


def page(of: Sale, form: Any, found: Bought | None, owed_cents: int, how: str) -> dict[str, Any]:
    """What both pages show: each thing with its price, and the review where there is one. `owed_cents`: what the order owes by now;
    `how`: how the rest is paid."""
    now, offers = clock.now(), [one for one in of.add_ons.values() if not one.is_required]
    return {"form": form, "bill": _bill(found, owed_cents, how) if found else None,
            "things": [(f"add_on_{one.id}", cards.add_on_price(one, now)) for one in offers]}


def _bill(found: Bought, owed_cents: int, how: str) -> dict[str, Any]:
    then = money.written(owed_cents + found.change_cents) if found.change_cents else ""
    return {"lines": [(one.label, money.written(one.amount_cents)) for one in found.lines], "more": money.written(found.change_cents),
            "now": money.written(owed_cents), "then": then, "how": how}


def proceed(form: Any, of: Sale, registration_id: int, *, by_staff: bool = False) -> tuple[Bought | None, bool]:
    """The next step of a form that was sent: what it would cost (None: the form once more), and whether it was done."""
    if "change" in request.form or not form.validate():
        return None, False
    wanted = fields.chosen_add_ons(form, list(of.add_ons.values()))
    try:
        if form.seen.data:
            return _done(form, wanted, registration_id, by_staff), True
    except Stale as refusal:
        flash(f"{refusal.sentence} {refusal.way_out}", "warning")
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return None, False
    try:
        found = registrations.foresee_buying(registration_id, wanted, by_staff=by_staff)
    except Refusal as refusal:
        form.refuse(refusal)
        return None, False
    form.seen.data = str(found.change_cents)
    return found, False


def what_next(done: Bought, method: str, ref: str) -> str:
    """What follows for who pays: an invoice with its day, or the page of the order; for the notice after it was bought."""
    said, more = "It is on the order now.", money.written(done.change_cents)
    if done.change_cents <= 0:
        return said
    if method == "invoice":
        bill = invoices.of_order(done.order_id)[-1].invoice
        return f"{said} Invoice {bill.number} for it comes by mail: {more}, to be paid by {times.date_words(bill.due_on)}."
    return f"{said} {more} is due today: it is paid by card from the page of order {ref}."


def _done(form: Any, wanted: dict[int, int], registration_id: int, by_staff: bool) -> Bought:
    """Registration does it, payments bills it: one transaction."""
    reason, today = form.reason.data if by_staff else "", clock.today(current_app.config["SETTINGS"].association_timezone)
    actor = access.viewer().person_id or None
    with transaction():
        done = registrations.buy(registration_id, wanted, by_id=actor, by_staff=by_staff, reason=reason,
                                 seen_cents=seen_cents(form.seen.data))
        giving_back.settle_change(done.order_id, done.change_cents, reason=reason or "Bought for the place", by_id=actor, today=today)
    return done
