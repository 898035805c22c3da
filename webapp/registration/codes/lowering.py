"""What a typed code takes off the lines of places: at the form before the order is made, or on an order that is held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.registration import pricing
from webapp.registration.codes import reading, rules
from webapp.registration.pricing import Line
from webapp.registration.sale import Sale, TypeOffer


@dataclass(frozen=True)
class Lowered:
    """The lines a code adds to each place, in the order of the places; `note` says why where it adds none to any."""

    code_id: int
    lines: list[list[Line]]
    note: str


def lowered(of: Sale, wanted: Sequence[tuple[TypeOffer, list[Line]]], typed: str, now: datetime) -> Lowered:
    """What the typed code does for these places. Those it is not for stay as they are; refused when it is for none of them."""
    return by(of, wanted, reading.typed(typed, of.event.organization_id), now)


def by(of: Sale, wanted: Sequence[tuple[TypeOffer, list[Line]]], code: rules.Discount, now: datetime) -> Lowered:
    """The same for a code that was read. Asks nothing."""
    reasons = [rules.because(code, event_id=of.id, type_id=type_.id, zone=of.event.zone, now=now) for type_, _ in wanted]
    if (reason := reasons[0]) is not None and None not in reasons:
        raise reason
    regular = [_regular(of, type_, now) for type_, _ in wanted]
    lines = [[] if refused else rules.taken_off(code, bill, regular_cents=cents)
             for (_, bill), refused, cents in zip(wanted, reasons, regular, strict=True)]
    return Lowered(code.id, lines, "" if any(lines) else rules.idle(code, regular_cents=regular[0]))


def _regular(of: Sale, type_: TypeOffer, now: datetime) -> int | None:
    """What a member's place costs non-members now, or anybody where no type is theirs; None where nobody else may have it."""
    if type_.audience != "member":
        return None
    for audience in ("non_member", "anyone"):
        alike = [one for one in of.types.values() if (one.audience, one.mode, one.covers) == (audience, type_.mode, type_.covers)]
        others = [pricing.best(one.item.prices, audience, now) for one in alike if not (one.retired or one.on_request)]
        if found := [price.amount_cents for price in others if price]:
            return min(found)
    return None
