"""The group price, the codes and the funds of an event's places on a held order, reckoned anew after places or their prices changed."""

from collections.abc import Sequence
from datetime import datetime

from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.registration import ledger, pricing, sale
from webapp.registration.models import Order, Registration
from webapp.registration.orders import additions, coding
from webapp.registration.orders.locking import registrations
from webapp.registration.sale import Sale


def reckon(order: Order, of: Sale, now: datetime, typed: str = "") -> str:
    """The group price and the code of the event's places anew, for as many as there are now; returns a word when the code does nothing.

    A code that is over or used up stays as it was, on whom it was, with the price it was for: never below zero.
    """
    ids, people = [one.id for one in own(order.id) if one.event_id == of.id], together(order, of)
    try:
        with db.session.begin_nested():
            return coding.reckon(order, of, now, typed, changed=_regroup(order, of, ids, people, now))
    except Refusal:
        if typed.strip():
            raise
    by_code = {one.registration_id for one in ledger.live(order.id, ids) if ledger.by_code(one)}
    if _regroup(order, of, [one for one in ids if one not in by_code], people, now):
        coding.reckon_funds(order, of, now)
    return ""


def repriced(order: Order, of: Sale, now: datetime) -> None:
    """After places of the event got the price of another type. Refused when a code they have is over: it would not be reckoned right."""
    ids = [one.id for one in own(order.id) if one.event_id == of.id]
    _regroup(order, of, ids, together(order, of), now)
    coding.reckon(order, of, now, changed=True)


def together(order: Order, of: Sale) -> int:
    """How many places with a seat in the event are on the held order, with those on the order it is added to."""
    before = additions.placed_in(order.id, of.id) if order.part_of_id is not None else 0
    return before + sum(one.event_id == of.id and of.type(one.type_id).takes_seat for one in own(order.id))


def own(order_id: int) -> list[Registration]:
    """The held places that were asked for, locked; linked ones come with them."""
    return [one for one in registrations(order_id, "held") if one.inclusion_of_id is None]


def _regroup(order: Order, of: Sale, ids: Sequence[int], people: int, now: datetime) -> bool:
    rules = sale.group_rules(of)
    charges = ledger.live(order.id, ids) if rules else []
    stale, fresh = [], []
    without = {one.id for one in own(order.id) if one.event_id == of.id and not of.type(one.type_id).takes_seat} if rules else set()
    for fee in (one for one in charges if one.kind == "fee" and one.registration_id not in without):
        has = [one for one in charges if one.registration_id == fee.registration_id and one.explained.get("rule") == "group"]
        line = pricing.group_line(rules, people, fee.amount_cents, fee.due_on, fee.account_code)
        if [one.amount_cents for one in has] != ([line.amount_cents] if line else []):
            stale += has
            fresh += [(ledger.Debtor(order.id, order.payer_id, of.id, fee.registration_id), line)] if line else []
    ledger.void(stale, reason="The number of people changed.", by_id=None, at=now)
    ledger.write(fresh, now)
    return bool(stale or fresh)
