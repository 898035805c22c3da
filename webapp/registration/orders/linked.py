"""As what somebody stands in an event that came with another: the type of a linked place, found from the data alone."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from webapp.core.db import db
from webapp.registration import places
from webapp.registration.models import TypeSession
from webapp.registration.offers.summaries import NOT_PUBLIC
from webapp.registration.sale import Sale, TypeOffer

FOR_ANYBODY = ("anyone", "non_member")


def type_for(inner: Sale, like: str, mode: str, days: Collection[str]) -> TypeOffer:
    """The type of a place in `inner` that came with a place for the audience `like`, on these ISO dates (none: all).

    Of the types that are sold and cover the days: the one of her own audience and way of taking part, else one for anybody; of
    equals the first. One that staff give, to presenters or with a scholarship, or that covers less, only where there is no other.
    """
    whole = _covering(inner, mode, days)
    rank = {audience: place for place, audience in enumerate(dict.fromkeys((like, *FOR_ANYBODY)))}
    return min(inner.types.values(), key=lambda one: (
        one.retired, not one.takes_seat, one.on_request or one.audience in NOT_PUBLIC, one.id not in whole, one.mode not in (None, mode),
        rank.get(one.audience, len(rank))))


def _covering(inner: Sale, mode: str, days: Collection[str]) -> set[int]:
    """The types that cover every session of the days."""
    whole = {one.id for one in inner.types.values() if one.covers == "all"}
    if not days or len(whole) == len(inner.types):
        return whole
    own = defaultdict(set)
    for type_id, session_id in db.session.execute(
            select(TypeSession.type_id, TypeSession.session_id).where(TypeSession.type_id.in_(inner.types))):
        own[type_id].add(session_id)
    wanted = {one.id for one in places.meetings(inner.id) if one.mode in (None, "hybrid", mode) and one.day.isoformat() in days}
    return whole | {type_id for type_id, sessions in own.items() if wanted <= sessions}
