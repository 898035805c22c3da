"""Somebody added to an order that is placed: `?to=<ref>` goes along on the pages of registering until the addition is made."""

import re
from datetime import datetime
from typing import Any

from flask import request

from webapp.core.errors import Refusal
from webapp.registration import rules
from webapp.registration.orders import Buyer
from webapp.registration.queries import orders as queries
from webapp.registration.queries.orders import OrderView
from webapp.web import access
from webapp.web.registering import deciding

REF = re.compile(r"[^0-9A-Za-z]")


def whole() -> Any:
    """The order this registration is added to (`queries.whole`); None for everybody else. NotFound when there is no such order, Forbidden
    where an agency pays it: then who holds the address does not decide what it costs."""
    ref = REF.sub("", request.values.get("to", "")[:24])
    found = queries.whole(ref) if ref else None
    if found is not None:
        deciding.decided(found.ref)
    return found


def buyer(found: Any, filled: Any) -> Buyer:
    """Who orders: the attendee, or who says so in the form. Who ordered the first time orders an addition too, whoever holds the link:
    the same person is asked to pay and told."""
    if found is not None:
        return Buyer(found.name, found.email, found.placed_by_id)
    viewer = access.viewer()
    person_id = viewer.person_id if viewer.is_authenticated else None
    if "booker_name" in filled:
        return Buyer(filled.booker_name.data, filled.booker_email.data, person_id)
    return Buyer(f"{filled.given_name.data} {filled.family_name.data or ''}".strip(), filled.email.data, person_id)


def paying(found: Any) -> dict[str, str]:
    """How the order was paid, to begin the form of payment with."""
    method = {"method": found.method} if found.method in ("card", "invoice") else {}
    if found.method != "invoice" or found.billed_kind != "agency":
        return method
    return {**method, "agency": found.billed_name, "billing_email": found.billed_email, "address": found.billed_address,
            "po_number": found.po_number}


def may_add(view: OrderView, now: datetime) -> list[Any]:
    """One place of each event that somebody can be added in by the form now: of an order that is placed."""
    if view.order.state != "placed" or view.order.agency_id is not None:
        return []
    return [one for one in view.events if one.state == "confirmed" and not one.on_request and _closed(one, now) is None]


def _closed(place: Any, now: datetime) -> Refusal | None:
    sign_up = rules.SignUp(place.status, place.sign_up, place.zone, place.opens_at, place.closes_at, place.starts_at)
    return rules.closed_because(sign_up, now) or rules.other_way_in(sign_up)
