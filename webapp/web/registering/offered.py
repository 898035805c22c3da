"""An offer of the waitlist on the pages of registering: `?offer=<ref>` goes along until the order is made."""

from dataclasses import dataclass
from typing import Any

from flask import request

from webapp.core import times
from webapp.core.db import db
from webapp.registration.sale import Sale
from webapp.registration.waitlist import claiming
from webapp.registration.waitlist.models import Waitlist, WaitlistEntry


@dataclass(frozen=True)
class Kept:
    """The seats that are kept for who has the address: until when in words, and how many there still are."""

    ref: str
    until: str
    left: int
    filled: dict[str, Any]


def ref() -> str:
    """The entry of the waitlist this registration comes from; empty for everybody else."""
    return request.values.get("offer", "")[:24]


def seen(sold: Sale) -> tuple[Sale, Kept | None]:
    """The sale with the seats that are kept counted as free, and the offer while it stands; None when nothing is kept."""
    found = claiming.seen(sold, ref()) if ref() else None
    if found is None:
        return sold, None
    shown, entry = found
    until = times.moment_words(entry.offer_until, shown.event.zone) if entry.offer_until else ""
    return shown, Kept(entry.ref, until, entry.seats - entry.claimed, _filled(entry))


def _filled(entry: WaitlistEntry) -> dict[str, Any]:
    waitlist = db.session.get_one(Waitlist, entry.waitlist_id)
    known = {"email": entry.email if not entry.claimed else None, "type": str(waitlist.type_id) if waitlist.type_id else None,
             "mode": waitlist.mode}
    return {name: value for name, value in known.items() if value}
