"""The names on the badges of a place: by who ordered it until the policy's last moment, and by staff."""

from collections.abc import Mapping

from sqlalchemy import select, update

from webapp.core import audit, clock
from webapp.core.db import db
from webapp.core.errors import NotFound, Stale
from webapp.registration.badges import reading, rules
from webapp.registration.badges.models import Badge
from webapp.registration.badges.rules import Written
from webapp.registration.models import Registration
from webapp.registration.orders.locking import locked
from webapp.registration.queries.orders import places_of


def write(registration_id: int, typed: Mapping[int, Written], *, seen: str, by_id: int | None, by_staff: bool = False) -> int:
    """What stands on the badges (id -> typed) of a place now; returns how many have a name. Recorded, without the names.

    Refused beside the field of what cannot be kept, after the policy's last moment (not for staff), and with Stale when a badge was
    named since the page showed them (`seen`: `reading.digest`).
    """
    order_id = db.session.scalar(select(Registration.order_id).where(Registration.id == registration_id))
    if order_id is None:
        raise NotFound
    locked(order_id)
    [place] = places_of(Registration.id == registration_id)
    if (refusal := rules.refused_because(place, clock.now(), by_staff=by_staff)) is not None:
        raise refusal
    found = {row.id: row for row in reading.of_places([registration_id])}
    if set(typed) - set(found):
        raise NotFound
    kept = {badge_id: rules.cleaned(one, f"badge_{badge_id}") for badge_id, one in typed.items()}
    if seen != reading.digest(found.values()):
        raise Stale("Somebody wrote on these badges since you opened the page.", code="named",
                    way_out="What you typed is here; look at it, and save again.")
    changed = {key: one for key, one in kept.items() if one != reading.written(found[key])}
    for badge_id, one in changed.items():
        db.session.execute(update(Badge).where(Badge.id == badge_id).values(
            name=one.name, organization=one.organization, email=one.email, named_at=clock.now() if one.name else None)
            .execution_options(synchronize_session=False))
    named = sum(bool(kept.get(key, reading.written(row)).name) for key, row in found.items())
    if changed:
        audit.record("badges.named", f"registration:{registration_id}", actor_id=by_id, after={"named": named, "of": len(found)})
    return named
