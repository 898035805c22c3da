"""What was typed in the field of codes: a discount code, the word of a fund, or one of each with a comma between them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from webapp.core.errors import Unacceptable
from webapp.registration.codes import lowering
from webapp.registration.codes.rules import FIELD
from webapp.registration.funds import reading, rules
from webapp.registration.pricing import Line
from webapp.registration.sale import Sale, TypeOffer

Found = TypeVar("Found")
Bills = Sequence[tuple[TypeOffer, list[Line]]]


@dataclass(frozen=True)
class Lowered:
    """The lines a code takes off each place and those a fund pays, in the order of the places; `note`: why a code does nothing."""

    off: list[list[Line]]
    paid: list[list[Line]]
    code_id: int | None = None
    fund: rules.Grant | None = None
    note: str = ""


def lowered(of: Sale, wanted: Bills, text: str, now: datetime) -> Lowered:
    """What the typed words do for these places: the code first, then the fund. Refuses a second code, a second fund, and as both say."""
    nothing: list[list[Line]] = [[] for _ in wanted]
    code: lowering.Lowered | None = None
    fund: rules.Grant | None = None
    for word in words(text):
        try:
            found = lowering.lowered(of, wanted, word, now)
            code = _only(code, found, "discount code")
        except Unacceptable as refusal:
            if refusal.code != "no_such_code" or (grant := reading.typed(word, of.event.organization_id)) is None:
                raise
            fund = _only(fund, grant, "fund")
    off = code.lines if code else nothing
    paid = pays(of, [(type_, bill + less) for (type_, bill), less in zip(wanted, off, strict=True)], fund, now) if fund else nothing
    return Lowered(off, paid, code.code_id if code else None, fund, code.note if code else "")


def words(text: str) -> list[str]:
    """The words between commas."""
    return [word for word in re.split(r"[,;+]", text) if word.strip()]


def pays(of: Sale, wanted: Bills, fund: rules.Grant, now: datetime) -> list[list[Line]]:
    """What the fund pays of each place. Those it is not for stay as they are; refused when it is for none of them."""
    reasons = [rules.because(fund, event_id=of.id, type_id=type_.id, zone=of.event.zone, now=now) for type_, _ in wanted]
    if (reason := reasons[0]) is not None and None not in reasons:
        raise reason
    return [[] if refused else rules.part(fund, bill) for (_, bill), refused in zip(wanted, reasons, strict=True)]


def _only(before: Found | None, found: Found, what: str) -> Found:
    if before is not None:
        raise Unacceptable(f"An order takes one {what}.", field=FIELD, way_out="Take one of them out.", code="one_only")
    return found
