"""A discount code put on an order that is held, or taken off it: on the review page, before anybody pays."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import Closed, NotFound, Refusal
from webapp.registration import ledger, sale
from webapp.registration.codes import counting, lowering, rules
from webapp.registration.codes.counting import Use
from webapp.registration.models import Charge, Order, Registration
from webapp.registration.orders.locking import locked, registrations
from webapp.registration.pricing import Line


def apply_code(order_id: int, typed: str) -> str:
    """Puts the code on the order, in place of the one it has; returns a word when it takes nothing off, and then nothing changes.

    Refuses what `codes.rules` says, an order that is not held any more, and one whose payment page was opened: its amount stands.
    """
    now = clock.now()
    of = sale.load_by_id(_event_of(order_id))  # before the order is locked: see `sale`
    order, ours = _held(order_id, now)
    charges = ledger.live(order_id)
    if rules.word(typed) in {one.explained["code"] for one in charges if _by_code(one)}:
        return ""
    done = lowering.lowered(of, [(of.type(one.type_id), _bill(charges, one.id)) for one in ours], typed, now)
    lowers = [(one, lines) for one, lines in zip(ours, done.lines, strict=True) if lines]
    if lowers:
        _take_away(charges, "Another code was typed.", now)
        ledger.write([(ledger.Debtor(order.id, order.payer_id, of.id, one.id), line) for one, lines in lowers for line in lines], now)
        counting.move([one.id for one in ours], [
            Use(done.code_id, one.id, rules.sum_off(lines), one.person_id, one.email) for one, lines in lowers], now)
    return done.note


def remove_code(order_id: int) -> None:
    """Takes the code off the order; its use comes back."""
    now = clock.now()
    _, ours = _held(order_id, now)
    _take_away(ledger.live(order_id), "The code was taken away.", now)
    counting.move([one.id for one in ours], [], now)


def _event_of(order_id: int) -> int:
    event_id = db.session.scalar(select(Registration.event_id).where(
        Registration.order_id == order_id, Registration.inclusion_of_id.is_(None)).limit(1))
    if event_id is None:
        raise NotFound
    return event_id


def _held(order_id: int, now: datetime) -> tuple[Order, list[Registration]]:
    """The order and the places that were asked for, locked; linked ones cost nothing."""
    order = locked(order_id)
    if order.state != "held" or order.hold_until is None or order.hold_until <= now:
        raise Closed("The time for this order is over, so the seat was let go.", way_out="What you typed is kept: try again.",
                     code="expired")
    if order.method is not None:
        raise Refusal("You opened the payment page already, so the amount stands.", field=rules.FIELD, code="paying",
                      way_out="Let the seat go and register again with the code.")
    return order, [one for one in registrations(order_id, "held") if one.inclusion_of_id is None]


def _bill(charges: Sequence[Charge], registration_id: int) -> list[Line]:
    """The lines of a place as they were before any code."""
    return [Line(one.kind, one.label, one.amount_cents, one.due_on, one.account_code, one.explained)
            for one in charges if one.registration_id == registration_id and not _by_code(one)]


def _take_away(charges: Sequence[Charge], reason: str, now: datetime) -> None:
    ledger.void([one for one in charges if _by_code(one)], reason=reason, by_id=None, at=now)


def _by_code(charge: Charge) -> bool:
    return charge.kind == "discount" and charge.explained.get("rule") == "code"
