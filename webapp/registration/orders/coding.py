"""A discount code or the word of a fund put on an order that is held, or taken off it: on the review page, before anybody pays."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Closed, NotFound, Refusal
from webapp.registration import ledger, sale, standing_still
from webapp.registration.codes import counting, rules
from webapp.registration.codes.counting import Use
from webapp.registration.funds import reading, sharing
from webapp.registration.funds import rules as fund_rules
from webapp.registration.funds.models import PlaceShare
from webapp.registration.models import Charge, Order, Registration
from webapp.registration.orders import typed as typing
from webapp.registration.orders.locking import locked, registrations
from webapp.registration.pricing import Line
from webapp.registration.sale import Sale


@dataclass(frozen=True)
class _Held:
    """An order that is held: its places, their lines in force, and what funds pay of them."""

    order: Order
    places: list[Registration]
    charges: list[Charge]
    shares: dict[int, PlaceShare]

    def lines(self, place: Registration, *without: Callable[[Charge], bool]) -> list[Line]:
        """The lines of a place, but for some."""
        return [Line(one.kind, one.label, one.amount_cents, one.due_on, one.account_code, one.explained) for one in self.charges
                if one.registration_id == place.id and not any(left_out(one) for left_out in without)]

    def at(self, event_id: int) -> "_Held":
        """The part of it that is one event's."""
        mine = [one for one in self.places if one.event_id == event_id]
        ids = {one.id for one in mine}
        return _Held(self.order, mine, [one for one in self.charges if one.registration_id in ids],
                     {key: share for key, share in self.shares.items() if key in ids})

    @property
    def code_words(self) -> set[str]:
        """The code it has."""
        return {one.explained["code"] for one in self.charges if ledger.by_code(one)}


def apply_code(order_id: int, typed: str) -> str:
    """Puts the code or fund on the places it is for, in place of the one they have: at most one for each event of the order.

    Returns a word when a code takes nothing off any of them.
    Refuses what `codes.rules` and `funds.rules` say, an order that is not held any more, and one whose payment page was opened: its
    amount stands.
    """
    now = clock.now()
    events = sold(order_id)
    held = the_held(order_id, now)
    if len(events) == 1:
        return _put(events[0], held, typed, now)
    standing_still.counters(Registration.order_id == order_id, typed)
    notes: list[str] = []
    reasons: list[Refusal] = []
    for of in events:
        try:
            with db.session.begin_nested():  # what is refused for one event may be good for another
                notes.append(_put(of, held.at(of.id), typed, now))
        except Refusal as refusal:
            reasons.append(refusal)
    if not notes:
        raise reasons[0]
    return "" if "" in notes else notes[0]


def reckon(order: Order, of: Sale, now: datetime, typed: str = "", *, changed: bool) -> str:
    """After others came to the event's places on the order, or went: its code on all of them, with what was typed now; funds after it.

    Another code that was typed takes the place of the one they have. `changed`: the prices are others than before. Refuses as
    `apply_code` does, also a code they have that is over, or not enough for all.
    """
    held = _of(order).at(of.id)
    has = next(iter(held.code_words), "")
    if has and typed.strip():
        try:
            with db.session.begin_nested():
                return _put(of, held, f"{has}, {typed}", now, anew=True)
        except Refusal as refusal:
            if refusal.code != "one_only":
                raise
    if typed.strip() or has:
        return _put(of, held, typed.strip() or has, now, anew=True)
    if changed:
        _repay(of, held, None, now)
    return ""


def reckon_funds(order: Order, of: Sale, now: datetime) -> None:
    """What funds pay of the event's places anew, after their prices changed; codes stay as they are."""
    _repay(of, _of(order).at(of.id), None, now)


def _put(of: Sale, held: _Held, typed: str, now: datetime, *, anew: bool = False) -> str:
    if not anew and rules.word(typed) in held.code_words | _fund_words(held):
        return ""
    done = typing.lowered(of, [(of.type(one.type_id), held.lines(one, ledger.by_code, ledger.carried)) for one in held.places], typed, now)
    if done.code_id is not None and any(done.off):
        _replace_code(held, done.code_id, done.off, now)
        _repay(of, _again(held), done.fund, now)
    elif done.fund is not None:
        _repay(of, held, done.fund, now)
    ledger.drop_reductions(held.order.id, by_id=None, at=now)
    return done.note


def remove_code(order_id: int) -> None:
    """Takes the code off the order; its use comes back. What a fund pays is reckoned again."""
    now = clock.now()
    events = sold(order_id)
    held = the_held(order_id, now)
    standing_still.counters(Registration.order_id == order_id)
    ledger.void([one for one in held.charges if ledger.by_code(one)], reason="The code was taken away.", by_id=None, at=now)
    counting.move([one.id for one in held.places], [], now)
    for of in events:
        _repay(of, _again(held).at(of.id), None, now)


def remove_fund(order_id: int) -> None:
    """Takes the fund whose word was typed off the order; the money is back in it. What staff gave stays."""
    now = clock.now()
    held = the_held(order_id, now)
    hers = [one for one in held.shares.values() if one.given_by_id is None]
    gone = {(one.registration_id, one.name) for one in hers}
    ledger.void([one for one in held.charges if ledger.carried(one) and (one.registration_id, one.explained["by"]) in gone],
                reason="The fund was taken away.", by_id=None, at=now)
    sharing.end(hers, now, reason="The fund was taken away.")


def _replace_code(held: _Held, code_id: int, off: Sequence[list[Line]], now: datetime) -> None:
    lowers = [(one, lines) for one, lines in zip(held.places, off, strict=True) if lines]
    ledger.void([one for one in held.charges if ledger.by_code(one)], reason="Another code was typed.", by_id=None, at=now)
    _write(held, lowers, now)
    counting.move([one.id for one in held.places], [
        Use(code_id, one.id, rules.sum_off(lines), one.person_id, one.email) for one, lines in lowers], now)


def _repay(of: Sale, held: _Held, fund: fund_rules.Grant | None, now: datetime) -> None:
    """What funds pay after everything else: the one typed now, or those it has, of what is left."""
    if fund is None and not held.shares:
        return
    if fund is not None and any(one.given_by_id is not None for one in held.shares.values()):
        raise AlreadyDone("A fund pays for this place already.", field=rules.FIELD, way_out="Go on without this code.")
    paid = _paid(of, held, fund, now)
    ledger.void([one for one in held.charges if ledger.carried(one)], reason="It was reckoned again.", by_id=None, at=now)
    _write(held, [(one, lines) for one, _, lines in paid], now)
    held.order.is_split = True
    sharing.take([sharing.of_fund(which, one, fund_rules.sum_of(lines), by_id=_given_by(held, one), reason=_reason(held, one))
                  for one, which, lines in paid], now, instead_of=list(held.shares.values()))


def _paid(of: Sale, held: _Held, fund: fund_rules.Grant | None, now: datetime) -> list[tuple[Registration, fund_rules.Grant, list[Line]]]:
    bills = [(of.type(one.type_id), held.lines(one, ledger.carried)) for one in held.places]
    if fund is not None:
        lines = typing.pays(of, bills, fund, now)
        return [(one, fund, mine) for one, mine in zip(held.places, lines, strict=True) if mine]
    found = []
    for one, (_, bill) in zip(held.places, bills, strict=True):
        if (share := held.shares.get(one.id)) is not None:
            its = reading.by_id(share.fund_id or 0)
            lines_ = fund_rules.part(its, bill, cents=share.cents if share.given_by_id is not None else None)
            found += [(one, its, lines_)] if lines_ else []
    return found


def _given_by(held: _Held, one: Registration) -> int | None:
    return held.shares[one.id].given_by_id if one.id in held.shares else None


def _reason(held: _Held, one: Registration) -> str:
    return held.shares[one.id].reason if one.id in held.shares else ""


def _write(held: _Held, entries: Sequence[tuple[Registration, list[Line]]], now: datetime) -> None:
    ledger.write([(ledger.Debtor(held.order.id, held.order.payer_id, one.event_id, one.id), line)
                  for one, lines in entries for line in lines], now)


def sold(order_id: int) -> list[Sale]:
    """The sale of each event on the order, read before the order is locked: see `sale`."""
    found = list(db.session.scalars(select(Registration.event_id).where(
        Registration.order_id == order_id, Registration.inclusion_of_id.is_(None), Registration.state != "cancelled").distinct()))
    if not found:
        raise NotFound
    return [sale.load_by_id(event_id) for event_id in sorted(found)]


def the_held(order_id: int, now: datetime) -> _Held:
    """The order and the places that were asked for, locked; linked ones cost nothing."""
    order = locked(order_id)
    if order.state != "held" or order.hold_until is None or order.hold_until <= now:
        raise Closed("The time for this order is over, so the seat was let go.", way_out="What you typed is kept: try again.",
                     code="expired")
    if order.method is not None:
        raise Refusal("You opened the payment page already, so the amount stands.", field=rules.FIELD, code="paying",
                      way_out="Let the seat go and register again with the code.")
    return _of(order)


def _of(order: Order) -> _Held:
    places = [one for one in registrations(order.id, "held") if one.inclusion_of_id is None]
    shares = sharing.standing([one.id for one in places]) if order.is_split else []
    return _Held(order, places, ledger.live(order.id), {one.registration_id: one for one in shares})


def _again(held: _Held) -> _Held:
    """The same with its lines read afresh."""
    return _Held(held.order, held.places, ledger.live(held.order.id, [one.id for one in held.places]), held.shares)


def _fund_words(held: _Held) -> set[str]:
    return {reading.by_id(one).word or "" for one in {share.fund_id or 0 for share in held.shares.values()}}
