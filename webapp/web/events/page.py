"""The event page: its facts, and what changes by the minute: places, prices, what one can do.

Three statements for a guest once its facts are kept; one more for each of add-ons, group prices and held places, where there are any.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from webapp.accounts import people
from webapp.core import times
from webapp.core.errors import NotFound
from webapp.planning import counts
from webapp.planning.counts import Counts
from webapp.registration import attending, sale
from webapp.registration.attending import Attending
from webapp.registration.queries import setasides as queries
from webapp.registration.sale import PoolState, Sale
from webapp.registration.setasides import staff
from webapp.registration.waitlist import choices
from webapp.web import setasides
from webapp.web.events import changes, facts, memory, notices, prices, seats
from webapp.web.events.facts import Facts
from webapp.web.events.memory import Memory
from webapp.web.events.notices import Action, Notice
from webapp.web.viewer import Viewer

PREVIEW = ("organizer", "coordinator", "presenter")
MANAGE = ("organizer", "coordinator")
MODES = {"event": "", "in_person": "In the room", "online": "Online"}


@dataclass(frozen=True)
class EventPage:
    """What the templates of an event print."""

    facts: Facts
    changes: list[str]
    rule: str
    prices: prices.PriceList
    meters: list[dict[str, Any]]
    counted_at: str
    standing: seats.Standing
    notices: list[Notice]
    action: Action
    full: list[str]  # what one can wait for while other seats are open
    own: Attending | None
    pools: list[dict[str, Any]]  # of the agencies this reader supervises
    kept_for_her: list[staff.Pool]  # of the agencies this reader works for
    counts: Counts | None
    may_manage: bool
    ahead: bool
    kept: Memory

    def part(self, template: str, today: date) -> Markup:
        """A partial that prints the facts and what today makes of the rule, kept with the facts."""
        key = (template, self.facts.event.slug, self.ahead, today)
        return self.kept.once(key, lambda: Markup(current_app.jinja_env.get_template(template).render(page=self)))  # noqa: S704

    @property
    def left_words(self) -> str:
        """`21 seats left`, for the bar at the foot of a phone; empty without a limit."""
        known = [one["left"] for one in self.meters]
        return f"{sum(known)} seats left" if known else ""


def make(slug: str, viewer: Viewer, now: datetime) -> EventPage:
    """The page of the event for this reader; NotFound for nobody's, and for drafts of others."""
    kept = memory.of_catalog()
    known = kept.once(("facts", slug), lambda: facts.make(slug))
    if known is None or not may_see(known.event, viewer):
        raise NotFound("We do not know an event at this address.")
    event, sold = known.event, sale.load_by_id(known.event.id)
    family = people.family_ids(viewer.person_id) if viewer.is_authenticated else frozenset[int]()
    own = attending.of(family, event.id) if family else None
    standing = seats.standing(sold.sign_up, event.ends_at, _left(sold), now)
    above, action = notices.of(event, standing, own, now, waiting=max(pool.waited for pool in sold.pools.values()))
    return EventPage(
        facts=known, changes=changes.sentences(sold.event.policy_rules, sold.starts_on, times.local(now, event.zone).date()),
        rule=sold.event.policy_sentence, prices=prices.make(sold, sale.group_rules(sold), now), meters=_meters(sold),
        counted_at=f"{times.clock_words(times.local(now, event.zone))} {times.zone_short(event.zone, now)}", standing=standing,
        notices=above, action=action, full=_full(sold, standing.code), own=own,
        pools=_pools(sold, viewer, now), kept_for_her=_kept_for(sold, viewer, standing.code, own),
        counts=_counts(event, family, standing.code),
        may_manage=viewer.may(MANAGE, event_id=event.id, organization_id=event.organization_id),
        ahead=standing.code not in ("cancelled", "over"), kept=kept,
    )


def _full(sold: Sale, code: str) -> list[str]:
    return [one.label for one in choices.full(sold)] if code == "open" else []


def _pools(sold: Sale, viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    """What the agencies she supervises have set aside here; asked only of an event that has something set aside."""
    if not (viewer.agencies and sold.event.has_set_asides):
        return []
    return setasides.pools(queries.of_agencies(sold.id, [one.id for one in viewer.agencies]), now)


def _kept_for(sold: Sale, viewer: Viewer, code: str, own: Any) -> list[staff.Pool]:
    """What the agencies she works for keep here, while she may register and has no place."""
    return staff.pools(sold, viewer.person_id) if viewer.is_authenticated and own is None and code in ("open", "full") else []


def _counts(event: Any, family: frozenset[int], code: str) -> Counts | None:
    """What the event would add to this person's own record; None for guests and where nothing is to be added."""
    if not family or code in ("cancelled", "over") or not (event.training_minutes or event.rsc_minutes):
        return None
    return counts.what_counts(event.id, family=family)


def may_see(event: Any, viewer: Viewer) -> bool:
    """Everybody sees what was published; a draft only those who work on it."""
    return event.status != "draft" or viewer.may(PREVIEW, event_id=event.id, organization_id=event.organization_id)


def _left(sold: Sale) -> int | None:
    """Places left: of the event, and where room and online have limits of their own, of those together."""
    whole = sold.pools["event"].left
    modes = [pool.left for name, pool in sold.pools.items() if name != "event"]
    known = [left for left in modes if left is not None]
    by_mode = sum(known) if modes and len(known) == len(modes) and (sold.event.mode != "hybrid" or len(modes) == 2) else None
    return min((left for left in (whole, by_mode) if left is not None), default=None)


def _meters(sold: Sale) -> list[dict[str, Any]]:
    """A meter for each limit: the room and online apart where they have limits of their own."""
    held = attending.held(sold.id) if any(pool.capacity and pool.taken for pool in sold.pools.values()) else {}
    names: list[str] = [name for name in ("in_person", "online") if name in sold.pools] or ["event"]
    return [_meter(MODES[name], sold.pools[name], sum(held.values()) if name == "event" else held.get(name, 0))
            for name in names if sold.pools[name].capacity is not None]


def _meter(label: str, pool: PoolState, held: int) -> dict[str, Any]:
    waiting = min(held, pool.taken - pool.aside)
    return {"label": label, "capacity": pool.capacity, "taken": pool.taken - pool.aside - waiting, "held": waiting + pool.kept,
            "aside": pool.aside, "left": pool.left,
            "held_word": "held while someone pays or for who waits" if pool.kept else "held while someone pays"}
