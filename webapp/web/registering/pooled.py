"""Seats an agency keeps for its staff, on the form of one of them who registers herself: hers to choose, never without her."""

from typing import Any

from flask import request
from wtforms import RadioField

from webapp.registration.sale import Sale
from webapp.registration.setasides import drawing, staff
from webapp.registration.setasides.staff import Pool
from webapp.web import access
from webapp.web.forms import Option

FIELD = "seat_from"
OPEN = Option("", "One that is open to everybody")
HINT = "Your agency pays only when it says so: you ask it on the next pages, or pay yourself."


def own(sold: Sale, *, for_herself: bool) -> list[Pool]:
    """The pools of her agencies she may take a seat from; none for guests, colleagues, offers of the waitlist and additions."""
    viewer = access.viewer()
    return staff.pools(sold, viewer.person_id) if for_herself and viewer.is_authenticated else []


def field(sold: Sale, found: list[Pool]) -> dict[str, Any]:
    """The field that asks which seat it is; where all others are taken, only those that are kept can be had."""
    if not found:
        return {}
    is_full = sold.pools["event"].left == 0
    options = [] if is_full else [OPEN]
    options += [Option(str(one.agency_id), f"{'The one' if one.left == 1 else f'One of the {one.left}'} kept for {one.agency}")
                for one in found]
    wanted = next((one for one in options if one.value == request.args.get(FIELD)), options[0])
    return {FIELD: RadioField("Which seat?", choices=options, default=wanted.value, validate_choice=False, description=HINT)}


def chosen(found: list[Pool], *, for_herself: bool) -> int | None:
    """The agency whose seat she takes; None: one that is open to everybody. Refused when there is none for her any more."""
    typed = request.form.get(FIELD, "") if for_herself else ""
    if not typed:
        return None
    agency_id = next((one.agency_id for one in found if str(one.agency_id) == typed), None)
    if agency_id is None:
        raise drawing.none_kept()
    return agency_id
