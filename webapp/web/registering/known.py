"""What a form of registration has filled in already: from a hold that ran out, the account, or the order a guest began."""

from datetime import datetime
from typing import Any

from flask import request

from webapp.accounts import addresses, memberships
from webapp.core import clock, times
from webapp.registration.badges import reading as badges
from webapp.registration.codes import reading as codes
from webapp.registration.queries import people as queries
from webapp.registration.sale import Sale
from webapp.web import access
from webapp.web.registering import cards, remembered


def for_colleague() -> bool:
    """Whether somebody registers somebody else."""
    return request.values.get("for") == "colleague"


def of(sold: Sale, now: datetime) -> dict[str, Any]:
    """What is filled in already: from the hold that ran out, else from the account."""
    ref = request.args.get("again", "")[:24]
    if ref and (before := queries.typed_before(ref, sold.id)) is not None:
        row, bought = before
        return {"type": str(row.type_id), "given_name": row.given_name, "family_name": row.family_name, "email": row.email,
                "mode": row.mode, "code": codes.typed_with(row.id),
                **{f"add_on_{key}": count for key, count in bought.items()}, **badges.typed_with(row.id),
                **remembered.answers_of(ref, row.id)}
    known = _account()
    if (only := _obvious(sold, now)) is not None:
        known["type"] = only
    return known


def _account() -> dict[str, Any]:
    viewer = access.viewer()
    if not viewer.is_authenticated:
        return _begun()
    mail = next((one.address for one in addresses.of(viewer.person_id) if one.is_primary), "")
    if for_colleague():
        return {"booker_name": viewer.name, "booker_email": mail}
    person = access.person()
    return {"given_name": person.given_name, "family_name": person.family_name, "email": mail}


def _begun() -> dict[str, Any]:
    """A guest who adds to the order she began is not asked again who she is."""
    begun = remembered.adding_to(clock.now())
    if begun is None:
        return {}
    if for_colleague():
        return {"booker_name": begun.name, "booker_email": begun.email}
    return {"given_name": begun.given_name, "family_name": begun.family_name, "email": begun.email} if begun.given_name else {}


def _obvious(sold: Sale, now: datetime) -> str | None:
    """The type to begin with: the only one there is, or the member's for a member."""
    open_ones = [card for card in cards.of(sold, now) if not card.get("disabled")]
    if len(open_ones) == 1:
        return str(open_ones[0]["value"])
    if member_until(sold, now):
        return next((str(card["value"]) for card in open_ones if sold.types[card["value"]].audience == "member"), None)
    return None


def member_until(sold: Sale, now: datetime) -> str:
    """The last day of the membership that prices her place now; empty without one, and for a colleague."""
    viewer = access.viewer()
    if not viewer.is_authenticated or not any(one.audience == "member" for one in sold.types.values()) or for_colleague():
        return ""
    found = memberships.valid_on(viewer.person_id, times.local(now, sold.event.zone).date())
    return times.date_words(found.until_on) if found else ""
