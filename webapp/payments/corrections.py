"""What finance changes about what is owed: a line taken back or a correction added, with a reason and what follows."""

from sqlalchemy import select

from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, NotFound, Unacceptable
from webapp.payments import invoices, settlement
from webapp.registration import ledger
from webapp.registration.funds.rules import RULE
from webapp.registration.models import Charge
from webapp.registration.pricing import Line
from webapp.registration.years import rules as years


def void(charge_id: int, *, reason: str, by_id: int) -> None:
    """Takes exactly this line back. What had paid it pays what else is open, else stands on finance's list to be refunded.

    Refused where the order, or the place it is for, was lowered so far that it would owe less than nothing, and for the line of a
    code or of a part that somebody else carries: its use, or that part, would stand without it.
    """
    order_id = db.session.scalar(select(Charge.order_id).where(Charge.id == charge_id))
    if order_id is None:
        raise NotFound
    settlement.lock(order_id)
    charge = next((one for one in ledger.live(order_id) if one.id == charge_id), None)
    if charge is None:
        raise AlreadyDone("This line is already taken back.")
    _need(reason)
    _not_alone(charge)
    _not_below_zero(order_id, -charge.amount_cents, "The order would owe less than nothing: first take back what lowered it.")
    _not_less_than_lowered(charge)
    ledger.void([charge], reason=reason, by_id=by_id, at=clock.now())
    audit.record(
        "charge_voided",
        f"order:{order_id}",
        actor_id=by_id,
        reason=reason,
        before={"line": charge.label, "cents": charge.amount_cents},
    )
    _follow(order_id, reason)


def correct(order_id: int, amount_cents: int, *, reason: str, by_id: int, of_event: bool = True) -> int:
    """Adds a line of signed cents: more is owed, or less. Refuses nothing, and less than nothing in all.

    Answers the cents of what is bound to a course that are not needed any more, and went back to it.

    It belongs to the event of the order's first line, and to its account; without `of_event` to the association and to no event.
    """
    order = settlement.lock(order_id)
    _need(reason)
    if not amount_cents:
        raise Unacceptable("A correction is more or less than $0.00.", field="amount")
    _not_below_zero(order_id, amount_cents, "The order cannot owe less than nothing.", field="amount")
    model = next(iter(ledger.live(order_id)), None) if of_event else None
    debtor = ledger.Debtor(order_id, order.payer_id, model.event_id if model else None, None, by_id)
    line = Line(
        "correction",
        f"Correction: {reason}"[:255],
        amount_cents,
        clock.now().date(),
        model.account_code if model else "",
        {"rule": "correction", "words": reason},
    )
    ledger.write([(debtor, line)], clock.now())
    audit.record("charge_corrected", f"order:{order_id}", actor_id=by_id, reason=reason, after={"cents": amount_cents})
    return _follow(order_id, reason)


def _need(reason: str) -> None:
    if not reason:
        raise Unacceptable("Say why, so that somebody else understands it next year.", field="reason")


def _not_alone(charge: Charge) -> None:
    """Refuses a line that a code's use or a part of a place stands on."""
    if ledger.by_code(charge):
        raise Unacceptable("This is what a discount code took off.", way_out="Write a correction of the amount.", code="not_alone")
    if charge.explained.get("rule") == RULE:
        raise Unacceptable("This is a part of a place that somebody else carries.", code="not_alone",
                           way_out="Take the part back at the place, or write a correction of the amount.")


def _not_less_than_lowered(charge: Charge) -> None:
    """A reduction of a place (a group's, a code's, a fund's) goes before the price it lowers: alone it would lower what others pay."""
    if charge.registration_id is None or charge.amount_cents <= 0 or charge.explained.get("rule") == years.RULE:
        return  # nothing lowers a membership
    mine = [one for one in ledger.live(charge.order_id, [charge.registration_id]) if one.explained.get("rule") != years.RULE]
    if sum(one.amount_cents for one in mine) < charge.amount_cents:
        raise Unacceptable("The place would owe less than nothing: first take back what lowered it.", code="below_zero")


def _not_below_zero(order_id: int, change_cents: int, words: str, field: str | None = None) -> None:
    if ledger.owed(order_id) + change_cents < 0:
        raise Unacceptable(words, field=field, code="below_zero")


def _follow(order_id: int, reason: str) -> int:
    db.session.flush()
    gone = settlement.bring_in_line(order_id)
    if invoices.of_order(order_id):
        invoices.adjust(order_id, reason)
        invoices.issue(order_id)
    return gone
