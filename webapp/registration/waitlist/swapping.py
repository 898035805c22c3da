"""Taking up a seat in a session of a block: the place stays as it is, its choice in that block changes."""

from sqlalchemy import select

from webapp.catalog.models import Session
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration import registrations
from webapp.registration.waitlist import claiming, joining, offering
from webapp.registration.waitlist.models import Waitlist


def accept(ref: str) -> None:
    """She takes the session she waited for; what she had chosen in the block is free for others. Refused when the offer is over."""
    entry, now = joining.locked(ref), clock.now()
    waitlist = db.session.get_one(Waitlist, entry.waitlist_id)
    block_id = db.session.scalar(select(Session.block_id).where(Session.id == waitlist.session_id))
    if entry.registration_id is None or block_id is None:
        raise NotFound
    claiming.still_offered(entry, now)
    entry.claimed = entry.seats
    offering.end(entry, "accepted", now)
    registrations.choose_breakouts(entry.registration_id, {block_id: waitlist.session_id}, passed=claiming.take_over(entry, entry.seats))
